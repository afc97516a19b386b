#!/usr/bin/env bash
# Makes a base image from Debian's packages, by the host's own apt sources, and prints its reference.
#
#   base_image.sh KIND CACHE            in the engine that docker speaks to; nothing is done where it has the image already
#   base_image.sh --layout KIND CACHE   as an OCI layout; prints its directory
#
# The layout, with one layer, compressed, is all that is kept; an engine reads it from there. The name holds a checksum of the
# recipe, so a changed recipe makes a new image. KIND:
#   luajit       a runtime with LuaJIT
#   apisix-like  what APISIX's images are to a rock: LuaJIT under /usr/local/openresty, nginx with Lua, user 636, no curl
#   old          LuaJIT on Debian 11, whose glibc is older than the builder's
#   builder      gcc, cargo and rustc, where the official Rust image has them; on amd64 they compile for arm64, too
set -euo pipefail

form=image
if [ "$1" = --layout ]; then
  form=layout
  shift
fi
kind=$1
cache=$2

machine=$(dpkg --print-architecture)
suite=bookworm
only=.
architectures=$machine
excluded=('/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*')
setup=()
changes=()
case $kind in
luajit)
  packages=luajit
  changes=('CMD ["luajit"]')
  ;;
apisix-like)
  packages=luajit2,nginx-light,libnginx-mod-http-lua
  # shellcheck disable=SC2016 # mmdebstrap gives the hook $1
  setup=('mkdir -p "$1/usr/local/openresty/luajit/bin" "$1/usr/local/apisix"'
    'cp -L "$1/usr/bin/luajit" "$1/usr/local/openresty/luajit/bin/luajit"'
    'chroot "$1" groupadd --gid 636 apisix'
    'chroot "$1" useradd --uid 636 --gid 636 --home-dir /usr/local/apisix --shell /usr/sbin/nologin apisix')
  changes=('USER 636' 'WORKDIR /usr/local/apisix' 'CMD ["/usr/local/openresty/luajit/bin/luajit"]')
  ;;
old)
  suite=bullseye
  only='^bullseye$'
  packages=luajit
  changes=('CMD ["luajit"]')
  ;;
builder)
  packages=cargo-web,rustc-web,gcc,libc6-dev,ca-certificates,git
  # shellcheck disable=SC2016 # mmdebstrap gives the hook $1
  setup=('mkdir -p "$1/usr/local/cargo/registry" "$1/usr/local/cargo/git"')
  changes=('ENV CARGO_HOME=/usr/local/cargo')
  # Large, and no rock is built with it: link-time optimization of C, sanitizers, rustdoc, Rust's test library.
  excluded+=('*/lto1' '/usr/bin/*lto-dump*' '*/lib*san.a' '*/lib*san.so*' /usr/bin/rustdoc '*/libtest-*')
  if [ "$machine" = amd64 ]; then
    packages=$packages,gcc-aarch64-linux-gnu,libc6-dev-arm64-cross,libstd-rust-web-dev:arm64
    architectures=amd64,arm64
    # Rust's standard library for arm64 comes with the whole compiler, which cannot run here.
    excluded+=('/lib/aarch64-linux-gnu/*' '/usr/lib/aarch64-linux-gnu/*')
  fi
  ;;
*)
  echo "base_image.sh: unknown kind '$kind'" >&2
  exit 2
  ;;
esac

hash=$(printf '%s\n' "$suite" "$packages" "$architectures" "${excluded[@]}" "${setup[@]}" "${changes[@]}" | sha256sum | cut -c1-12)
layout=$cache/base-$kind-$hash
reference=rockstage-e2e/$kind:$suite-$hash
if [ "$form" = image ] && docker image inspect "$reference" >/dev/null 2>&1; then
  echo "$reference"
  exit
fi

# Debian's own lines of the host's sources, for the suite that is made; security and updates too where it still gets them.
sources() {
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$suite" -v only="$only" '$1 == "Debian" && $4 == "main" && sub("^[^-]*", suite, $2) && $2 ~ only && !seen[$2]++ {print "deb", $3, $2, "main"}'
}

# make_layout: from mmdebstrap's tar, which is never a file.
make_layout() {
  local options path hook
  options=(--format=tar --variant=minbase "--architectures=$architectures" "--include=$packages" --dpkgopt=force-unsafe-io
    --aptopt='Acquire::Check-Valid-Until "false"')
  for path in "${excluded[@]}"; do options+=("--dpkgopt=path-exclude=$path"); done
  for hook in "${setup[@]}"; do options+=("--customize-hook=$hook"); done
  sources | mmdebstrap "${options[@]}" "$suite" - - 2>"$layout.log" |
    python3 "$(dirname "$0")/../../support/make_image.py" --form oci --compress zstd --platform "linux/$machine" "${arguments[@]}" "$layout.part" -
}

arguments=()
for change in "${changes[@]}"; do arguments+=(--change "$change"); done
if [ ! -d "$layout" ]; then
  mkdir -p "$cache"
  rm -rf "$cache/base-$kind-"????????????*
  make_layout || {
    tail -n 20 "$layout.log" >&2
    exit 1
  }
  mv "$layout.part" "$layout"
fi
if [ "$form" = layout ]; then
  echo "$layout"
  exit
fi
zstd -dcq "$(python3 -c '
import json, os, sys
def blob(digest):
    return os.path.join(sys.argv[1], "blobs", *digest.split(":"))
with open(os.path.join(sys.argv[1], "index.json")) as index:
    manifest = json.load(index)["manifests"][0]["digest"]
with open(blob(manifest)) as file:
    print(blob(json.load(file)["layers"][0]["digest"]))' "$layout")" | docker import "${arguments[@]}" - "$reference" >/dev/null
echo "$reference"
