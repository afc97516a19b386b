#!/usr/bin/env bash
# kill -9, a full disk, an interruption, and a tree that changes while it is exported leave no archive, and nothing else.
. "$(dirname "$0")/lib.sh"
need python3

mkdir -p tree/share out
for i in $(seq 40); do head -c 500000 /dev/urandom >"tree/share/f$i"; done

# kill -9 at any time.
for wait in 0.05 0.2 0.4; do
  "$ROCKSTAGE" export --quiet tree --output=out/a.tar.xz >said 2>&1 &
  child=$!
  sleep "$wait"
  kill -9 "$child" 2>/dev/null || fail "export ended before it could be killed"
  wait "$child" 2>/dev/null || true
  assert_eq "" "$(ls -A out)" "left after kill -9"
done

# SIGINT.
"$ROCKSTAGE" export --quiet tree --output=out/a.tar.xz >said 2>&1 &
child=$!
sleep 0.3
kill -TERM "$child"
code=0
wait "$child" || code=$?
assert_eq 143 "$code" "after SIGTERM"
assert_eq "" "$(ls -A out)" "left after SIGTERM"

# The tree changes.
for change in 'echo x >>tree/share/f40' 'rm tree/share/f40' 'echo new >tree/share/new' 'chmod +x tree/share/f1'; do
  "$ROCKSTAGE" export --quiet tree --output=out/a.tar.xz >said 2>&1 &
  child=$!
  sleep 0.3
  eval "$change"
  code=0
  wait "$child" || code=$?
  assert_eq 1 "$code" "after $change: $(cat said)"
  name=$(printf '%s\n' "$change" | grep -o 'tree/share/[a-z0-9]*')
  grep -q "'$name'" said || fail "after $change said: $(cat said)"
  assert_eq "" "$(ls -A out)" "left after $change"
  [ -e tree/share/f40 ] || cp tree/share/f1 tree/share/f40
done

# A full disk.
mkdir disk
if ! mount -t tmpfs -o size=5m tmpfs disk 2>/dev/null; then
  [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "cannot mount a tmpfs"
  echo "skipped: cannot mount a tmpfs" >&2
  exit 77
fi
trap 'cd / && umount "$scratch/work/disk"; chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT
for form in tar tar.gz tar.zst zip; do
  code=0
  rs export tree --output="disk/a.$form" 2>said || code=$?
  assert_eq 1 "$code" "a full disk: $(cat said)"
  grep -qi 'no space left' said || fail "said: $(cat said)"
  assert_eq "" "$(ls -A disk)" "left on the full disk"
done
echo old >disk/a.tar.gz
rs export --force tree --output=disk/a.tar.gz 2>said && fail "exported onto a full disk"
assert_eq old "$(cat disk/a.tar.gz)" "what was there"
