#!/usr/bin/env bash
# A C module that does not compile: exit 1, the compiler's words in the error, and no tree.
. "$(dirname "$0")/lib.sh"
need gcc

mkdir bad
echo '#include <no_such_header_of_ours.h>' >bad/core.c
cat >bad/bad-1.0-1.rockspec <<'END'
package = "bad"
version = "1.0-1"
source = { url = "git+https://example.org/bad" }
build = { type = "builtin", modules = { core = "core.c" } }
END
status=0
rs build bad --tree=tree --json >result.json 2>err || status=$?
assert_eq 1 $status
json 'd["diagnostics"][-1]["message"]' <result.json | grep 'no_such_header_of_ours.h: No such file' >/dev/null || fail "$(cat result.json)"
[ ! -e tree ] || fail "a tree was made"
