"""The cases of the loader oracle: each a small tree and a module to require."""
import os
import shutil
import subprocess
from dataclasses import dataclass

import objects
from objects import Maker, plain, put

ALL = ("luajit", "5.1", "5.2", "5.3", "5.4")
X = "lib/lua/{V}/x.so"

# Names of the C API that only some Luas have.
TELLTALES = """lua_newuserdatauv lua_rotate lua_objlen luaL_register luaL_setfuncs lua_pcallk lua_pcall lua_getexdata
lua_insert lua_newuserdata lua_compare lua_toclose lua_equal luaJIT_setmode lua_getiuservalue lua_geti lua_resetthread
lua_setfenv luaL_openlib lua_tointegerx lua_rawlen luaL_traceback lua_setuservalue luaL_checkunsigned lua_upvalueid
luaL_buffinit luaL_ref lua_next""".split()


@dataclass
class Case:
    name: str
    files: dict  # path → bytes; {V} is the version directory
    module: str = "x"
    runtimes: tuple = ("luajit",)
    then: str = "assert(m)"  # what must hold once it is loaded
    differs: str = ""  # why verify and the loader are meant to differ


def one(name, data, **more):
    return Case(name, {X: data}, **more)


def headers(make):
    """Single fields of a sound object."""
    good = make.c(plain("luaopen_x"))
    yield one("plain module", good, runtimes=ALL)
    yield one("no section headers", objects.without_sections(good), runtimes=ALL)
    yield one("wrong machine", put(good, 18, "H", 183))
    yield one("i386 in e_machine", put(good, 18, "H", 3))
    yield one("wrong class", put(good, 4, "B", 1))
    yield one("wrong byte order", put(good, 5, "B", 2))
    yield one("OS ABI of FreeBSD", put(good, 7, "B", 9))
    yield one("OS ABI GNU", put(good, 7, "B", 3))
    yield one("ABI version", put(good, 8, "B", 1))
    yield one("version of the identification", put(good, 6, "B", 9))
    yield one("version of the header", put(good, 20, "I", 9))
    yield one("an object's type", put(good, 16, "H", 1))
    yield one("an executable's type", put(good, 16, "H", 2))
    yield one("size of program headers", put(good, 54, "H", 40))
    yield one("no PT_DYNAMIC", objects.without_segment(good, 2))
    yield one("no PT_LOAD", objects.without_segment(good, 1))
    yield one("no magic", b"\x7fELG" + good[4:])
    yield one("cut in the header", good[:60])
    yield one("cut in a segment", good[:4096])
    yield one("empty", b"")
    yield one("text", b"not a library\n" * 10)
    yield one("Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1\n")
    yield one("HTML page", b"<!DOCTYPE html><html><body>404 Not Found</body></html>\n")
    at = next(at for at, kind in objects.program_headers(good) if kind == 1)
    yield one("segment not on its page", put(good, at + 16, "Q", 0x100))
    yield one("bytes behind the end", good + b"\0" * 4096)


def kinds(make):
    """What is no shared library."""
    main = "int main(void) { return 0; }"
    yield one("position-independent executable", make.c(main, "-pie", "-fPIE", shared=False))
    yield one("executable", make.c(main, "-no-pie", shared=False))
    yield one("object file", make.c("int x;", "-c", shared=False))


def flags(make):
    source = plain("luaopen_x")
    yield one("-z nodlopen", make.c(source, "-Wl,-z,nodlopen"))
    yield one("-z execstack", make.c(source, "-Wl,-z,execstack"))
    yield one("-z now", make.c(source, "-Wl,-z,now"))
    yield one("-z initfirst", make.c(source, "-Wl,-z,initfirst"))
    yield one("-z separate-code off", make.c(source, "-Wl,-z,noseparate-code"))
    yield one("packed relative relocations", make.c(source + "int v; int *p[] = {&v, &v};", "-Wl,-z,pack-relative-relocs"))
    yield one("SysV hash only", make.c(source, "-Wl,--hash-style=sysv"))
    yield one("GNU hash only", make.c(source, "-Wl,--hash-style=gnu"))
    yield one("stripped", make.c(source, "-s"))
    yield one("debugging information", make.c(source, "-g"))
    tls = "__thread int counter; int luaopen_y(void) { return counter++; }"
    yield one("initial-exec TLS", make.c(source + tls, "-ftls-model=initial-exec"))
    yield one("dynamic TLS", make.c(source + tls))
    level = "the processor here may have that level: elf-cpu-level speaks of the baseline"
    if "avx2" in open("/proc/cpuinfo").read():
        yield one("level v3 in the property note", make.c(source, "-Wl,-z,x86-64-v3"), differs=level)


def versions(make):
    libc = plain("luaopen_x") + "void *malloc(unsigned long); void *g(void) { return malloc(1); }\n"
    strong = libc + "int gettid(void); int f(void) { return gettid(); }"
    weak = libc + "int gettid(void) __attribute__((weak)); int f(void) { return gettid ? gettid() : 0; }"
    for users, source in (("strong", strong), ("weak", weak)):
        data = make.c(source)
        yield one(f"version that is there, {users} user", data)
        for number in (0, 2):
            changed = objects.need_version(data, "GLIBC_2.30", "GLIBC_9.30", number)
            yield one(f"missing version, {users} user, flags {number}", changed)
            yield one(f"missing version, {users} user, flags {number}, no sections", objects.without_sections(changed))
    rseq = plain("luaopen_x") + "extern const long __rseq_offset; long f(void) { return __rseq_offset; }"
    data = make.c(rseq)
    yield one("version of ld-linux only", data)
    yield one("missing version of ld-linux only", objects.need_version(data, "GLIBC_2.35", "GLIBC_9.35"))
    yield one("undefined weak symbol", make.c(plain("luaopen_x") + "void nowhere(void) __attribute__((weak));"
                                                                   "void f(void) { if (nowhere) nowhere(); }"))
    yield one("undefined symbol", make.c(objects.using("nowhere")),
              differs="a profile has no table of the C library's symbols: --against decides it")


def needed(make):
    source = plain("luaopen_x") + "int oracle_helper(void); int f(void) { return oracle_helper(); }"
    path, library = make.library("liboracle.so.1")
    beside = {"lib/lua/{V}/liboracle.so.1": library}
    yield one("missing NEEDED", make.c(source, path))
    yield Case("NEEDED beside it, no RUNPATH", {X: make.c(source, path), **beside})
    here = make.c(source, path, "-Wl,-rpath,$ORIGIN")
    yield Case("NEEDED beside it by $ORIGIN", {X: here, **beside}, runtimes=ALL)
    yield one("$ORIGIN without the library", here)
    old = make.c(source, path, "-Wl,-rpath,$ORIGIN", "-Wl,--disable-new-dtags")
    yield Case("NEEDED beside it by RPATH", {X: old, **beside})
    below = make.c(source, path, "-Wl,-rpath,$ORIGIN/../../deep")
    yield Case("NEEDED in another directory of the tree", {X: below, "lib/deep/liboracle.so.1": library})
    foreign = put(library, 18, "H", 183)
    yield Case("NEEDED for another machine", {X: here, "lib/lua/{V}/liboracle.so.1": foreign})
    absolute = "verify does not allow it, the loader takes it: the directory is the builder's"
    yield one("absolute RUNPATH", make.c(plain("luaopen_x"), "-Wl,-rpath,/opt/lib"), differs=absolute)
    yield one("empty RUNPATH", make.c(plain("luaopen_x"), "-Wl,-rpath,:$ORIGIN"), differs=absolute)
    vm, _ = make.library("liblua5.9.so.0", "int lua_oracle(void) { return 0; }")
    yield one("NEEDED liblua that is not here", make.c(plain("luaopen_x") + "int lua_oracle(void); int f(void) { return lua_oracle(); }", vm))
    yield one("NEEDED libm and libgcc_s", make.c(plain("luaopen_x"), "-Wl,--no-as-needed", "-lm", "-lgcc_s"))


def lua_abi(make):
    for symbol in TELLTALES:
        yield one(f"needs {symbol}", make.c(objects.using(symbol)), runtimes=ALL)
    # The names that all Luas have, with the indices of one family.
    yield one("upvalue of 5.1", make.c(objects.upvalue(-10003)), runtimes=ALL, then="assert(m() == true)")
    yield one("upvalue of 5.2 to 5.4", make.c(objects.upvalue(-1001001)), runtimes=ALL, then="assert(m() == true)")
    yield one("upvalue of 5.5", make.c(objects.upvalue(-1073742824)), runtimes=ALL, then="assert(m() == true)")
    for version in (502, 503, 504):
        yield one(f"checks for {version}", make.c(objects.checked(version)), runtimes=ALL)


def entry_points(make):
    def at(name, path, module, *opens):
        return Case(name, {f"lib/lua/{{V}}/{path}": make.c(plain(*opens))}, module=module, runtimes=ALL)

    yield at("a module in a directory", "a/b.so", "a.b", "luaopen_a_b")
    yield at("the last name only", "a/b.so", "a.b", "luaopen_b")
    yield at("another name", "x.so", "x", "luaopen_y")
    yield at("a second function", "x.so", "x", "luaopen_x", "luaopen_y")
    yield at("all in one", "a.so", "a.b", "luaopen_a_b")
    yield at("hyphen, what follows", "v1-mod.so", "v1-mod", "luaopen_mod")
    yield at("hyphen, what precedes", "v1-mod.so", "v1-mod", "luaopen_v1")
    yield at("hyphen turned underscore", "my-lib.so", "my-lib", "luaopen_my_lib")
    yield at("hyphen in a directory", "p/v1-q.so", "p.v1-q", "luaopen_q")
    yield at("hyphen in a directory, what precedes", "p/v1-q.so", "p.v1-q", "luaopen_p_v1")
    yield at("dots in a file's name", "deep.probe.so", "deep.probe", "luaopen_deep_probe")
    yield one("no luaopen at all", make.c(objects.using("lua_next", "x").replace("luaopen_x", "open_it")), runtimes=ALL)


def scripts():
    def lua(name, text, **more):
        return Case(name, {"share/lua/{V}/x.lua": text.encode() if isinstance(text, str) else text}, runtimes=ALL, **more)

    yield lua("goto", "goto done\n::done::\nreturn {}\n")
    yield lua("integer division", "return 7 // 2\n")
    yield lua("attribute", "local x <const> = 1\nreturn x\n")
    yield lua("a first line with #", "#!/usr/bin/lua\nreturn {}\n")
    yield lua("a name that is no name", "local 1x = 2\nreturn {}\n")
    yield lua("bit operators", "return 1 & 3\n")
    yield lua("bytecode of LuaJIT", subprocess.run(["luajit", "-b", "-e", "return {}", "-"], check=True,
                                                   capture_output=True).stdout)
    yield lua("bytecode of 5.3", subprocess.run(["luac5.3", "-o", "/dev/stdout", "-"], input=b"return {}", check=True,
                                                capture_output=True).stdout)


def rust(make):
    if not shutil.which("rustc"):
        return
    then = "assert(not pcall(m))"
    yield one("Rust module that raises an error", make.rust(), runtimes=ALL, then=then)
    yield one("Rust module, panic=abort", make.rust("-Cpanic=abort"), runtimes=("luajit", "5.1", "5.4"), then=then)


def cases(folder):
    os.makedirs(folder)
    make = Maker(folder)
    for group in (headers, kinds, flags, versions, needed, lua_abi, entry_points, rust):
        yield from group(make)
    yield from scripts()
