#!/bin/sh
# Fuzzes one target for some seconds, beginning with its corpus and what earlier runs found worth keeping.
# usage: run.sh TARGET [SECONDS]; BUILD names another build directory than build/fuzz.
set -eu
cd "$(dirname "$0")/../.."
target=${1:?"which target? $(ls tests/fuzz/targets | sed 's/\.cpp$//' | tr '\n' ' ')"}
seconds=${2:-60}
build=${BUILD:-build/fuzz}
mkdir -p "$build/found/$target" "$build/grown/$target"
if [ "$target" = elf ]; then cp "$build/tests/fuzz/libfuzz_elf_seed.so" "$build/grown/elf/seed.so"; fi
exec nice -n 10 "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
  -print_final_stats=1 -artifact_prefix="$build/found/$target/" "$build/grown/$target" "tests/fuzz/corpus/$target"
