#!/bin/sh
# lint.format: src and tests are as clang-format writes them.
set -eu
cd "$(dirname "$0")/../.."
for program in clang-format-14 clang-format; do
  command -v "$program" >/dev/null 2>&1 && "$program" --version | grep -q 'version 14\.' && break
  program=
done
if [ -z "$program" ]; then
  echo "clang-format 14 is not installed"
  [ "${ROCKSTAGE_REQUIRE_ALL:-}" = 1 ] && exit 1
  exit 77
fi
unformatted=$(find src tests -name '*.[ch]pp' -print0 | xargs -0 "$program" --dry-run -Werror 2>&1 |
  sed -n 's/^\([^:]*\):[0-9].* error: .*/\1/p' | sort -u)
[ -z "$unformatted" ] && exit 0
printf '%s: run clang-format-14 -i\n' $unformatted
exit 1
