#!/usr/bin/env bash
# LuaRocks lists, shows and removes what rockstage staged, and the reverse, each with the other's words.
. "$(dirname "$0")/lib.sh"
need luarocks lua5.1

# make_rock NAME VERSION DEPENDENCIES: a Lua module, a command and a module that all of these rocks have.
make_rock() {
  mkdir -p "$1"
  echo "return '$1'" >"$1/$1.lua"
  echo "return 'shared of $1'" >"$1/shared.lua"
  echo "print('$1')" >"$1/tool.lua"
  cat >"$1/$1-$2.rockspec" <<END
package = "$1"
version = "$2"
source = { url = "git+https://example.org/$1" }
description = { summary = "the rock $1", detailed = "More of it.", license = "MIT", homepage = "https://example.org" }
dependencies = { $3 }
build = {
   type = "builtin",
   modules = { ["$1"] = "$1.lua", ["shared.$1"] = "$1.lua", shared = "shared.lua" },
   install = { bin = { ["run-$1"] = "tool.lua" } },
}
END
}
make_rock low 1.2-1 '"lua >= 5.1"'
make_rock mid 0.10.0-2 '"lua >= 5.1", "low >= 1.0"'
make_rock top 3.0-1 '"mid ~> 0.10"'

by_luarocks() { luarocks --lua-version=5.1 --tree="$PWD/$1" "${@:2}"; }

for rock in low mid top; do
  (cd $rock && luarocks --lua-version=5.1 --tree=../theirs make ./*.rockspec >../log 2>&1) || fail "luarocks: $(cat log)"
  rs build $rock --lua=5.1 --tree=ours
done

# Both programs say the same of either tree. LuaRocks' lines for commands are wrong (it doubles the path).
for tree in ours theirs; do
  assert_eq "$(by_luarocks $tree list --porcelain)" "$(rs list --porcelain --tree=$tree)" "list of $tree"
  for rock in low mid top; do
    assert_eq "$(by_luarocks $tree show --porcelain $rock | grep -v '^command')" \
      "$(rs show --porcelain --tree=$tree $rock | grep -v '^command')" "show $rock of $tree"
    assert_eq "$(printf 'command\trun-%s\t%s' $rock "$PWD/$tree/bin/run-$rock")" \
      "$(rs show --porcelain --tree=$tree $rock | grep '^command')" "the command of $rock in $tree"
  done
done
assert_eq 3 "$(rs list --porcelain --tree=theirs | wc -l)"

# What another rock needs is not removed by either.
code=0
by_luarocks ours remove low >log 2>&1 || code=$?
[ "$code" != 0 ] || fail "luarocks removed low: $(cat log)"
code=0
rs remove low --tree=theirs 2>log || code=$?
assert_eq 4 "$code" "remove of a rock that is needed: $(cat log)"
grep -q mid log || fail "who needs it is not named: $(cat log)"

# low, the first by name, owns `shared`; without it mid does. Both programs come to the same tree.
by_luarocks ours remove --force low >log 2>&1 || fail "luarocks remove: $(cat log)"
rs remove --force low --tree=theirs
deployed() { (cd "$1" && find share lib/lua bin -type f 2>/dev/null | sort); }
assert_eq "$(deployed ours)" "$(deployed theirs)" "the trees after removal"
assert_eq "return 'shared of mid'" "$(cat theirs/share/lua/5.1/shared.lua)"
cmp ours/lib/luarocks/rocks-5.1/manifest theirs/lib/luarocks/rocks-5.1/manifest || fail "manifests differ"

for rock in top mid; do
  by_luarocks ours remove $rock >log 2>&1 || fail "luarocks remove: $(cat log)"
  rs remove $rock --tree=theirs
done
assert_eq "" "$(deployed ours)$(deployed theirs)" "files left"
assert_eq "" "$(by_luarocks theirs list --porcelain)$(rs list --porcelain --tree=ours)" "rocks left"

# Onto a tree of the other, and purge.
rs build low --lua=5.1 --tree=theirs
(cd mid && luarocks --lua-version=5.1 --tree=../ours make --deps-mode=none ./*.rockspec >../log 2>&1) || fail "luarocks: $(cat log)"
rs purge --tree=ours
by_luarocks theirs purge >log 2>&1 || fail "luarocks purge: $(cat log)"
assert_eq "" "$(deployed ours)$(deployed theirs)" "files left by purge"
