#!/usr/bin/env bash
# kill -9 while a tree is changed: the tree is the old one, and the next build leaves nothing of the killed one.
. "$(dirname "$0")/lib.sh"

rock() {
  mkdir -p "$1"
  echo 'return 1' >"$1/$1.lua"
  cat >"$1/$1-1.0-1.rockspec" <<END
package = "$1"
version = "1.0-1"
source = { url = "git+https://example.org/$1" }
build = { type = "builtin", modules = { $1 = "$1.lua" } }
$2
END
}
rock a ''
rock b 'hooks = { post_install = "touch here; exec sleep 1" }'
rs build a --tree=tree >/dev/null 2>&1
before=$(snapshot tree)

"$ROCKSTAGE" build b --tree=tree >/dev/null 2>&1 &
pid=$!
for _ in $(seq 200); do
  [ -z "$(find . -path './.tree.rockstage-*' -name here)" ] || break
  sleep 0.05
done
kill -9 $pid
wait $pid 2>/dev/null || true
[ -n "$(find . -maxdepth 1 -name '.tree.rockstage-*')" ] || fail "it was not killed in the middle"
assert_eq "$before" "$(snapshot tree)" "the tree"

rock b ''
rs build b --tree=tree >/dev/null 2>&1
assert_file tree/share/lua/5.1/a.lua
assert_file tree/share/lua/5.1/b.lua
assert_eq "" "$(find . -maxdepth 1 -name '.tree.rockstage-*')" "what is left beside the tree"
