#!/usr/bin/env bash
# A builtin rock with a C module and a Lua module: exactly its files are staged, LuaJIT loads it, the checkout stays as it was.
. "$(dirname "$0")/lib.sh"
need gcc luajit

mkdir -p crc/src
cat >crc/src/core.c <<'END'
#include <lua.h>
#include <lauxlib.h>
int luaopen_crc_core(lua_State *L) { lua_pushliteral(L, "core"); return 1; }
END
echo 'return { core = require "crc.core" }' >crc/crc.lua
cat >crc/crc-1.0-1.rockspec <<'END'
package = "crc"
version = "1.0-1"
source = { url = "git+https://example.org/crc" }
build = { type = "builtin", modules = { crc = "crc.lua", ["crc.core"] = "src/core.c" } }
END
before=$(snapshot crc)
rs build crc --tree=tree --json >result.json
assert_eq "$before" "$(snapshot crc)" "the checkout"

assert_eq '{"crc": "share/lua/5.1/crc.lua", "crc.core": "lib/lua/5.1/crc/core.so"}' "$(json 'd["data"]["rocks"][0]["modules"]' <result.json)"
assert_file tree/lib/lua/5.1/crc/core.so 755
assert_file tree/share/lua/5.1/crc.lua 644
assert_eq "lib/lua/5.1/crc/core.so share/lua/5.1/crc.lua" "$(cd tree && find share/lua lib/lua -type f | sort | tr '\n' ' ' | sed 's/ $//')"
assert_eq core "$(rs run --tree=tree -- luajit -e 'print(require("crc").core)')"
