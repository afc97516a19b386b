#!/usr/bin/env bash
# The tree lies on another file system than sources and cache: it is staged in one step all the same.
. "$(dirname "$0")/lib.sh"

mkdir disk rock
if mount -t tmpfs -o size=4m tmpfs disk 2>/dev/null; then
  trap 'cd / && umount "$scratch/work/disk"; chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT
elif [ -w /dev/shm ] && [ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ]; then
  rmdir disk
  ln -s "$(mktemp -d -p /dev/shm)" disk
  trap 'rm -rf "$(readlink "$scratch/work/disk")"; cd / && chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT
else
  [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "there is no second file system"
  echo "skipped: there is no second file system" >&2
  exit 77
fi
[ "$(stat -L -c %d disk)" != "$(stat -c %d rock)" ] || fail "the same file system"

echo 'return 1' >rock/mod.lua
echo 'print(require("mod"))' >rock/tool.lua
cat >rock/rock-1.0-1.rockspec <<'END'
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = { type = "builtin", modules = { mod = "mod.lua" }, install = { bin = { tool = "tool.lua" } } }
END
rs build rock --tree=disk/tree
assert_file disk/tree/share/lua/5.1/mod.lua 644
assert_file disk/tree/bin/tool 755
sed -i 's/1.0-1/1.1-1/' rock/rock-1.0-1.rockspec
mv rock/rock-1.0-1.rockspec rock/rock-1.1-1.rockspec
rs build rock --tree=disk/tree 2>said || fail "the second build: $(cat said)"
! grep -q journal said || fail "a tree that can be exchanged was changed through a journal: $(cat said)"
assert_eq "1.1-1" "$(rs list --porcelain --tree=disk/tree | cut -f2)"
assert_eq "tree" "$(ls -A disk/)" "left beside the tree"
