#!/bin/bash
# What a cold `rockstage build` costs beyond the cargo build inside it.
# usage: over_cargo.sh [ROCKSTAGE [ROCK [FEATURES]]]: ROCK is a directory with a rockspec and Cargo.toml, FEATURES what plain cargo is given.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-build/release/rockstage}")
rock=$(realpath "${2:-examples/textkit}")
features=${3:-luajit}
rounds=5

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
now() { date +%s.%N; }

with_cargo() {
  (cd "$rock" && cargo build --quiet --release --locked --no-default-features --features "$features" --target-dir "$scratch/cargo")
}
with_rockstage() {
  "$program" build "$rock" --tree="$scratch/tree" --lua=luajit --target-dir="$scratch/ours" --cache-dir="$scratch/cache" \
    --isolated --quiet >/dev/null
}
# Seconds that a command takes from nothing.
cold() {
  rm -rf "$scratch"/*
  sync
  local started
  started=$(now)
  "$1"
  echo "$(now) $started" | awk '{printf "%.3f\n", $1 - $2}'
}

(cd "$rock" && cargo fetch --quiet --locked)  # both find the crates downloaded
cold with_cargo >/dev/null                    # and rustc in the page cache
measured=$scratch.times
trap 'rm -rf "$scratch" "$measured"' EXIT
for ((i = 1; i <= rounds; i++)); do
  # Which one goes first alternates: a warm processor is a slow one.
  if ((i % 2)); then c=$(cold with_cargo); r=$(cold with_rockstage); else r=$(cold with_rockstage); c=$(cold with_cargo); fi
  echo "$c $r" >>"$measured"
  echo "cargo $c s   rockstage $r s"
done
python3 - "$measured" <<'PYTHON'
import statistics
import sys

rows = [tuple(map(float, line.split())) for line in open(sys.argv[1])]
cargo = statistics.median(row[0] for row in rows)
over = statistics.median(row[1] - row[0] for row in rows)
allowed = 0.02 * cargo + 0.150
print(f"median: cargo {cargo:.2f} s, rockstage / cargo {statistics.median(r / c for c, r in rows):.3f}, "
      f"difference {over * 1e3:+.0f} ms, goal at most {allowed * 1e3:+.0f} ms (2 % + 150 ms)")
sys.exit(over > allowed)
PYTHON
