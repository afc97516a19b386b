#!/usr/bin/env bash
# A module that ends or hangs its process is a finding, told apart by how it ended, and the others are still loaded.
. "$(dirname "$0")/lib.sh"
need cc luajit

mkdir -p tree/lib/lua/5.1 tree/share/lua/5.1
so() { cc -shared -fPIC -xc - -o "tree/lib/lua/5.1/$1.so" || fail "cc: $1"; }

so segv <<<'int luaopen_segv(void *L) { *(volatile int *)8 = 1; return 0; }'
so abort <<<'#include <stdlib.h>
int luaopen_abort(void *L) { abort(); }'
so ill <<<'int luaopen_ill(void *L) { __builtin_trap(); return 0; }'
so quit <<<'#include <stdlib.h>
int luaopen_quit(void *L) { exit(0); }'
so late <<<'__attribute__((destructor)) static void end(void) { *(volatile int *)8 = 1; }
int luaopen_late(void *L) { return 0; }'
echo 'while true do end' >tree/share/lua/5.1/hang.lua
echo 'print("noise") io.write("more") io.stderr:write("noise") return {}' >tree/share/lua/5.1/fine.lua
echo 'os.exit(0)' >tree/share/lua/5.1/exit.lua
echo 'os.execute = nil; io.write = nil; print = nil; tostring = nil; string.format = nil; return {}' >tree/share/lua/5.1/rude.lua

code=0
rs smoke tree --lua=luajit --timeout=5 --json >report.json 2>err || code=$?
assert_eq 3 "$code" "$(cat report.json err)"

status() { json "[m['status'] for m in d['data']['modules'] if m['module'] == '$1'][0]" <report.json; }
message() { json "[f['message'] for f in d['data']['findings'] if f['evidence']['module'] == '$1'][0]" <report.json; }
says() {
  assert_eq crashed "$(status "$1")" "$1"
  message "$1" | grep -qF -- "$2" || fail "$1: wanted '$2', got: $(message "$1")"
}

assert_eq 9 "$(json 'len(d["data"]["modules"])' <report.json)"
assert_eq ok "$(status fine)"
assert_eq ok "$(status rude)"
says segv 'Segmentation fault'
says abort 'Aborted'
says ill 'an instruction that this processor lacks'
says quit 'ended the process: exit code 0'
says exit 'ended the process: exit code 0'
says late 'as the Lua is closed'
says hang 'did not come back within 5 s'
assert_eq true "$(json '[m["rss"] > 100000 and m["seconds"] < 2 for m in d["data"]["modules"] if m["module"] == "fine"][0]' <report.json)"

# One of them alone.
rs smoke tree --lua=luajit --module=fine >out || fail "$(cat out)"
grep -q '^1 module in ' out || fail "$(cat out)"
