#!/usr/bin/env bash
# Two rocks with the same module and command: files where LuaRocks would put them, a warning with owner, loser and name.
. "$(dirname "$0")/lib.sh"
need luarocks

for name in abe zed; do
  mkdir -p $name
  echo "return '$name'" >$name/mod.lua
  echo "print('$name')" >$name/tool
  cat >$name/$name-1.0-1.rockspec <<END
package = "$name"
version = "1.0-1"
source = { url = "git+https://example.org/$name" }
build = { type = "builtin", modules = { ["shared.mod"] = "mod.lua" }, install = { bin = { "tool" } } }
END
  cp -r $name $name-theirs
done
for name in zed abe; do
  rs build $name --tree=ours >/dev/null 2>said
  (cd $name-theirs && luarocks --lua-version=5.1 --tree="$PWD/../theirs" make >/dev/null 2>&1)
done
grep -q "module 'shared.mod' is in abe 1.0-1 and in zed 1.0-1" said || fail "no warning: $(cat said)"
grep -q "share/lua/5.1/zed_1_0_1-shared/mod.lua" said || fail "the new name is not told: $(cat said)"
assert_eq "$(cd theirs && find . -type f | sort)" "$(cd ours && find . -type f ! -name rockstage.json | sort)" "the files"
cmp ours/share/lua/5.1/shared/mod.lua theirs/share/lua/5.1/shared/mod.lua
cmp ours/lib/luarocks/rocks-5.1/manifest theirs/lib/luarocks/rocks-5.1/manifest || fail "the manifests differ"
assert_eq "abe zed" "$(ours/bin/tool) $(ours/bin/zed_1_0_1-tool)" "the commands"
