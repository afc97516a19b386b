#!/usr/bin/env bash
# Makes a base image from Debian's packages, by the host's own apt sources, and prints its reference.
#
#   base_image.sh KIND CACHE         in the engine that docker speaks to; nothing is done where it has the image already
#   base_image.sh --layout KIND CACHE   as an OCI layout; prints its directory
#
# The tag holds a checksum of the recipe, so a changed recipe makes a new image. KIND:
#   luajit       a runtime with LuaJIT
#   apisix-like  what APISIX's images are to a rock: LuaJIT under /usr/local/openresty, nginx with Lua, user 636, no curl
#   nginx        nginx with Lua, as Debian has it
#   old          LuaJIT on Debian 11, whose glibc is older than the builder's
#   builder      gcc, cargo and rustc, where the official Rust image has them
#   builder-arm64  the same, with what it takes to compile for arm64
set -euo pipefail

form=image
if [ "$1" = --layout ]; then
  form=layout
  shift
fi
kind=$1
cache=$2

suite=bookworm
only=.
architectures=
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
nginx)
  packages=nginx-light,libnginx-mod-http-lua
  changes=('CMD ["nginx", "-g", "daemon off;"]')
  ;;
old)
  suite=bullseye
  only='^bullseye$'
  packages=luajit
  changes=('CMD ["luajit"]')
  ;;
builder | builder-arm64)
  packages=cargo-web,rustc-web,gcc,libc6-dev,ca-certificates,git
  # shellcheck disable=SC2016 # mmdebstrap gives the hook $1
  setup=('mkdir -p "$1/usr/local/cargo/registry" "$1/usr/local/cargo/git"')
  changes=('ENV CARGO_HOME=/usr/local/cargo')
  if [ "$kind" = builder-arm64 ]; then
    packages=$packages,gcc-aarch64-linux-gnu,libc6-dev-arm64-cross,libstd-rust-web-dev:arm64
    architectures=amd64,arm64
  fi
  ;;
*)
  echo "base_image.sh: unknown kind '$kind'" >&2
  exit 2
  ;;
esac

hash=$(printf '%s\n' "$suite" "$packages" "$architectures" "${setup[@]}" "${changes[@]}" | sha256sum | cut -c1-12)
tar=$cache/base-$kind-$hash.tar
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

if [ ! -s "$tar" ]; then
  mkdir -p "$cache"
  rm -rf "$cache/base-$kind-"????????????[.-]*
  options=(--format=tar --variant=minbase "--include=$packages" --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*')
  [ -z "$architectures" ] || options+=("--architectures=$architectures")
  for hook in "${setup[@]}"; do options+=("--customize-hook=$hook"); done
  sources | mmdebstrap "${options[@]}" "$suite" "$tar.part" - >"$tar.log" 2>&1 || {
    tail -n 20 "$tar.log" >&2
    exit 1
  }
  mv "$tar.part" "$tar"
fi
if [ "$form" = layout ]; then
  layout=$cache/base-$kind-$hash-oci
  if [ ! -f "$layout/index.json" ]; then
    arguments=()
    for change in "${changes[@]}"; do
      case $change in
      ENV\ *) arguments+=(--env "${change#ENV }") ;;
      USER\ *) arguments+=(--user "${change#USER }") ;;
      esac
    done
    rm -rf "$layout"
    python3 "$(dirname "$0")/../../support/make_image.py" --form oci --platform "linux/$(dpkg --print-architecture)" "${arguments[@]}" \
      "$layout.part" "$tar"
    mv "$layout.part" "$layout"
  fi
  echo "$layout"
  exit
fi
arguments=()
for change in "${changes[@]}"; do arguments+=(-c "$change"); done
docker import "${arguments[@]}" "$tar" "$reference" >/dev/null
echo "$reference"
