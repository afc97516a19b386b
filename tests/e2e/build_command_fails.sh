#!/usr/bin/env bash
# A shell text that fails: exit 1 with its last lines, escape sequences made harmless.
. "$(dirname "$0")/lib.sh"

mkdir rock
echo "return 1" >rock/a.lua
cat >rock/rock-1.0-1.rockspec <<'END'
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = { type = "command", build_command = [[printf '\033[31mbroken\n' >&2; exit 3]] }
END
status=0
rs build rock --tree=tree >out 2>err || status=$?
assert_eq 1 $status
grep -qF '\x1B[31mbroken' err || fail "$(cat err)"
grep -q 'exit code 3' err || fail "$(cat err)"
! grep -q "$(printf '\033')\[31m" err || fail "an escape sequence got through"
