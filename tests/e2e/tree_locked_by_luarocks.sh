#!/usr/bin/env bash
# A tree that LuaRocks has locked is waited for, and that is said; a lock older than an hour is removed with a warning.
. "$(dirname "$0")/lib.sh"
need lua5.1

# rock NAME: sources of a rock with one Lua module.
rock() {
  mkdir "$1"
  echo 'return 1' >"$1/$1.lua"
  cat >"$1/$1-1.0-1.rockspec" <<END
package = "$1"
version = "1.0-1"
source = { url = "git+https://example.org/$1" }
build = { type = "builtin", modules = { ["$1"] = "$1.lua" } }
END
}
rock first
rock second
rs build first --tree=tree

# With LuaRocks' own means where they are here; its lock is a dangling link of this name.
lua5.1 -e 'assert(require("lfs").lock_dir("tree")); os.exit(0, false)' 2>/dev/null || true
[ -L tree/lockfile.lfs ] || ln -s lock tree/lockfile.lfs
touch said
"$ROCKSTAGE" build second --tree=tree 2>said &
build=$!
trap 'kill $build 2>/dev/null || true; wait; cd / && chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT
for _ in $(seq 200); do
  ! grep -q waiting said || break
  kill -0 $build 2>/dev/null || fail "did not wait: $(cat said)"
  sleep 0.05
done
grep -q "waiting for LuaRocks, which has locked '$PWD/tree" said || fail "said: $(cat said)"
sleep 0.3
kill -0 $build 2>/dev/null || fail "did not wait: $(cat said)"
[ ! -e tree/share/lua/5.1/second.lua ] || fail "changed a locked tree"
rm tree/lockfile.lfs
wait $build || fail "failed: $(cat said)"
assert_file tree/share/lua/5.1/second.lua 644

ln -s lock tree/lockfile.lfs
touch -h -d '2 hours ago' tree/lockfile.lfs
timeout 60 "$ROCKSTAGE" remove second --tree=tree 2>said || fail "a stale lock: $(cat said)"
grep -q "warning: removed a stale lock of LuaRocks" said || fail "said: $(cat said)"
[ ! -e tree/share/lua/5.1/second.lua ] || fail "not removed"
assert_eq "tree" "$(find . -maxdepth 1 -name '*tree*' -printf '%f')" "left beside the tree"
[ ! -L tree/lockfile.lfs ] || fail "the lock was left"
