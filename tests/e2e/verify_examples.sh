#!/usr/bin/env bash
# verify: each of the three examples, as it was staged, is clean for Debian's LuaJIT; the compiler under another name is not.
. "$(dirname "$0")/lib.sh"
need cargo luajit cc

for rock in textkit jsonscan crc; do
  rs build "$ROCKSTAGE_SOURCE/examples/$rock" --tree="$rock" --lua=luajit >/dev/null || fail "$rock does not build"
  rs verify "$rock" --runtime=debian-luajit >said || fail "$rock: exit code $?: $(cat said)"
  assert_eq '[0, 0]' "$(rs verify "$rock" --runtime=debian-luajit --json | json '[d["data"]["summary"][k] for k in ("errors", "warnings")]')" "$rock"
done

cargo=$(rustc --print sysroot)/bin/cargo
[ -x "$cargo" ] || cargo=$(command -v cargo)
cp "$cargo" jsonscan/lib/helper
code=0
rs verify jsonscan --runtime=debian-luajit --json >report || code=$?
assert_eq 3 "$code" "exit code with a hidden cargo"
assert_eq lib/helper "$(json '[f["path"] for f in d["data"]["platforms"][0]["findings"] if f["rule"] == "rust-toolchain"][0]' <report)"
