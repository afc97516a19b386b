#!/usr/bin/env bash
# After a good build, one that fails stages nothing: the tree keeps the old rock.
. "$(dirname "$0")/lib.sh"
need cargo

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" rock
rs build rock --tree=tree >/dev/null
before=$(snapshot tree)
echo 'this is no rust' >>rock/src/lib.rs
status=0
rs build rock --tree=tree >/dev/null 2>err || status=$?
assert_eq 1 $status
grep -q 'src/lib.rs' err || fail "cargo's message is not shown: $(cat err)"
assert_eq "$before" "$(snapshot tree)" "the tree"
