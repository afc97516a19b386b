#!/bin/sh
# Builds the three examples with rockstage, stages them in one tree, and loads them with LuaJIT.
# usage: examples/demo.sh [ROCKSTAGE]
set -eu
program=$(realpath "${1:-build/release/rockstage}")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/tree

# show COMMAND…: prints it as one would type it, and runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

rockstage() {
  "$program" "$@"
}

show rockstage --version
for example in textkit jsonscan crc; do
  show rockstage build "examples/$example" --tree="$tree" --lua=luajit
done
show rockstage list --tree="$tree"

printf '\n$ find %s -type f\n' "$tree"
(cd "$tree" && find . -type f | sed 's|^\./|  |' | LC_ALL=C sort)

# Nothing but the tree is on LuaJIT's paths.
unset LUA_INIT
export LUA_PATH="$tree/share/lua/5.1/?.lua;$tree/share/lua/5.1/?/init.lua" LUA_CPATH="$tree/lib/lua/5.1/?.so"
printf "\n$ export LUA_PATH='%s' LUA_CPATH='%s'" "$LUA_PATH" "$LUA_CPATH"
show luajit examples/demo.lua
