#!/usr/bin/env bash
# Debian's LuaRocks installs the .rock, of C and of Rust, and what it installs loads; its tree has the same files as the one that was
# exported.
. "$(dirname "$0")/lib.sh"
need luarocks lua5.1 luajit gcc cargo python3

mkdir rock
cat >rock/core.c <<'END'
#include <lua.h>
int luaopen_zed_core(lua_State *L) { lua_pushinteger(L, 7); return 1; }
END
echo 'return require "zed.core"' >rock/zed.lua
printf '#!/usr/bin/env lua\nprint(require "zed")\n' >rock/zed-run
echo terms >rock/LICENSE
cat >rock/zed-1.0-1.rockspec <<'END'
package = "zed"
version = "1.0-1"
source = { url = "git+https://example.org/zed" }
build = { type = "builtin", modules = { zed = "zed.lua", ["zed.core"] = "core.c" }, install = { bin = { "zed-run" } } }
END
rs build rock --tree=tree --lua=5.1
rs export tree --output=out/ --format=rock --json >said
file=out/zed-1.0-1.linux-$(uname -m).rock
assert_eq "$file" "$(json 'd["data"]["file"]' <said)"
assert_file "$file"

luarocks --lua-version=5.1 --tree="$PWD/installed" install "$file" >log 2>&1 || fail "luarocks: $(cat log)"
got=$(LUA_PATH='installed/share/lua/5.1/?.lua' LUA_CPATH='installed/lib/lua/5.1/?.so' lua5.1 -e 'print(require "zed")')
assert_eq 7 "$got"
assert_eq 7 "$(installed/bin/zed-run)"
# The wrappers are each one's own.
rm -r tree/bin installed/bin
assert_eq "$(cd tree && find . -type f -exec sha256sum {} + | sort)" \
  "$(cd installed && find . -type f -exec sha256sum {} + | sort)" "the files"

# Rust, with two modules of one library, for LuaJIT.
rs build "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" --tree=rust --lua=luajit
rs export rust --output=out/ --format=rock
luarocks --lua-version=5.1 --tree="$PWD/again" install out/nodeps-native-1.0-1.linux-*.rock >log 2>&1 || fail "luarocks: $(cat log)"
got=$(LUA_PATH='again/share/lua/5.1/?.lua' LUA_CPATH='again/lib/lua/5.1/?.so' luajit -e 'print(require("nodeps.core").add(2, 3), require "nodeps.extra")')
assert_eq "5	extra" "$got"
cmp rust/lib/lua/5.1/nodeps/core.so again/lib/lua/5.1/nodeps/core.so || fail "another library"
