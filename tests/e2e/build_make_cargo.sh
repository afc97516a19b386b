#!/usr/bin/env bash
# A make rock that runs cargo: modes of a tree whatever the Makefile says, crates known, the checkout as it was.
. "$(dirname "$0")/lib.sh"
need cargo make luajit

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/make-rock" rock
before=$(snapshot rock)
rs build rock --tree=tree >/dev/null
assert_eq "$before" "$(snapshot rock)" "the checkout"
assert_file tree/lib/lua/5.1/make_rock.so 755
assert_file tree/share/lua/5.1/make_rock_util.lua 644
rs run --tree=tree -- luajit -e 'require "make_rock"; require "make_rock_util"'
record=tree/lib/luarocks/rocks-5.1/make-rock/1.0-1/rockstage.json
assert_eq '["make-rock"]' "$(json '[c["name"] for c in d["crates"]]' <$record)"
assert_eq make "$(json 'd["build_type"]' <$record)"
