# What verify says of a module is what the loader and the Lua do with it, case by case: each object is tried with a real
# `require` in a child process and judged as a tree that holds just it. The cases are in loader_oracle/.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
need cc cargo python3 luajit lua5.1 lua5.2 lua5.3 lua5.4 luac5.3

# The profiles are those of Debian 12: on another distribution the loader's answers are about another libc.
[ "$(getconf GNU_LIBC_VERSION)" = "glibc 2.36" ] && [ "$(uname -m)" = x86_64 ] || {
  echo "skipped: needs x86-64 with glibc 2.36" >&2
  exit 77
}
# Lua 5.5 is in no package of Debian 12; its sources are in the crate lua-src.
lua55=$XDG_CACHE_HOME/lua5.5/lua
build_lua55() (
  mkdir -p src
  printf '[package]\nname = "sources"\nversion = "0.1.0"\nedition = "2021"\n[build-dependencies]\nlua-src = "=550.1.1"\n' >Cargo.toml
  : >src/lib.rs
  cargo vendor -q vendor >/dev/null || exit 1
  cd vendor/lua-src/lua-5.5.0
  # The crate leaves out lua.c; `-e SCRIPT` is all that is used of it.
  cat >main.c <<'END'
#include <stdio.h>
#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"
int main(int count, char **words) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  if (count == 3 && luaL_dostring(L, words[2]) == LUA_OK) return 0;
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  return 1;
}
END
  mkdir -p "${lua55%/*}"
  cc -O1 -w -DLUA_USE_LINUX -Wl,-E -o "$lua55.new" ./*.c -lm -ldl && mv "$lua55.new" "$lua55"
)
if [ ! -x "$lua55" ]; then
  mkdir lua55
  (cd lua55 && build_lua55) || lua55=
fi
[ -n "$lua55" ] || [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "Lua 5.5 cannot be built from the crate lua-src"

chmod 755 "$scratch" "$scratch/work"
python3 "$ROCKSTAGE_SOURCE/tests/e2e/loader_oracle/oracle.py" "$ROCKSTAGE" "$PWD" ${lua55:+"$lua55"}
