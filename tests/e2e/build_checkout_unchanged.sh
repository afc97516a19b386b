#!/usr/bin/env bash
# Whatever the build type, the checkout is byte for byte as before, also after a build that failed.
. "$(dirname "$0")/lib.sh"
need cargo make cmake gcc

for name in bin-rock cmake-rock ffi-only install-key make-rock no-lock nodeps-native panic-abort swallowed; do
  cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/$name" .
  before=$(snapshot $name)
  rs build $name --tree="tree-$name" >/dev/null 2>log || [ $name = swallowed ] || fail "$name: $(cat log)"
  assert_eq "$before" "$(snapshot $name)" "the checkout of $name"
done
