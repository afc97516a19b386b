"""Objects for the loader oracle: compiled from a few lines of C or Rust, or changed in single fields."""
import os
import struct
import subprocess

DECLARATIONS = """
typedef struct lua_State lua_State;
typedef int (*lua_CFunction)(lua_State *);
void lua_pushboolean(lua_State *, int);
void lua_pushcclosure(lua_State *, lua_CFunction, int);
void lua_pushvalue(lua_State *, int);
"""


def plain(*opens):
    """A module that uses what every Lua has."""
    body = "".join(f"int {name}(lua_State *L) {{ lua_pushboolean(L, 1); return 1; }}\n" for name in opens)
    return DECLARATIONS + body


def using(symbol, name="x"):
    """A module whose load needs `symbol`."""
    return DECLARATIONS + f"""
void {symbol}(void);
void (*const volatile oracle_keep)(void) = {symbol};
int luaopen_{name}(lua_State *L) {{ lua_pushboolean(L, oracle_keep != 0); return 1; }}
"""


def upvalue(index):
    """A module whose function gives its upvalue, with the pseudo-index baked in."""
    return DECLARATIONS + f"""
static int get(lua_State *L) {{ lua_pushvalue(L, {index}); return 1; }}
int luaopen_x(lua_State *L) {{ lua_pushboolean(L, 1); lua_pushcclosure(L, get, 1); return 1; }}
"""


def checked(version):
    """A module that checks for its Lua as luaL_checkversion does."""
    sizes = "" if version == 502 else ", 136"
    parameters = "lua_State *, double" + ("" if version == 502 else ", unsigned long")
    return DECLARATIONS + f"""
void luaL_checkversion_({parameters});
int luaopen_x(lua_State *L) {{
  luaL_checkversion_(L, {version}.0{sizes});
  lua_pushboolean(L, 1);
  return 1;
}}
"""


RUST = """
use std::os::raw::c_int;
#[repr(C)] pub struct State { _private: [u8; 0] }
type Function = unsafe extern "C-unwind" fn(*mut State) -> c_int;
extern "C-unwind" {
    fn lua_pushboolean(l: *mut State, value: c_int);
    fn lua_pushcclosure(l: *mut State, function: Function, upvalues: c_int);
    fn lua_error(l: *mut State) -> c_int;
}
struct Guard(String);
impl Drop for Guard { fn drop(&mut self) { std::hint::black_box(&self.0); } }
unsafe extern "C-unwind" fn failing(l: *mut State) -> c_int {
    let _guard = Guard(format!("{:?}", std::thread::current().id()));
    lua_pushboolean(l, 0);
    lua_error(l)
}
#[no_mangle] pub unsafe extern "C-unwind" fn luaopen_x(l: *mut State) -> c_int {
    lua_pushcclosure(l, failing, 0);
    1
}
"""


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Maker:
    """Compiles into a folder, each source once."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.made = {}

    def path(self, end):
        self.count += 1
        return os.path.join(self.folder, f"{self.count}{end}")

    def c(self, source, *flags, shared=True):
        key = (source, flags, shared)
        if key not in self.made:
            text, out = self.path(".c"), self.path(".so")
            with open(text, "w") as file:
                file.write(source)
            kind = ["-shared", "-fPIC"] if shared else []
            run("cc", "-O1", "-w", *kind, "-o", out, text, *flags)
            self.made[key] = open(out, "rb").read()
        return self.made[key]

    def rust(self, *flags):
        text, out = self.path(".rs"), self.path(".so")
        with open(text, "w") as file:
            file.write(RUST)
        run("rustc", "--crate-type", "cdylib", "--crate-name", "x", "-O", *flags, "-o", out, text)
        return open(out, "rb").read()

    def library(self, name, source="int oracle_helper(void) { return 1; }", *flags):
        """A library of that soname to link with: (its path, its bytes)."""
        folder = self.path("")
        os.mkdir(folder)
        path = os.path.join(folder, os.path.basename(name))
        text = self.path(".c")
        with open(text, "w") as file:
            file.write(source)
        run("cc", "-shared", "-fPIC", "-Wl,-soname," + name, "-o", path, text, *flags)
        return path, open(path, "rb").read()


    def versioned(self, name, version):
        """A library whose function is of that symbol version."""
        script = self.path(".map")
        with open(script, "w") as file:
            file.write(version + " { global: oracle_helper; local: *; };")
        return self.library(name, "int oracle_helper(void) { return 1; }", "-Wl,--version-script=" + script)


def put(data, offset, form, *values):
    out = bytearray(data)
    struct.pack_into("<" + form, out, offset, *values)
    return bytes(out)


def program_headers(data):
    """(offset of the header, its type) of an ELF64 file."""
    at, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    return [(at + i * size, struct.unpack_from("<I", data, at + i * size)[0]) for i in range(count)]


def without_sections(data):
    data = put(data, 40, "Q", 0)
    return put(data, 58, "HHH", 64, 0, 0)


def without_segment(data, kind):
    for at, found in program_headers(data):
        if found == kind:
            data = put(data, at, "I", 0)
    return data


def elf_hash(name):
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high & 0xFFFFFFFF
    return value


def need_version(data, old, new, flags=None):
    """Renames a version that is needed, same length, and sets the flags of its record."""
    assert len(old) == len(new)
    entry = struct.pack("<I", elf_hash(old))
    at = data.index(entry)  # Vernaux begins with the hash of its name
    out = data.replace(b"\0" + old.encode() + b"\0", b"\0" + new.encode() + b"\0")
    out = put(out, at, "I", elf_hash(new))
    return out if flags is None else put(out, at + 4, "H", flags)
