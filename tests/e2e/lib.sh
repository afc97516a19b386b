# Sourced first by each script of this folder: `. "$(dirname "$0")/lib.sh"`. Needs bash.
#
# ctest sets ROCKSTAGE, the program under test, and ROCKSTAGE_SOURCE, the checkout. By hand:
#   ROCKSTAGE=build/dev/rockstage tests/e2e/examples.sh
#
# The script then runs in an empty directory of its own that is removed at its end, with a cache of its own; one that
# sets SHARED_CACHE=yes before sourcing this keeps what cargo compiled for the next run of the same build directory.

set -euo pipefail

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

[ -x "${ROCKSTAGE:-}" ] || fail "ROCKSTAGE must name the program under test"
ROCKSTAGE=$(realpath "$ROCKSTAGE")
ROCKSTAGE_SOURCE=${ROCKSTAGE_SOURCE:-$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")}
ROCKSTAGE_REQUIRE_ALL=${ROCKSTAGE_REQUIRE_ALL:-}

# What a person has set must not change what is tested; ROCKSTAGE_* would be options.
for name in $(compgen -v ROCKSTAGE_); do
  case $name in
  ROCKSTAGE_SOURCE | ROCKSTAGE_REQUIRE_ALL) export -n "${name?}" ;;
  *) unset "$name" ;;
  esac
done
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET CARGO_BUILD_TARGET_DIR CARGO_ENCODED_RUSTFLAGS RUSTFLAGS \
  LUA_PATH LUA_CPATH LUA_INIT LUA_PATH_5_4 LUA_CPATH_5_4 LUA_INIT_5_4 NO_COLOR SOURCE_DATE_EPOCH MAKEFLAGS name
export LC_ALL=C.UTF-8
umask 022

scratch=$(realpath "$(mktemp -d)")
# Tests take away write permission; what they leave must go all the same.
trap 'cd / && chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT
mkdir "$scratch/work" "$scratch/config"
export XDG_CONFIG_HOME=$scratch/config
if [ "${SHARED_CACHE:-no}" = yes ]; then
  export XDG_CACHE_HOME=${ROCKSTAGE%/*}/e2e-cache
else
  export XDG_CACHE_HOME=$scratch/cache
fi
mkdir -p "$XDG_CACHE_HOME"
cd "$scratch/work"

# need TOOL…: skips the script when one is not here; with ROCKSTAGE_REQUIRE_ALL=1 that is a failure.
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null && continue
    [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "needs $tool, which is not installed"
    echo "skipped: needs $tool" >&2
    exit 77
  done
}

# rs ARGUMENTS…: the program under test.
rs() {
  "$ROCKSTAGE" "$@"
}

# json EXPRESSION: what the Python expression over `d`, the JSON on stdin, gives. Text as it is, everything else as JSON.
json() {
  python3 -c '
import json, sys
d = json.load(sys.stdin)
value = eval(sys.argv[1])
print(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True))' "$1"
}

# assert_eq WANTED GOT [WHAT]
assert_eq() {
  [ "$1" = "$2" ] || fail "${3:-}${3:+: }wanted '$1', got '$2'"
}

# assert_file PATH [MODE]: a regular file, with that mode (644) if one is given.
assert_file() {
  [ -f "$1" ] || fail "no file $1"
  [ -z "${2:-}" ] || assert_eq "$2" "$(stat -c %a "$1")" "the mode of $1"
}

# snapshot DIR: everything below DIR, for a comparison byte for byte: a line with path, kind, mode, size (of files) and
# target (of links) each, then the sha256 of each file.
snapshot() {
  (
    cd "$1"
    find . -mindepth 1 \( -type f -printf '%P file %m %s\n' -o -printf '%P %y %m %l\n' \) | LC_ALL=C sort
    find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
  )
}
