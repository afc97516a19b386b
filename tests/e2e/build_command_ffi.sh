#!/usr/bin/env bash
# The usual FFI rock: cargo in a shell text, a library without luaopen_*, a Lua wrapper; loaded by LuaJIT.
. "$(dirname "$0")/lib.sh"
need cargo luajit

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/ffi-only" rock
before=$(snapshot rock)
rs build rock --tree=tree --json >result.json
assert_eq "$before" "$(snapshot rock)" "the checkout"
assert_eq ffi-library "$(json '[f["class"] for f in d["data"]["rocks"][0]["files"] if f["path"] == "lib/lua/5.1/ffi_only.so"][0]' <result.json)"
assert_eq 5 "$(rs run --tree=tree -- luajit -e 'print(require("ffi_only").add(2, 3))')"
