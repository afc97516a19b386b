#!/usr/bin/env bash
# A rust-mlua rock: dotted modules in directories, two of one library, nested include; loaded by LuaJIT.
. "$(dirname "$0")/lib.sh"
need cargo luajit

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" rock
before=$(snapshot rock)
rs build rock --tree=tree --json >result.json
assert_eq "$before" "$(snapshot rock)" "the checkout"
assert_eq 'lib/lua/5.1/nodeps/core.so lib/lua/5.1/nodeps/extra.so share/lua/5.1/nodeps/init.lua' \
  "$(cd tree && find lib/lua share/lua -type f | sort | tr '\n' ' ' | sed 's/ $//')"
assert_file tree/lib/lua/5.1/nodeps/core.so 755
assert_file tree/share/lua/5.1/nodeps/init.lua 644
assert_eq 'false	raised' "$(rs run --tree=tree -- luajit -e 'print(pcall(require("nodeps.core").fail, "raised"))')"
assert_eq extra "$(rs run --tree=tree -- luajit -e 'print(require "nodeps.extra")')"
