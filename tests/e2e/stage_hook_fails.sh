#!/usr/bin/env bash
# hooks.post_install is shown and run before anything is committed; when it fails, the build has failed.
. "$(dirname "$0")/lib.sh"

mkdir rock
echo 'return 1' >rock/m.lua
rockspec() {
  cat >rock/m-1.0-1.rockspec <<END
package = "m"
version = "1.0-1"
source = { url = "git+https://example.org/m" }
build = { type = "builtin", modules = { m = "m.lua" } }
hooks = { post_install = "$1" }
END
}
rockspec 'echo seen >note; echo from the hook'
rs build rock --tree=tree >/dev/null 2>said
grep -q "echo seen >note" said || fail "the hook was not shown: $(cat said)"
grep -q "from the hook" said || fail "what it says was not shown: $(cat said)"
assert_file tree/lib/luarocks/rocks-5.1/m/1.0-1/note 644
before=$(snapshot tree)

rockspec 'exit 3'
code=0
rs build rock --tree=tree >/dev/null 2>said || code=$?
assert_eq 1 $code "exit code"
grep -q "post_install of m 1.0-1 failed (exit code 3)" said || fail "$(cat said)"
assert_eq "$before" "$(snapshot tree)" "the tree"
