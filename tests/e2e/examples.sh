#!/usr/bin/env bash
# The three examples give exactly their files; LuaJIT loads them with only the tree on its paths, and their own tests pass.
. "$(dirname "$0")/lib.sh"
need cargo luajit cc

# Files that a Lua program sees, and files of rock metadata.
visible() { (cd "$1" && find share lib/lua bin -type f 2>/dev/null | LC_ALL=C sort | tr '\n' ' '); }
metadata() { (cd "$1/lib/luarocks/rocks-5.1" && find . -type f | sed 's|^\./||' | LC_ALL=C sort | tr '\n' ' '); }

stage() { "$ROCKSTAGE" build "$ROCKSTAGE_SOURCE/examples/$1" --tree="$PWD/$1" --lua=luajit >/dev/null || fail "$1 does not build"; }

before=$(snapshot "$ROCKSTAGE_SOURCE/examples")
for rock in textkit jsonscan crc; do stage "$rock"; done
assert_eq "$before" "$(snapshot "$ROCKSTAGE_SOURCE/examples")"

assert_eq "lib/lua/5.1/textkit/core.so share/lua/5.1/textkit/init.lua " "$(visible textkit)"
assert_eq "lib/lua/5.1/jsonscan.so share/lua/5.1/jsonscan.lua share/lua/5.1/jsonscan/lib.lua share/lua/5.1/jsonscan/table.lua " "$(visible jsonscan)"
assert_eq "lib/lua/5.1/crc/core.so share/lua/5.1/crc.lua " "$(visible crc)"
for rock in textkit jsonscan crc; do
  version=$(ls "$rock/lib/luarocks/rocks-5.1/$rock")
  dir="$rock/$version"
  wanted=$(printf '%s\n' manifest "$dir/$rock-$version.rockspec" "$dir/doc/LICENSE" "$dir/rock_manifest" "$dir/rockstage.json" | LC_ALL=C sort | tr '\n' ' ')
  assert_eq "$wanted" "$(metadata "$rock")"
done

for rock in textkit jsonscan crc; do
  for spec in "$ROCKSTAGE_SOURCE/examples/$rock"/spec/*.lua; do
    env -i PATH="$PATH" LUA_PATH="$PWD/$rock/share/lua/5.1/?.lua;$PWD/$rock/share/lua/5.1/?/init.lua" LUA_CPATH="$PWD/$rock/lib/lua/5.1/?.so" \
      luajit "$spec" >spec.out 2>&1 || fail "$spec: $(cat spec.out)"
  done
done
