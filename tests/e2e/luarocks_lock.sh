#!/usr/bin/env bash
# LuaRocks' lock in the tree: waited for with a message; none is left afterwards.
. "$(dirname "$0")/lib.sh"

mkdir rock
echo 'return 1' >rock/m.lua
cat >rock/m-1.0-1.rockspec <<'END'
package = "m"
version = "1.0-1"
source = { url = "git+https://example.org/m" }
build = { type = "builtin", modules = { m = "m.lua" } }
END
mkdir tree
ln -s lock tree/lockfile.lfs
(sleep 1 && rm tree/lockfile.lfs) &
rs build rock --tree=tree >/dev/null 2>said
grep -q "waiting for LuaRocks" said || fail "it did not say that it waits: $(cat said)"
assert_file tree/share/lua/5.1/m.lua
[ ! -h tree/lockfile.lfs ] || fail "a lock was left"

# Older than an hour: stale.
ln -s lock tree/lockfile.lfs
touch -h -d '2 hours ago' tree/lockfile.lfs
rs build rock --tree=tree >/dev/null 2>said
grep -q "stale lock" said || fail "it did not say that the lock is stale: $(cat said)"
[ ! -h tree/lockfile.lfs ] || fail "a lock was left"
