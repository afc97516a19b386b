#!/usr/bin/env bash
# What the real loader and LuaJIT say of native modules that do not load, told apart and explained; each in a tree of its own.
. "$(dirname "$0")/lib.sh"
need cc luajit python3

# so TREE/MODULE [CC OPTIONS…] <C text: builds a module of that tree.
so() {
  local tree=${1%%/*} module=${1#*/}
  shift
  mkdir -p "$tree/lib/lua/5.1"
  cc -shared -fPIC -xc - -o "$tree/lib/lua/5.1/$module.so" "$@" || fail "cc: $module"
}

# says TREE STATUS EXIT TEXT: what smoke says of the one module.
says() {
  local code=0
  rs smoke "$1" --lua=luajit --json >report.json 2>err || code=$?
  assert_eq "$3" "$code" "$1: exit code ($(cat report.json err))"
  assert_eq "$2" "$(json 'd["data"]["modules"][0]["status"]' <report.json)" "$1: $(cat report.json)"
  json '" ".join(f["message"] + " fix: " + (f["fix"] or "") for f in d["data"]["findings"])' <report.json >said
  grep -qF -- "$4" said || fail "$1: wanted '$4' in: $(cat said)"
}

so fine/x <<<'int luaopen_x(void *L) { return 0; }'
rs smoke fine --lua=luajit >out || fail "a good module does not load: $(cat out)"
grep -q '^  x  ok ' out || fail "$(cat out)"

so other_lua/x <<<'void *lua_newuserdatauv(void *, unsigned long, int); int luaopen_x(void *L) { lua_newuserdatauv(L, 1, 1); return 1; }'
says other_lua failed 3 'lib/lua/5.1/x.so was built for Lua 5.4 or later; the runtime is LuaJIT (5.1)'

so name/x <<<'int luaopen_y(void *L) { return 0; }'
says name failed 3 'exports luaopen_y, but as module x it needs luaopen_x'

so symbol/x <<<'void frobnicate(void); int luaopen_x(void *L) { frobnicate(); return 0; }'
says symbol failed 3 'needs the function frobnicate, which neither it nor a library that it names has'

# A library that is there when the module is linked, and not when it is loaded.
cc -shared -fPIC -xc - -o libdep.so -Wl,-soname,libdep.so.1 <<<'int dep(void) { return 1; }'
so needed/x -L. -ldep <<<'int dep(void); int luaopen_x(void *L) { return dep() - 1; }'
says needed failed 3 'lib/lua/5.1/x.so needs libdep.so.1, which the runtime lacks'

# The library of the runtime is older than the one that the module was linked with.
mkdir libs
echo 'V_1 {}; V_2 { global: dep; local: *; } V_1;' >new.map
echo 'V_1 { global: dep; };' >old.map
cc -shared -fPIC -xc - -o libs/libver.so -Wl,-soname,libver.so -Wl,--version-script=new.map <<<'int dep(void) { return 0; }'
so version/x -Llibs -lver -Wl,-rpath,"$PWD/libs" <<<'int dep(void); int luaopen_x(void *L) { return dep(); }'
cc -shared -fPIC -xc - -o libs/libver.so -Wl,-soname,libver.so -Wl,--version-script=old.map <<<'int dep(void) { return 0; }'
says version failed 3 'needs V_2 of libver.so for dep'

# glibc's own: the version in the module's table becomes one that no glibc has.
so glibc/x -Wl,-z,now <<<'#include <stdio.h>
int luaopen_x(void *L) { return puts("x") < 0; }'
python3 - glibc/lib/lua/5.1/x.so <<'PY'
import re, struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
old = re.search(rb"GLIBC_2\.[0-9]+(?:\.[0-9]+)?", bytes(data)).group()
new = b"GLIBC_9." + b"9" * (len(old) - 8)
def elf_hash(name):
    h = 0
    for c in name:
        h = (h << 4) + c
        g = h & 0xF0000000
        if g:
            h ^= g >> 24
        h &= ~g & 0xFFFFFFFF
    return h
at = data.find(old)
data = data.replace(old + b"\0", new + b"\0").replace(struct.pack("<I", elf_hash(old)), struct.pack("<I", elf_hash(new)))
open(sys.argv[1], "wb").write(data)
PY
says glibc failed 3 'needs glibc 9.9'

# Another machine: glibc says that there is no such file.
mkdir -p machine/lib/lua/5.1
python3 - fine/lib/lua/5.1/x.so machine/lib/lua/5.1/x.so <<'PY'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
struct.pack_into("<H", data, 18, 243)
open(sys.argv[2], "wb").write(data)
PY
says machine failed 3 'lib/lua/5.1/x.so is for riscv64'

mkdir -p lfs/lib/lua/5.1 cut/lib/lua/5.1
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >lfs/lib/lua/5.1/x.so
says lfs failed 3 'is a Git LFS pointer, not a library'
head -c 3000 fine/lib/lua/5.1/x.so >cut/lib/lua/5.1/x.so
says cut crashed 3 'is cut off'
: >cut/lib/lua/5.1/x.so
says cut failed 3 'is an empty file'

so tls/x <<<'static __thread char block[100000] __attribute__((tls_model("initial-exec"))); int luaopen_x(void *L) { return block[0]; }'
says tls failed 3 'wants more static thread-local storage than is left'

# Through ffi: a library that is nowhere, a function without a declaration, one without an export.
mkdir -p ffi/share/lua/5.1
echo 'return require("ffi").load("nowhere_to_be_found")' >ffi/share/lua/5.1/w.lua
says ffi failed 3 'needs libnowhere_to_be_found.so, which the loader finds nowhere'
echo 'return require("ffi").C.undeclared_function' >ffi/share/lua/5.1/w.lua
says ffi failed 3 'uses a C function that no ffi.cdef declares'
echo 'local ffi = require("ffi") ffi.cdef "int unexported_function(void);" return ffi.C.unexported_function' >ffi/share/lua/5.1/w.lua
says ffi failed 3 'unexported_function'

# An FFI library that no wrapper names: nothing was loaded, which is a failure of its own.
so alone/scan <<<'int scan(void) { return 1; }'
says alone skipped 1 'is an FFI library, and no Lua module of the tree names it'
grep -q 'no module' report.json || fail "$(cat report.json)"
