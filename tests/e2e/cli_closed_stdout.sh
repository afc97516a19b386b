#!/usr/bin/env bash
# A closed stdout ends the program quietly; a full one is told.
. "$(dirname "$0")/lib.sh"

"$ROCKSTAGE" help 2>err | head -n 1 >/dev/null
assert_eq "" "$(cat err)"
if [ -e /dev/full ]; then
  code=0
  "$ROCKSTAGE" help >/dev/full 2>err || code=$?
  assert_eq 1 "$code"
  grep -q "cannot write to standard output" err || fail "said: $(cat err)"
fi
