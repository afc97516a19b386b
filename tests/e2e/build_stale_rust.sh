#!/usr/bin/env bash
# A library of an earlier build lies in the checkout's target, and variables move cargo's output: the fresh one is staged all the same.
. "$(dirname "$0")/lib.sh"
need cargo luajit

stale() {
  mkdir -p "$1/target/release" "$1/target/x86_64-unknown-linux-gnu/release"
  for directory in release x86_64-unknown-linux-gnu/release; do echo stale >"$1/target/$directory/lib$2.so"; done
}
crates=$ROCKSTAGE_SOURCE/tests/fixtures/crates
cp -r "$crates/nodeps-native" native
stale native nodeps
before=$(snapshot native)
CARGO_BUILD_TARGET=no-such-target CARGO_TARGET_DIR=$PWD/elsewhere rs build native --tree=tree >/dev/null
assert_eq "$before" "$(snapshot native)" "the checkout"
[ ! -e elsewhere ] || fail "cargo wrote elsewhere"
rs run --tree=tree -- luajit -e 'assert(require("nodeps.core"))'

cp -r "$crates/ffi-only" ffi
stale ffi ffi_only
CARGO_BUILD_TARGET=no-such-target CARGO_TARGET_DIR=$PWD/elsewhere rs build ffi --tree=tree >/dev/null
[ ! -e elsewhere ] || fail "cargo wrote elsewhere"
assert_eq 5 "$(rs run --tree=tree -- luajit -e 'print(require("ffi_only").add(2, 3))')"
