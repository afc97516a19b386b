"""The cases of the loader oracle: each a small tree and a module to require."""
import os
import shutil
import subprocess
from dataclasses import dataclass

import objects
from objects import Maker, plain, put

ALL = ("luajit", "5.1", "5.2", "5.3", "5.4", "5.5")
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
    unreadable: str = ""  # a path that only its owner may read; the module is opened by another


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


def run_paths(make):
    """Where a library is looked for: x.so NEEDs liba, which NEEDs libb."""
    b_path, b = make.library("libb.so.1", "int oracle_b(void) { return 1; }")
    a_source = "int oracle_b(void); int oracle_helper(void) { return oracle_b(); }"
    x_source = plain("luaopen_x") + "int oracle_helper(void); int f(void) { return oracle_helper(); }"
    old = "-Wl,--disable-new-dtags"

    def chain(name, x_flags, a_flags=(), a_at="deep/liba.so.1", b_at="deep/libb.so.1", **more):
        a_path, a = make.library("liba.so.1", a_source, b_path, *a_flags)
        here = "lib/lua/{V}/"
        files = {X: make.c(x_source, a_path, "-Wl,--allow-shlib-undefined", *x_flags), here + a_at: a, here + b_at: b}
        return Case(name, files, **more)

    yield chain("RPATH holds for what a library brings", ("-Wl,-rpath,$ORIGIN/deep", old))
    yield chain("RUNPATH does not", ("-Wl,-rpath,$ORIGIN/deep",))
    yield chain("RUNPATH of each", ("-Wl,-rpath,$ORIGIN/deep",), ("-Wl,-rpath,$ORIGIN",))
    yield chain("RPATH of the one above, RUNPATH of its own", ("-Wl,-rpath,$ORIGIN/deep", old), ("-Wl,-rpath,$ORIGIN/no",))
    yield chain("RPATH of both", ("-Wl,-rpath,$ORIGIN/deep", old), ("-Wl,-rpath,$ORIGIN/b", old), b_at="deep/b/libb.so.1")
    yield chain("RPATH below a RUNPATH", ("-Wl,-rpath,$ORIGIN/deep",), ("-Wl,-rpath,$ORIGIN/b", old), b_at="deep/b/libb.so.1")
    yield chain("$ORIGIN is of the object that says it", ("-Wl,-rpath,$ORIGIN/deep",), ("-Wl,-rpath,$ORIGIN",), b_at="libb.so.1")
    yield chain("${ORIGIN} in braces", ("-Wl,-rpath,${ORIGIN}/deep", old))
    yield chain("$LIB", ("-Wl,-rpath,$ORIGIN/$LIB", old), a_at="lib/x86_64-linux-gnu/liba.so.1",
                b_at="lib/x86_64-linux-gnu/libb.so.1")
    yield chain("$LIB of another distribution", ("-Wl,-rpath,$ORIGIN/$LIB", old), a_at="lib64/liba.so.1",
                b_at="lib64/libb.so.1")
    path, _ = make.library("libo.so.1")
    yield one("$PLATFORM", make.c(x_source, path, "-Wl,-rpath,$ORIGIN/$PLATFORM"),
              differs="which directory that is depends on the processor: elf-needed is not judged")
    yield chain("for newer processors too", ("-Wl,-rpath,$ORIGIN/deep", old), a_at="deep/glibc-hwcaps/x86-64-v2/liba.so.1")

    def asked_as(name, soname, at):
        path, library = make.library(soname)
        return Case(name, {X: make.c(x_source, path), "lib/lua/{V}/" + at: library})

    yield asked_as("NEEDED is a path of $ORIGIN", "$ORIGIN/deep/libo.so.1", "deep/libo.so.1")
    yield asked_as("NEEDED is a path of $ORIGIN, elsewhere", "$ORIGIN/deep/libo.so.1", "libo.so.1")
    yield asked_as("NEEDED is a relative path", "deep/libo.so.1", "deep/libo.so.1")
    yield asked_as("NEEDED is an absolute path", "/nowhere/libo.so.1", "libo.so.1")

    alone = "-Wl,-z,nodefaultlib"
    asneeded = "-Wl,--no-as-needed"
    yield one("-z nodefaultlib, the C library", make.c(x_source.replace("int f(", "int g(") + "int oracle_helper(void) { return 1; }", alone))
    yield one("libz by default", make.c(plain("luaopen_x"), asneeded, "-l:libz.so.1"))
    yield one("-z nodefaultlib, libz", make.c(plain("luaopen_x"), alone, asneeded, "-l:libz.so.1"))
    path, library = make.library("libo.so.1")
    yield Case("-z nodefaultlib, by $ORIGIN", {X: make.c(x_source, path, alone, "-Wl,-rpath,$ORIGIN"),
                                               "lib/lua/{V}/libo.so.1": library})


def versions_of_libraries(make):
    """What a library that the module brings needs of others."""
    source = plain("luaopen_x") + "int oracle_top(void); int f(void) { return oracle_top(); }"
    here = "-Wl,-rpath,$ORIGIN"

    def case(name, top, *others):
        path, library = top
        files = {X: make.c(source, path, here, "-Wl,--allow-shlib-undefined"), "lib/lua/{V}/libtop.so.1": library}
        for file, content in others:
            files["lib/lua/{V}/" + file] = content
        return Case(name, files)

    of_libc = "int gettid(void); int oracle_top(void) { return gettid(); }"
    path, library = make.library("libtop.so.1", of_libc)
    yield case("a library's version of libc", (path, library))
    yield case("a library's missing version of libc", (path, objects.need_version(library, "GLIBC_2.30", "GLIBC_9.30")))
    one_path, first = make.versioned("libver.so.1", "ORACLE_1")
    _, second = make.versioned("libver.so.1", "ORACLE_2")
    top = make.library("libtop.so.1", "int oracle_helper(void); int oracle_top(void) { return oracle_helper(); }", one_path, here)
    yield case("a library's version of another", top, ("libver.so.1", first))
    yield case("a library's missing version of another", top, ("libver.so.1", second))
    direct = make.c(plain("luaopen_x") + "int oracle_helper(void); int f(void) { return oracle_helper(); }", one_path, here)
    yield Case("a module's version of its own library", {X: direct, "lib/lua/{V}/libver.so.1": first})
    yield Case("a module's missing version of its own library", {X: direct, "lib/lua/{V}/libver.so.1": second})


def unreadable(make):
    if os.geteuid() != 0:
        return  # takes another user
    good = make.c(plain("luaopen_x"))
    yield one("a module that another user reads", good, runtimes=("worker",))
    yield one("a module that only its owner reads", good, runtimes=("worker",), unreadable=X)
    deep = {"lib/lua/{V}/a/b.so": make.c(plain("luaopen_a_b"))}
    yield Case("a directory that only its owner searches", deep, "a.b", ("worker",), unreadable="lib/lua/{V}/a")


def lua_abi(make):
    for symbol in TELLTALES:
        yield one(f"needs {symbol}", make.c(objects.using(symbol)), runtimes=ALL)
    # The names that all Luas have, with the indices of one family.
    yield one("upvalue of 5.1", make.c(objects.upvalue(-10003)), runtimes=ALL, then="assert(m() == true)")
    yield one("upvalue of 5.2 to 5.4", make.c(objects.upvalue(-1001001)), runtimes=ALL, then="assert(m() == true)")
    yield one("upvalue of 5.5", make.c(objects.upvalue(-1073742824)), runtimes=ALL, then="assert(m() == true)")
    for version in (502, 503, 504, 505):
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
    for group in (headers, kinds, flags, versions, needed, run_paths, versions_of_libraries, unreadable, lua_abi,
                  entry_points, rust):
        yield from group(make)
    yield from scripts()
