#!/usr/bin/env bash
# A cmake rock: built in a copy, staged, loaded; what LuaRocks left in the checkout does not matter.
. "$(dirname "$0")/lib.sh"
need cmake make gcc luajit

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/cmake-rock" rock
mkdir rock/build.luarocks
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere' >rock/build.luarocks/CMakeCache.txt
before=$(snapshot rock)
rs build rock --tree=tree >/dev/null
assert_eq "$before" "$(snapshot rock)" "the checkout"
rs run --tree=tree -- luajit -e 'require "cmake_rock"; require "cmake_rock_util"'
