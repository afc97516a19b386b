#!/usr/bin/env bash
# install.lib = {probe = "…/libprobe.so"}: staged as probe.so, because its luaopen_* says so, with a note.
. "$(dirname "$0")/lib.sh"
need cargo luajit

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/install-key" rock
rs build rock --tree=tree --json >result.json
assert_file tree/lib/lua/5.1/probe.so 755
[ ! -e tree/lib/lua/5.1/libprobe.so ] || fail "libprobe.so is there too"
assert_eq true "$(json 'any("probe" in x["message"] for x in d["diagnostics"] if x["level"] == "note")' <result.json)"
rs run --tree=tree -- luajit -e 'require "probe"'
