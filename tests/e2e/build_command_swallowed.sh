#!/usr/bin/env bash
# A copy that fails before a `;` is found out by what build.modules promises: exit 4, and no tree.
. "$(dirname "$0")/lib.sh"
need cargo

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/swallowed" rock
status=0
rs build rock --tree=tree --json >result.json 2>/dev/null || status=$?
assert_eq 4 $status
json 'd["diagnostics"][-1]["message"]' <result.json | grep -F 'build.modules["swallowed.core"] promises' >/dev/null || fail "$(cat result.json)"
[ ! -e tree ] || fail "a tree was made"
