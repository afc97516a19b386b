#!/usr/bin/env bash
# The examples load in LuaJIT, the FFI library through its wrapper, and their own scripts run; jsonscan's parses.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
need cargo luajit cc

for rock in textkit jsonscan; do
  rs build "$ROCKSTAGE_SOURCE/examples/$rock" --tree="$PWD/$rock" --lua=luajit >/dev/null || fail "$rock does not build"
  rs smoke "$rock" --script "$ROCKSTAGE_SOURCE/examples/$rock/spec/$rock.lua" --json >report.json || fail "$rock: $(cat report.json)"
  assert_eq '["ok"]' "$(json 'sorted(set(m["status"] for m in d["data"]["modules"]))' <report.json)" "$rock: $(cat report.json)"
done
assert_eq '["jsonscan", "jsonscan", "jsonscan.lib", "jsonscan.table"]' "$(json '[m["module"] for m in d["data"]["modules"]]' <report.json)"
rs smoke jsonscan | grep -q 'FFI library, loaded by jsonscan.lib' || fail "$(rs smoke jsonscan)"

# It parses, and says so where it should not.
rs smoke jsonscan --eval 'assert(require("jsonscan").open("[1]"):get "/0" == 1)' >out || fail "$(cat out)"
code=0
rs smoke jsonscan --eval 'assert(require("jsonscan").open("[1"))' >out 2>err || code=$?
assert_eq 3 "$code" "$(cat out err)"
grep -q 'error: smoke-script' out || fail "$(cat out)"

# The library without its Lua files.
rm -r jsonscan/share
code=0
rs smoke jsonscan >out 2>err || code=$?
assert_eq 1 "$code" "$(cat out err)"
grep -q 'no Lua module of the tree names it' out || fail "$(cat out)"
