#!/usr/bin/env bash
# A directory that holds more than a tree: changed through a journal, which is said; its other files stay as they are.
. "$(dirname "$0")/lib.sh"

mkdir rock
echo 'return 1' >rock/m.lua
cat >rock/m-1.0-1.rockspec <<'END'
package = "m"
version = "1.0-1"
source = { url = "git+https://example.org/m" }
build = { type = "builtin", modules = { m = "m.lua" } }
END
mkdir -p prefix/etc prefix/share/doc
echo mine >prefix/etc/config
ln -s nowhere prefix/share/doc/link
before=$(snapshot prefix)
rs build rock --tree=prefix >/dev/null 2>said
grep -q "through a journal, not in one step: it holds 'etc'" said || fail "the journal was not told of: $(cat said)"
assert_file prefix/share/lua/5.1/m.lua 644
rs purge --tree=prefix >/dev/null 2>&1
rm -r prefix/lib
assert_eq "$before" "$(snapshot prefix)" "the other files"
