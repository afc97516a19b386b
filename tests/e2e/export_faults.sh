#!/usr/bin/env bash
# kill -9, a full disk, an interruption, and a tree that changes while it is exported leave no archive, and nothing else.
. "$(dirname "$0")/lib.sh"
need python3

mkdir -p tree/share out
for i in $(seq 28); do head -c 500000 /dev/urandom >"tree/share/f$i"; done

# begin FORM: a slow export in the background, which has read the tree's names when this returns.
begin() {
  "$ROCKSTAGE" export --quiet tree --output="out/a.$1" >said 2>&1 &
  child=$!
  local tries=0
  until readlink /proc/$child/fd/* 2>/dev/null | grep -q "$PWD/out/"; do
    kill -0 "$child" 2>/dev/null && [ $((tries += 1)) -lt 1000 ] || fail "export does not write: $(cat said)"
    sleep 0.01
  done
}
nothing_left() { assert_eq "" "$(ls -A out)" "left after $1"; }

for wait in 0 0.3 0.6; do
  begin tar.xz
  sleep "$wait"
  kill -9 "$child" || fail "export ended before it could be killed"
  wait "$child" 2>/dev/null || true
  nothing_left "kill -9"
done

# An interruption ends it soon, also while a block of xz is compressed, which takes seconds.
for form in tar.xz tar.zst tar.gz zip; do
  begin $form
  [ $form != tar.xz ] || sleep 1.5
  start=$(date +%s%3N)
  kill -TERM "$child" 2>/dev/null || [ $form != tar.xz ] || fail "export ended before it could be interrupted"
  code=0
  wait "$child" || code=$?
  took=$(($(date +%s%3N) - start))
  [ $took -lt 2000 ] || fail "SIGTERM took $took ms with $form"
  # The quick forms may have been done.
  [ "$code" = 0 ] && [ $form != tar.xz ] || assert_eq 143 "$code" "after SIGTERM, $form"
  [ "$code" = 0 ] || nothing_left "SIGTERM, $form"
  rm -f out/*
done

# The tree changes. A FIFO in the place of a file is not waited for.
rm tree/share/f??
for change in 'echo x >>tree/share/f9' 'rm tree/share/f9' 'echo new >tree/share/new' 'chmod +x tree/share/f9' \
  'rm tree/share/f9; mkfifo tree/share/f9' 'ln -sf /dev/zero tree/share/f9'; do
  begin tar.xz
  kill -STOP "$child"
  eval "$change"
  kill -CONT "$child"
  code=0
  wait "$child" || code=$?
  assert_eq 1 "$code" "after $change: $(cat said)"
  name=$(printf '%s\n' "$change" | grep -o 'tree/share/[a-z0-9]*' | sed -n 1p)
  grep -q "'$name'" said || fail "after $change said: $(cat said)"
  nothing_left "$change"
  rm -f tree/share/f9 tree/share/new
  cp tree/share/f1 tree/share/f9
done

# A full disk.
mkdir disk
if ! mount -t tmpfs -o size=2m tmpfs disk 2>/dev/null; then
  [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "cannot mount a tmpfs"
  echo "skipped: cannot mount a tmpfs" >&2
  exit 77
fi
trap 'cd / && umount "$scratch/work/disk"; chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT
for form in tar tar.gz tar.zst tar.xz zip; do
  code=0
  rs export tree --output="disk/a.$form" 2>said || code=$?
  assert_eq 1 "$code" "a full disk: $(cat said)"
  grep -qi 'no space left' said || fail "said: $(cat said)"
  assert_eq "" "$(ls -A disk)" "left on the full disk"
done
echo old >disk/a.tar.gz
rs export --force tree --output=disk/a.tar.gz 2>said && fail "exported onto a full disk"
assert_eq old "$(cat disk/a.tar.gz)" "what was there"
