#!/bin/sh
# Installs what rockstage needs from Debian 12's packages: the one list of them, for people, CI and images.
#
#   docker/install-dependencies.sh [GROUP…]         install what is missing of build, run, test (default: these three), program, fuzz
#   docker/install-dependencies.sh --list [GROUP…]  print the packages, one a line
#   docker/install-dependencies.sh --path           print PATH with the cargo that is used in front
#
# Nothing is done, and no network needed, where everything is there. A cargo of 1.85 or newer is taken as it is, also
# from ~/.cargo/bin; else Debian's cargo-web and rustc-web are installed.
# shellcheck disable=SC2086 # lists of packages are split into words on purpose
set -eu

# To configure and compile the program: src/cmake/Dependencies.cmake.
build='g++ cmake ninja-build make ccache libssl-dev libboost-filesystem-dev nlohmann-json3-dev libyaml-cpp-dev libfmt-dev
  libcli11-dev libexpected-dev libtomlplusplus-dev liblua5.1-0-dev zlib1g-dev liblzma-dev libzstd-dev libisal-dev
  libdeflate-dev libarchive-dev nettle-dev libkainjow-mustache-dev'
# To build rocks with it and to load them. cargo comes on top. luajit2 is OpenResty's branch: a luajit that is there does
# as well, except beside nginx's Lua module, which excludes Debian's own.
run='gcc libc6-dev make ca-certificates liblua5.1-0-dev luajit2'
# What a rockstage that is compiled already needs to start.
program='libfmt9 libisal2 libstdc++6 libzstd1'
# For the tests. The last line is for those with a container engine.
test='catch2 umoci zstd xz-utils zip unzip faketime libarchive-tools python3-venv cmake make git lua5.1 lua5.2 lua5.3 lua5.4 liblua5.4-dev luarocks
  clang-format-14 python3 python3-jsonschema python3-yaml busybox man-db strace
  docker.io runc buildah podman skopeo mmdebstrap golang-go nginx-light libnginx-mod-http-lua'
# For the preset `fuzz`.
fuzz='clang-14 libclang-rt-14-dev'

cargo_needed=85 # 1.85: edition 2024

say() {
  printf 'install-dependencies: %s\n' "$*" >&2
}

# packages [GROUP…]: their packages, each once.
packages() {
  list=
  for group in "$@"; do
    case $group in
    build) list="$list $build" ;;
    run) list="$list $run" ;;
    program) list="$list $program" ;;
    test) list="$list $test" ;;
    fuzz) list="$list $fuzz" ;;
    *)
      say "unknown group '$group': build, run, program, test, fuzz"
      return 2
      ;;
    esac
  done
  printf '%s\n' $list | LC_ALL=C sort -u
}

# missing PACKAGE…: those that are not installed.
missing() {
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p') || true
  case " $* " in
  *" libnginx-mod-http-lua "*) ;;
  *) ! command -v luajit >/dev/null || installed="$installed
luajit2" ;;
  esac
  printf '%s\n' "$@" | grep -vxF -e "$installed" || true
}

# is_new_enough CARGO: it runs, and is at least 1.85.
is_new_enough() {
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#cargo }
  minor=${version#*.}
  minor=${minor%%.*}
  case ${version%%.*}:$minor in
  1:*[!0-9]* | 1:) return 1 ;;
  1:*) [ "$minor" -ge "$cargo_needed" ] ;;
  *) return 1 ;;
  esac
}

# Prints the directory of the first cargo that is new enough.
cargo_directory() {
  for cargo in "$(command -v cargo || true)" "${CARGO_HOME:-${HOME:-}/.cargo}/bin/cargo" /usr/bin/cargo; do
    if [ -x "$cargo" ] && is_new_enough "$cargo"; then
      echo "${cargo%/*}"
      return
    fi
  done
  return 1
}

# as_root COMMAND…
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

apt_update() {
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any update
}

apt_install() {
  as_root apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --no-install-recommends install "$@"
}

# by_hand REASON PACKAGE…: ends, with what a person can do.
by_hand() {
  say "$1"
  shift
  say "install these packages of Debian 12, or what your system calls them:"
  printf '  %s\n' "$*" >&2
  say "then run make with DEPENDENCIES=installed"
  exit 1
}

# install PACKAGE…
install() {
  command -v apt-get >/dev/null || by_hand "this system has no apt-get" "$@"
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    by_hand "you are not root and there is no sudo" "$@"
  fi
  say "installing from Debian's packages: $*"
  if ! ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
    apt_update || say "apt-get update failed; trying all the same"
  fi
  # Lists that are out of date name files that the server no longer has.
  apt_install "$@" || { apt_update && apt_install "$@"; } || by_hand "apt-get could not install them all" "$@"
}

# Makes sure of a cargo, and of the rustc beside it.
install_cargo() {
  cargo_directory >/dev/null && return
  if found=$(command -v cargo); then
    say "$found is no cargo that works and is at least 1.$cargo_needed; Debian's cargo-web takes its place"
  fi
  install cargo-web rustc-web
  cargo_directory >/dev/null || by_hand "cargo is older than 1.$cargo_needed" "cargo-web rustc-web (from the suite bookworm-security)"
}

case ${1:-} in
-h | --help)
  sed -n '2,/^# shellcheck/{/^# shellcheck/d;s/^# \{0,1\}//p;}' "$0"
  exit
  ;;
--list)
  shift
  [ $# -gt 0 ] || set -- build run test
  packages "$@"
  exit
  ;;
--path)
  if directory=$(cargo_directory); then
    echo "$directory:$PATH"
  else
    echo "$PATH"
  fi
  exit
  ;;
esac

[ $# -gt 0 ] || set -- build run test
wanted=$(packages "$@")
if command -v dpkg-query >/dev/null; then
  absent=$(missing $wanted)
else
  by_hand "this system has no Debian packages" $wanted cargo-web rustc-web
fi
[ -z "$absent" ] || install $absent
case " $* " in
*" run "* | *" test "*) install_cargo ;;
esac
