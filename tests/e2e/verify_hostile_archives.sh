#!/usr/bin/env bash
# verify: hostile archives are named for what they are, with exit code 3 or 4; never a crash, never silence.
. "$(dirname "$0")/lib.sh"
need python3 gzip

mkdir archives
python3 "$ROCKSTAGE_SOURCE/tests/e2e/hostile_archives.py" archives
wrong=0
while read -r name code word; do
  got=0
  timeout 60 "$ROCKSTAGE" verify "archives/$name" --fail-on=warning --rule unexpected-file=note >said 2>&1 || got=$?
  if [ "$got" != "$code" ] || ! grep -qF -e "$word" said; then
    wrong=$((wrong + 1))
    printf '%s: wanted %s and "%s", got %s:\n' "$name" "$code" "$word" "$got" >&2
    head -5 said >&2
  fi
done <archives/expected
assert_eq 0 "$wrong" "archives judged otherwise"
