#!/usr/bin/env bash
# list: by name, newest version first; --porcelain in LuaRocks' form; --json with the same rocks.
. "$(dirname "$0")/lib.sh"

rock() {
  mkdir -p "$1-$2"
  echo 'return 1' >"$1-$2/$1.lua"
  cat >"$1-$2/$1-$2.rockspec" <<END
package = "$1"
version = "$2"
source = { url = "git+https://example.org/$1" }
build = { type = "builtin", modules = { $1 = "$1.lua" } }
END
  rs build "$1-$2" --tree=tree --keep >/dev/null 2>&1
}
rock words 0.9.0-1
rock words 0.10.0-1
rock alpha 1.0-1
rocks=$(realpath tree)/lib/luarocks/rocks-5.1
assert_eq "alpha	1.0-1	installed	$rocks
words	0.10.0-1	installed	$rocks
words	0.9.0-1	installed	$rocks" "$(rs list --tree=tree --porcelain)"
assert_eq "alpha 1.0-1 words 0.10.0-1 words 0.9.0-1" \
  "$(rs list --tree=tree --json | json '" ".join(r["name"] + " " + r["version"] for r in d["data"]["rocks"])')"

code=0
rs list --tree=none 2>said || code=$?
assert_eq 1 $code "exit code without a tree"
grep -q "there is no tree at" said || fail "$(cat said)"
