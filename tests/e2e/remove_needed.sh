#!/usr/bin/env bash
# remove refuses what another rock needs, names it, and does it with --force; nothing of the rock is left.
. "$(dirname "$0")/lib.sh"

rock() {
  mkdir -p "$1"
  echo 'return 1' >"$1/$1.lua"
  cat >"$1/$1-1.0-1.rockspec" <<END
package = "$1"
version = "1.0-1"
source = { url = "git+https://example.org/$1" }
dependencies = { $2 }
build = { type = "builtin", modules = { ["$1.deep.module"] = "$1.lua" } }
END
  rs build "$1" --tree=tree >/dev/null 2>&1
}
rock words ''
rock greet '"words >= 1.0"'
before=$(snapshot tree)
code=0
rs remove words --tree=tree >/dev/null 2>said || code=$?
[ $code != 0 ] || fail "it was removed"
grep -q "greet 1.0-1" said || fail "the rock that needs it is not named: $(cat said)"
grep -q -e --force said || fail "no hint: $(cat said)"
assert_eq "$before" "$(snapshot tree)" "the tree"

rs remove words --tree=tree --force >/dev/null 2>&1
assert_eq "greet" "$(rs list --tree=tree --porcelain | cut -f1)"
[ ! -e tree/share/lua/5.1/words ] || fail "an empty directory was left"
rs purge --tree=tree >/dev/null
assert_eq "" "$(rs list --tree=tree --porcelain)"
assert_eq "lib/luarocks/rocks-5.1/manifest" "$(cd tree && find . -type f -printf '%P\n')" "what is left"
