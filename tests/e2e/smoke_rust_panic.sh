#!/usr/bin/env bash
# A Rust panic that leaves an extern "C" function aborts the process: smoke says so, with the panic's place and text.
. "$(dirname "$0")/lib.sh"
need rustc luajit cc

mkdir -p tree/lib/lua/5.1
cat >boom.rs <<'RS'
#[no_mangle]
pub extern "C" fn luaopen_boom(_state: *mut std::ffi::c_void) -> i32 {
    panic!("no configuration")
}
RS
rustc --crate-type=cdylib boom.rs -o tree/lib/lua/5.1/boom.so
code=0
rs smoke tree --lua=luajit >out 2>err || code=$?
assert_eq 3 "$code" "$(cat out err)"
for text in 'error: smoke-crash: lib/lua/5.1/boom.so' 'aborts the whole process: a Rust panic left a C function' \
  'boom.rs:3:5' 'no configuration' 'C-unwind'; do
  grep -qF -- "$text" out || fail "wanted '$text' in: $(cat out)"
done
