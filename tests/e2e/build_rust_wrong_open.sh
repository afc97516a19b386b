#!/usr/bin/env bash
# A module whose library has another luaopen_*: exit 4 with the name that is needed.
. "$(dirname "$0")/lib.sh"
need cargo

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" rock
sed -i 's/"nodeps.core"/"nodeps.other"/' rock/*.rockspec
status=0
rs build rock --tree=tree --json >result.json 2>/dev/null || status=$?
assert_eq 4 $status
json 'd["diagnostics"][-1]["message"]' <result.json | grep "module 'nodeps.other' needs luaopen_nodeps_other" >/dev/null || fail "$(cat result.json)"
[ ! -e tree ] || fail "a tree was made"
