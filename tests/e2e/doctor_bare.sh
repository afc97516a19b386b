#!/usr/bin/env bash
# With nothing on PATH and nothing in the environment doctor still says what is missing, quickly; with the real tools a build is possible.
. "$(dirname "$0")/lib.sh"
need python3 cargo rustc cc

code=0
env -i "$ROCKSTAGE" --json doctor >bare.json 2>/dev/null || code=$?
# Without PATH the system's own directories are searched: what is there is there.
[ $code -eq 0 ] || [ $code -eq 1 ] || fail "exit code $code with an empty environment"

code=0
mkdir empty
env -i PATH="$PWD/empty" "$ROCKSTAGE" doctor >bare.txt 2>bare.err || code=$?
assert_eq 1 $code
grep -q '^cargo  *missing$' bare.txt || fail "cargo is not said to be missing: $(cat bare.txt)"
grep -q "Debian's cargo-web" bare.txt || fail "no package is named"
grep -q '^cache directory  *missing$' bare.txt || fail "there is no place for the cache, and nothing is said"

rs --json doctor >real.json || fail "a build is possible here, and doctor says it is not: $(cat real.json)"
assert_eq true "$(json 'all(t["ok"] for t in d["data"]["tools"] if t["name"] in ("cargo", "rustc", "cc", "cache directory"))' <real.json)"
assert_eq '["hint", "name", "needed_for", "ok", "path", "version"]' "$(json 'sorted(d["data"]["tools"][0])' <real.json)"
