#!/bin/sh
# Builds the three examples with rockstage, stages them in one tree, and loads them with LuaJIT. Where docker answers, it
# puts one of them into an APISIX image and tests that. Then it exports the tree, and verifies what was exported.
# usage: examples/demo.sh [ROCKSTAGE]
#   DEMO_BASE, DEMO_BUILDER   other images than the public ones
set -eu
program=$(realpath "${1:-build/release/rockstage}")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
image=rockstage-demo:1
made=
trap 'rm -rf "$scratch"; [ -z "$made" ] || docker image rm "$image" >/dev/null' EXIT
tree=$scratch/tree
luajit=/usr/local/openresty/luajit/bin/luajit

# say COMMAND…: prints it as one would type it.
say() {
  printf '\n$'
  for word in "$@"; do
    case $word in
    *[!A-Za-z0-9_=:/.,@+-]*) printf " '%s'" "$word" ;;
    *) printf ' %s' "$word" ;;
    esac
  done
  echo
}

# show COMMAND…: prints it, and runs it.
show() {
  say "$@"
  "$@"
}

rockstage() {
  "$program" "$@"
}

# is_here IMAGE: the engine has it, or gets it.
is_here() {
  docker image inspect "$1" >/dev/null 2>&1 || docker pull "$1" >/dev/null 2>&1
}

# try_image ARGUMENTS…: builds the image, where its bases can be had, and tests it. Ends the demo with what docker said when that fails.
try_image() {
  show rockstage dockerfile examples/textkit --runtime=apisix-debian "$@" --output="$scratch/docker" --tag="$image"
  for needed in $(sed -n 's/^ARG BASE=//p; s/^FROM \(.*\) AS builder$/\1/p' "$scratch/docker/Dockerfile"); do
    is_here "$needed" || {
      printf '\n%s is not here and cannot be pulled: the image is left out.\n' "$needed"
      return
    }
  done
  set -- docker build -f "$scratch/docker/Dockerfile" -t "$image" examples/textkit
  say "$@"
  DOCKER_BUILDKIT=1 BUILDKIT_PROGRESS=plain "$@" >"$scratch/build.log" 2>&1 || {
    cat "$scratch/build.log"
    exit 1
  }
  made=yes
  grep -o 'smoke: [a-z.]* \.\.\. ok$' "$scratch/build.log" || true # nothing where the engine had the stage already
  printf '\n$ docker save %s | rockstage verify - --runtime=apisix-debian --require=textkit.core\n' "$image"
  docker save "$image" | rockstage verify - --runtime=apisix-debian --require=textkit.core
  show rockstage smoke --image "$image"
  show docker run --rm --network=none "$image" "$luajit" -e 'print(require("textkit").slug("Crème brûlée!"))'
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

if docker info >/dev/null 2>&1; then
  try_image ${DEMO_BASE:+"--base=$DEMO_BASE"} ${DEMO_BUILDER:+"--builder-image=$DEMO_BUILDER"}
else
  printf '\nNo container engine answers here (docker info): the image is left out.\n'
fi

archive=$scratch/rocks.tar.zst
show rockstage export "$tree" --output="$archive" --sbom=cyclonedx
show rockstage verify "$archive" --runtime=apisix-debian --require=textkit.core,jsonscan,crc
cat <<END

What could be shipped now, in $scratch while the demo ran:
  rocks.tar.zst                  the tree: tar -C /usr/local -xf rocks.tar.zst
  rocks.tar.zst.sha256           its checksum: sha256sum --check
  rocks.tar.zst.cdx.json         what is in it, for scanners: rocks, files, crates (CycloneDX)
  rocks.tar.zst.provenance.json  how it was built: sources, tools, options (in-toto, SLSA)
END
