#!/usr/bin/env bash
# panic = "abort" of a native module is overridden with a warning: LuaJIT survives the module's error.
. "$(dirname "$0")/lib.sh"
need cargo luajit

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/panic-abort" rock
rs build rock --tree=tree --json >result.json
assert_eq true "$(json 'any("panic" in x["message"] for x in d["diagnostics"] if x["level"] == "warning")' <result.json)"
assert_eq 'false	raised' "$(rs run --tree=tree -- luajit -e 'print(pcall(require "panic_abort"))')"
