#!/usr/bin/env bash
# Two builds into one tree at once: the second says that it waits, both end well, and both rocks are there.
. "$(dirname "$0")/lib.sh"

# rock NAME HOOK: a rock with one Lua module whose post_install hook runs while the tree is locked.
rock() {
  mkdir "$1"
  echo 'return 1' >"$1/$1.lua"
  cat >"$1/$1-1.0-1.rockspec" <<END
rockspec_format = "3.0"
package = "$1"
version = "1.0-1"
source = { url = "git+https://example.org/$1" }
build = { type = "builtin", modules = { ["$1"] = "$1.lua" } }
hooks = { post_install = [[$2]] }
END
}
rock first "touch '$PWD/started'; while [ ! -e '$PWD/go-on' ]; do sleep 0.05; done"
rock second "true"

# until_true COMMAND…: at most 20 s.
until_true() {
  for _ in $(seq 400); do
    ! "$@" 2>/dev/null || return 0
    sleep 0.05
  done
  fail "never came: $* (first: $(cat first.said); second: $(cat second.said))"
}

# Whatever happens, neither build is left behind.
trap 'touch "$scratch/work/go-on"; wait; cd / && chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT
touch second.said
"$ROCKSTAGE" build first --tree=tree 2>first.said &
first=$!
until_true test -e started
"$ROCKSTAGE" build second --tree=tree 2>second.said &
second=$!
until_true grep -q "waiting for another rockstage at '$PWD/tree'" second.said
[ ! -e tree ] || fail "there is a tree before the first build is done"
touch go-on
wait $first || fail "the first: $(cat first.said)"
wait $second || fail "the second: $(cat second.said)"
! grep -q waiting first.said || fail "the first waited, too"
assert_eq "first second" "$(rs list --porcelain --tree=tree | cut -f1 | tr '\n' ' ' | sed 's/ $//')"
assert_file tree/share/lua/5.1/first.lua 644
assert_file tree/share/lua/5.1/second.lua 644
assert_eq "" "$(find . -maxdepth 1 -name '.tree*')" "left beside the tree"
