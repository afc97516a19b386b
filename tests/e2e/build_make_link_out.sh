#!/usr/bin/env bash
# A link out of the sources is refused before a Makefile is run: exit 4 with the link's name.
. "$(dirname "$0")/lib.sh"
need make

mkdir rock
echo x >secret
ln -s ../secret rock/config
printf 'all install:\n\ttouch %s/ran\n' "$PWD" >rock/Makefile
cat >rock/rock-1.0-1.rockspec <<'END'
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = { type = "make" }
END
status=0
rs build rock --tree=tree --json >result.json 2>/dev/null || status=$?
assert_eq 4 $status
json 'd["diagnostics"][-1]["message"]' <result.json | grep "rock/config' is a link" >/dev/null || fail "$(cat result.json)"
[ ! -e ran ] || fail "the Makefile was run"
