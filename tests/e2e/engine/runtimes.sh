#!/bin/sh
# The names of all runtime profiles, from the checkout's own file: `runtimes.sh SOURCE`.
set -eu
sed -n '/^profiles:/,$s/^  - name: \([a-z0-9.-]*\)$/\1/p' "$1/src/runtime/runtimes.yaml"
