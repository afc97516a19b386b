#!/usr/bin/env bash
# A make rock where there is no make: exit 1, named with its Debian package.
. "$(dirname "$0")/lib.sh"

mkdir rock empty
cat >rock/rock-1.0-1.rockspec <<'END'
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = { type = "make" }
END
echo 'all:' >rock/Makefile
status=0
PATH=$PWD/empty "$ROCKSTAGE" build rock --tree=tree --json >result.json 2>/dev/null || status=$?
assert_eq 1 $status
json '[d["diagnostics"][-1]["message"], d["diagnostics"][-1]["hint"]]' <result.json >said
grep -q "needs 'make', which is not here" said || fail "$(cat said)"
grep -q "apt install make" said || fail "$(cat said)"
