#!/usr/bin/env bash
# --user: what that user cannot read looks absent to Lua, and is explained. Needs root.
. "$(dirname "$0")/lib.sh"
need luajit
chmod 755 "$scratch" "$scratch/work"

mkdir -p tree/share/lua/5.1/sub
echo 'return {}' >tree/share/lua/5.1/open.lua
echo 'return {}' >tree/share/lua/5.1/shut.lua
echo 'return {}' >tree/share/lua/5.1/sub/m.lua
if [ "$(id -u)" != 0 ]; then
  code=0
  rs smoke tree --lua=luajit --user=636 >out 2>err || code=$?
  assert_eq 1 "$code"
  grep -q 'only root can run it as another user' err || fail "$(cat err)"
  exit 0
fi

rs smoke tree --lua=luajit --user=636 >out 2>err || fail "$(cat out err)"
chmod 600 tree/share/lua/5.1/shut.lua
chmod 700 tree/share/lua/5.1/sub
rs smoke tree --lua=luajit >out 2>err || fail "root reads everything: $(cat out err)"
code=0
rs smoke tree --lua=luajit --user=636 >out 2>err || code=$?
assert_eq 3 "$code" "$(cat out err)"
grep -qF 'share/lua/5.1/shut.lua is there, and user 636 cannot read share/lua/5.1/shut.lua (mode 0600)' out || fail "$(cat out)"
grep -qF 'share/lua/5.1/sub/m.lua is there, and user 636 cannot read share/lua/5.1/sub (mode 0700)' out || fail "$(cat out)"
