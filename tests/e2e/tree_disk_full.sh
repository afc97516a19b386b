#!/usr/bin/env bash
# A build onto a full disk ends with exit 1 and says so; the tree is as it was, and nothing is left beside it.
. "$(dirname "$0")/lib.sh"

mkdir disk
if ! mount -t tmpfs -o size=1m tmpfs disk 2>/dev/null; then
  [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "cannot mount a tmpfs"
  echo "skipped: cannot mount a tmpfs" >&2
  exit 77
fi
trap 'cd / && umount "$scratch/work/disk"; chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT

mkdir rock
echo 'return 1' >rock/small.lua
write_rockspec() {
  cat >rock/rock-1.0-1.rockspec <<END
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = { type = "builtin", modules = { small = "small.lua" $1 } }
END
}

# The first creation.
write_rockspec ', large = "large.lua"'
head -c 2000000 /dev/zero | tr '\0' ' ' >rock/large.lua
code=0
rs build rock --tree=disk/tree 2>said || code=$?
assert_eq 1 "$code" "a full disk: $(cat said)"
grep -qi 'no space left' said || fail "said: $(cat said)"
assert_eq "" "$(ls -A disk)" "left on the disk"

# A tree that is there.
write_rockspec ''
rs build rock --tree=disk/tree
before=$(snapshot disk)
write_rockspec ', large = "large.lua"'
code=0
rs build rock --tree=disk/tree 2>said || code=$?
assert_eq 1 "$code" "a full disk: $(cat said)"
grep -qi 'no space left' said || fail "said: $(cat said)"
assert_eq "$before" "$(snapshot disk)" "the disk"

# And it can still be changed.
rs remove rock --tree=disk/tree
[ ! -e disk/tree/share/lua/5.1/small.lua ] || fail "not removed"
