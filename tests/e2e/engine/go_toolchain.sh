#!/usr/bin/env bash
# Prints the directory of a go that compiles today's modules: the one on PATH where it is 1.23 or newer, else one that it fetches as a
# module, once.
#
#   go_toolchain.sh CACHE
set -euo pipefail

toolchain=1.23.6
kept=$1/go-$toolchain
version=$(go env GOVERSION)
minor=${version#go1.}
if [ "${minor%%[!0-9]*}" -ge 23 ]; then
  dirname "$(command -v go)"
  exit
fi
if [ ! -x "$kept/bin/go" ]; then
  work=$(mktemp -d "$1/go-work-XXXXXX")
  trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
  GOMODCACHE=$work GOFLAGS= GOENV=off GO111MODULE=on \
    go mod download -json "golang.org/toolchain@v0.0.1-go$toolchain.linux-$(dpkg --print-architecture)" >"$work/module.json"
  directory=$(sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' "$work/module.json")
  chmod -R u+w "$directory"
  chmod +x "$directory"/bin/* "$directory"/pkg/tool/*/*
  mv "$directory" "$kept"
fi
echo "$kept/bin"
