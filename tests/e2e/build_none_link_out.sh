#!/usr/bin/env bash
# A link out of the source directory is refused by name: exit 4, nothing is staged.
. "$(dirname "$0")/lib.sh"

mkdir rock
echo 'return "secret"' >secret.lua
ln -s ../secret.lua rock/a.lua
cat >rock/rock-1.0-1.rockspec <<'END'
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = { type = "none", install = { lua = { a = "a.lua" } } }
END
status=0
rs build rock --tree=tree --json >result.json 2>/dev/null || status=$?
assert_eq 4 $status
json 'd["diagnostics"][-1]["message"]' <result.json | grep "'a.lua' is a link that leaves the source directory" >/dev/null || fail "$(cat result.json)"
[ ! -e tree ] || fail "a tree was made"
