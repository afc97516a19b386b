#!/usr/bin/env bash
# Builds BuildKit 0.20 and buildx 0.20 from their Go modules, once, and prints the directory with buildkitd, buildctl and buildx.
#
#   build_buildkit.sh CACHE
#
# The first go on PATH, however old, fetches the one that compiles.
set -euo pipefail

version=0.20.0
toolchain=1.23.6
cache=$1
result=$cache/buildkit-$version
if [ -x "$result/buildx" ]; then
  echo "$result"
  exit
fi

work=$cache/buildkit-work
# What a module cache holds is read-only.
remove() { [ ! -d "$work" ] || { chmod -R u+w "$work" && rm -rf "$work"; }; }
remove
mkdir -p "$work/bin"
trap remove EXIT
# What a person has set must not choose other modules or tools.
unset GOROOT GOTOOLDIR GOARCH GOOS GOBIN GOWORK
export GOPATH=$work/go GOMODCACHE=$work/go/pkg/mod GOCACHE=$work/go-cache GOFLAGS=-buildvcs=false GOTOOLCHAIN=local GOENV=off GO111MODULE=on \
  CGO_ENABLED=0

# module PATH@VERSION: fetches it and prints its directory.
module() {
  go mod download -json "$1" >"$work/module.json" || {
    cat "$work/module.json" >&2
    return 1
  }
  sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' "$work/module.json"
}

# source_of NAME PATH: a copy that can be changed; vendor/ in a module's archive is not whole.
source_of() {
  cp -r "$(module "$2@v$version")" "$work/$1"
  chmod -R u+w "$work/$1"
  rm -rf "$work/$1/vendor"
}

# Nothing for debuggers, which is a third of what the compiler writes.
lean=(-gcflags=all=-dwarf=false -ldflags=-s)
log=$cache/buildkit.log
build() {
  local go
  go=$(module "golang.org/toolchain@v0.0.1-go$toolchain.linux-$(dpkg --print-architecture)")
  chmod -R u+w "$go"
  chmod +x "$go"/bin/* "$go"/pkg/tool/*/*
  export PATH=$go/bin:$PATH
  source_of buildx github.com/docker/buildx
  source_of buildkit github.com/moby/buildkit
  # GitHub's cache is the one part that does not compile outside the repository.
  sed -i '/remotecache\/gha"/d; /gha\./d' "$work/buildkit/cmd/buildkitd/main.go"
  (cd "$work/buildkit" && go build -mod=mod "${lean[@]}" -o "$work/bin/" ./cmd/buildkitd ./cmd/buildctl)
  (cd "$work/buildx" && go build -mod=mod "${lean[@]}" -o "$work/bin/" ./cmd/buildx)
}
if ! (build) >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  exit 1
fi
mv "$work/bin" "$result"
echo "$result"
