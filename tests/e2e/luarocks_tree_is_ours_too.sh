#!/usr/bin/env bash
# A tree that LuaRocks has made: list, show, build into it, remove; LuaRocks agrees afterwards.
. "$(dirname "$0")/lib.sh"
need luarocks

for name in abe zed; do
  mkdir -p $name
  echo "return '$name'" >$name/shared.lua
  cat >$name/$name-1.0-1.rockspec <<END
package = "$name"
version = "1.0-1"
source = { url = "git+https://example.org/$name" }
build = { type = "builtin", modules = { shared = "shared.lua" } }
END
done
mkdir tree
tree=$(realpath tree)
luarocks() { command luarocks --lua-version=5.1 --tree="$tree" "$@"; }
(cd zed && luarocks make >/dev/null 2>&1)

assert_eq "$(luarocks list --porcelain)" "$(rs list --tree=tree --porcelain)" list
rs show zed --tree=tree --porcelain >ours
luarocks show zed --porcelain >theirs
diff theirs ours || fail "show differs"

rs build abe --tree=tree >/dev/null 2>&1
assert_eq "return 'abe'" "$(cat tree/share/lua/5.1/shared.lua)"
assert_eq "return 'zed'" "$(cat tree/share/lua/5.1/zed_1_0_1-shared.lua)"
assert_eq "$(luarocks list --porcelain)" "$(rs list --tree=tree --porcelain)" "list after our build"

# LuaRocks writes the same manifest from the rock directories.
cp tree/lib/luarocks/rocks-5.1/manifest manifest
luarocks-admin --lua-version=5.1 make-manifest --local-tree --tree="$tree" "$tree/lib/luarocks/rocks-5.1" >/dev/null 2>&1 ||
  fail "luarocks-admin make-manifest failed"
cmp manifest tree/lib/luarocks/rocks-5.1/manifest || fail "LuaRocks would write another manifest"

rs remove abe --tree=tree >/dev/null
assert_eq "return 'zed'" "$(cat tree/share/lua/5.1/shared.lua)"
rs remove zed --tree=tree >/dev/null
assert_eq "" "$(luarocks list --porcelain)" "luarocks list of the emptied tree"
