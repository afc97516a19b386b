#!/usr/bin/env bash
# --lua=luajit,5.4 stages textkit for both into one tree, and lua5.4 loads it.
. "$(dirname "$0")/lib.sh"
need cargo luajit lua5.4

rs build "$ROCKSTAGE_SOURCE/examples/textkit" --tree="$PWD/tree" --lua=luajit,5.4 >/dev/null
for v in 5.1 5.4; do
  assert_file tree/lib/lua/$v/textkit/core.so
  assert_file tree/share/lua/$v/textkit/init.lua
done
env -i PATH="$PATH" LUA_PATH="$PWD/tree/share/lua/5.4/?.lua;$PWD/tree/share/lua/5.4/?/init.lua" LUA_CPATH="$PWD/tree/lib/lua/5.4/?.so" \
  lua5.4 -e 'assert(type(require("textkit")) == "table")'
rs run --tree="$PWD/tree" --lua=5.4 -- lua5.4 -e 'assert(require("textkit.core"))'
rs run --tree="$PWD/tree" -- luajit -e 'assert(require("textkit.core"))'
