#!/usr/bin/env bash
# Debian's LuaRocks lists, shows and removes what we have staged.
. "$(dirname "$0")/lib.sh"
need luarocks

for name in abe zed; do
  mkdir -p $name
  echo "return '$name'" >$name/shared.lua
  echo "print('$name')" >$name/tool
  cat >$name/$name-1.0-1.rockspec <<END
package = "$name"
version = "1.0-1"
source = { url = "git+https://example.org/$name" }
description = { summary = "the rock $name" }
build = { type = "builtin", modules = { shared = "shared.lua" }, install = { bin = { "tool" } } }
END
  rs build $name --tree=tree >/dev/null 2>&1
done
tree=$(realpath tree)
luarocks() { command luarocks --lua-version=5.1 --tree="$tree" "$@"; }

assert_eq "abe	1.0-1	installed	$tree/lib/luarocks/rocks-5.1
zed	1.0-1	installed	$tree/lib/luarocks/rocks-5.1" "$(luarocks list --porcelain)" "luarocks list"
luarocks show --porcelain zed >shown
grep -qx "summary	the rock zed" shown || fail "luarocks show: $(cat shown)"
grep -qx "module	shared	$tree/share/lua/5.1/zed_1_0_1-shared.lua" shown || fail "luarocks show: $(cat shown)"

luarocks remove abe >/dev/null
assert_eq "return 'zed'" "$(cat tree/share/lua/5.1/shared.lua)" "the module after LuaRocks removed its owner"
assert_eq zed "$(tree/bin/tool)" "the command"
luarocks remove zed >/dev/null
assert_eq "" "$(find tree -type f ! -name manifest)" "what is left"
