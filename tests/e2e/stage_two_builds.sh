#!/usr/bin/env bash
# A second build into the same tree waits for the first, and says so; both rocks are there in the end.
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
rock slow 'hooks = { post_install = "touch here; sleep 2" }'
rock quick ''
"$ROCKSTAGE" build slow --tree=tree >/dev/null 2>&1 &
pid=$!
for _ in $(seq 200); do
  [ -z "$(find . -path './.tree.rockstage-*' -name here)" ] || break
  sleep 0.05
done
rs build quick --tree=tree >/dev/null 2>said
wait $pid
grep -q "waiting for another rockstage at" said || fail "it did not say that it waits: $(cat said)"
assert_eq "quick slow" "$(rs list --tree=tree --porcelain | cut -f1 | paste -sd' ')"
assert_eq "" "$(find . -maxdepth 1 -name '.tree.rockstage-*')" "what is left beside the tree"
