#!/usr/bin/env bash
# A tree that is itself a mount point cannot be exchanged: it is changed through a journal, and that is said.
. "$(dirname "$0")/lib.sh"

mkdir tree rock
if ! mount -t tmpfs -o size=4m tmpfs tree 2>/dev/null; then
  [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "cannot mount a tmpfs"
  echo "skipped: cannot mount a tmpfs" >&2
  exit 77
fi
trap 'cd / && umount "$scratch/work/tree"; chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT

# rockspec VERSION MODULES
rockspec() {
  rm -f rock/*.rockspec
  cat >"rock/rock-$1.rockspec" <<END
package = "rock"
version = "$1"
source = { url = "git+https://example.org/rock" }
build = { type = "builtin", modules = { $2 } }
END
}
echo 'return 1' >rock/mod.lua

rockspec 1.0-1 'mod = "mod.lua", ["deep.er.mod"] = "mod.lua"'
rs build rock --tree=tree 2>said || fail "said: $(cat said)"
grep -q "journal.*it is a mount point" said || fail "said: $(cat said)"
assert_file tree/share/lua/5.1/deep/er/mod.lua 644

rockspec 1.1-1 'mod = "mod.lua"'
rs build rock --tree=tree 2>said || fail "said: $(cat said)"
[ ! -e tree/share/lua/5.1/deep ] || fail "the old version's directory is still there"
assert_eq "1.1-1" "$(rs list --porcelain --tree=tree | cut -f2)"
rs remove rock --tree=tree
assert_eq "tree/lib/luarocks/rocks-5.1/manifest" "$(find tree -type f -o -type l)" "left in the tree"
assert_eq "" "$(find . -maxdepth 1 -name '.tree*')" "left beside the tree"
