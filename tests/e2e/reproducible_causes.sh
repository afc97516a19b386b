#!/usr/bin/env bash
# build --verify-reproducible: what differs between two builds is shown by file, section or line and cause; nothing is
# staged, and the exit code is 3.
. "$(dirname "$0")/lib.sh"
need cargo cc make python3

# crate NAME BUILD_RS LIB_RS: a crate whose library exports luaopen_NAME.
crate() {
  mkdir -p "$1/src"
  printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n' "$1" >"$1/Cargo.toml"
  printf 'version = 3\n\n[[package]]\nname = "%s"\nversion = "0.1.0"\n' "$1" >"$1/Cargo.lock"
  [ -z "$2" ] || printf '%s\n' "$2" >"$1/build.rs"
  printf '%s\n#[no_mangle]\npub extern "C" fn luaopen_%s(_l: *mut u8) -> i32 { told() }\n' "$3" "$1" >"$1/src/lib.rs"
}

# Text that the library must keep.
keep='#[inline(never)]
fn told() -> i32 { let mut sum = 0; for b in std::hint::black_box(TEXT).bytes() { sum += i32::from(b); } sum }'

# differs ROCK PATH CAUSE: builds it, and leaves the record in `record`.
differs() {
  local code=0
  rs build "$1" --tree=tree --verify-reproducible --json >record 2>log || code=$?
  assert_eq 3 "$code" "$1: $(cat record log)"
  assert_eq false "$(json 'd["data"]["reproducible"]' <record)" "$1"
  assert_eq '[]' "$(json 'd["data"]["rocks"]' <record)" "$1"
  assert_eq "$2 $3" "$(json '" ".join(d["data"]["differences"][0][k] for k in ("path", "cause"))' <record)" "$1: $(cat record)"
  [ ! -e tree ] || fail "$1 was staged"
}

of() {
  json "d['data']['differences'][0]['$1']" <record
}

# The time, from a build script: as text, and as a number in a file of its own.
crate stamp 'fn main() {
  let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
  println!("cargo:rustc-env=BUILT_AT=built at {now}");
}' "static TEXT: &str = env!(\"BUILT_AT\"); $keep"
differs stamp lib/stamp.so time
assert_eq 'section .rodata' "$(of where)"
assert_eq 'the time of the build, from the build script of stamp 0.1.0, which writes BUILT_AT' "$(of reason)"
assert_eq 'let the build script read SOURCE_DATE_EPOCH in place of the clock' "$(of fix)"
[[ "$(of first)" == *"built at 1"* && "$(of second)" == *"built at 1"* ]] || fail "$(cat record)"

code=0
rs build stamp --tree=tree --verify-reproducible >said 2>log || code=$?
assert_eq 3 "$code" "$(cat said log)"
sed -E 's/[^ ]*built at [0-9]+.*/TEXT/' said >without-text
cat >wanted <<'TEXT'
not reproducible: stamp 0.1.0-1 for luajit, 1 of 3 files differs in two builds
lib/stamp.so, section .rodata
  first   TEXT
  second  TEXT
  cause   the time of the build, from the build script of stamp 0.1.0, which writes BUILT_AT
  fix     let the build script read SOURCE_DATE_EPOCH in place of the clock
nothing was staged
TEXT
diff wanted without-text || fail "$(cat said)"

crate number 'fn main() {
  let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
  let file = std::path::Path::new(&std::env::var_os("OUT_DIR").unwrap()).join("built.rs");
  std::fs::write(file, format!("pub static AT: u64 = {now};\n")).unwrap();
}' 'include!(concat!(env!("OUT_DIR"), "/built.rs"));
fn told() -> i32 { (std::hint::black_box(AT) & 0x7fff) as i32 }'
differs number lib/number.so time
assert_eq 'the time of the build, from the build script of number 0.1.0, which writes OUT_DIR/built.rs' "$(of reason)"

# What reads SOURCE_DATE_EPOCH is reproducible.
crate dated 'fn main() {
  println!("cargo:rustc-env=BUILT_AT=built at {}", std::env::var("SOURCE_DATE_EPOCH").unwrap());
}' "static TEXT: &str = env!(\"BUILT_AT\"); $keep"
SOURCE_DATE_EPOCH=1700000000 rs build dated --tree=other --verify-reproducible --json >record 2>log || fail "dated: $(cat record log)"
assert_eq '[true, []]' "$(json '[d["data"]["reproducible"], d["data"]["differences"]]' <record)"
assert_file other/lib/lua/5.1/dated.so

# Paths: from a build script, and from the source.
crate places 'fn main() {
  println!("cargo:rustc-env=GENERATED={}", std::env::var("OUT_DIR").unwrap());
}' "static TEXT: &str = env!(\"GENERATED\"); $keep"
differs places lib/places.so path
assert_eq "a path of the build (cargo's target directory), from the build script of places 0.1.0, which writes GENERATED" "$(of reason)"
assert_eq 'let the build script write no absolute path' "$(of fix)"

crate here '' "static TEXT: &str = env!(\"CARGO_MANIFEST_DIR\"); $keep"
differs here lib/here.so path
assert_eq 'a path of the build (the directory of the sources)' "$(of reason)"
assert_eq null "$(json 'd["data"]["differences"][0]["build_script"]' <record)"
[[ "$(of first)" == *"$PWD/here"* && "$(of second)" == *"-once-more-elsewhere-"* ]] || fail "$(cat record)"

# Randomness.
crate dice 'use std::hash::{BuildHasher, Hasher};
fn main() {
  let chance = std::collections::hash_map::RandomState::new().build_hasher().finish();
  println!("cargo:rustc-env=CHANCE=thrown {chance:016x}");
}' "static TEXT: &str = env!(\"CHANCE\"); $keep"
differs dice lib/dice.so randomness
assert_eq 'randomness: neither a path nor a time, from the build script of dice 0.1.0, which writes CHANCE' "$(of reason)"

# C: the clock of the compiler, which SOURCE_DATE_EPOCH stops.
c_rock() {
  mkdir "$1"
  printf '%s\nint luaopen_%s(void *l) { (void)l; return told[0]; }\n' "$2" "$1" >"$1/$1.c"
  cat >"$1/$1-1.0-1.rockspec" <<LUA
rockspec_format = "3.0"
package = "$1"
version = "1.0-1"
source = { url = "git+https://example.org/$1" }
build = { type = "builtin", modules = { $1 = { sources = { "$1.c" } } } }
LUA
}
c_rock clock 'const char *told = "compiled at " __TIME__;'
differs clock lib/clock.so time
assert_eq 'the time of the build' "$(of reason)"
[[ "$(of fix)" == *"__TIME__ where it is set" ]] || fail "$(of fix)"
SOURCE_DATE_EPOCH=1700000000 rs build clock --tree=other --verify-reproducible >/dev/null 2>log || fail "clock: $(cat log)"

# A date: C compilers are in a zone where it is another day; build scripts are in UTC.
c_rock day 'const char *told = "compiled on " __DATE__;'
differs day lib/day.so time
crate today 'fn main() {
  let said = std::process::Command::new("date").args(["-u", "+%F"]).output().unwrap();
  println!("cargo:rustc-env=DAY=built on {}", String::from_utf8(said.stdout).unwrap().trim());
}' "static TEXT: &str = env!(\"DAY\"); $keep"
rs build today --tree=other --verify-reproducible >/dev/null 2>log || fail "today: $(cat log)"
grep -q "warning: 'lib/today.so' holds the date of today, '" log || fail "$(cat log)"

# A rock's own commands: what cc -g writes, and what a build script does whose cargo make calls.
mkdir debug
echo 'int luaopen_debug(void *l) { (void)l; return 0; }' >debug/debug.c
cat >debug/debug-1.0-1.rockspec <<'LUA'
rockspec_format = "3.0"
package = "debug"
version = "1.0-1"
source = { url = "git+https://example.org/debug" }
build = {
  type = "command",
  build_command = "cc -g -shared -fPIC -o debug.so debug.c",
  install_command = 'mkdir -p "$(LIBDIR)"; cp debug.so "$(LIBDIR)"',
}
LUA
differs debug lib/debug.so path
[[ "$(of where)" == "section .debug_"* ]] || fail "$(cat record)"
assert_eq 'a path of the build (the directory of the sources)' "$(of reason)"

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/make-rock" .
echo 'fn main() { println!("cargo:rustc-env=WHEN={:?}", std::time::SystemTime::now()); }' >make-rock/build.rs
cat >>make-rock/src/lib.rs <<'RUST'
static WHEN: &str = env!("WHEN");
#[unsafe(no_mangle)] pub extern "C" fn when() -> usize { std::hint::black_box(WHEN).len() }
RUST
differs make-rock lib/make_rock.so time
assert_eq 'the time of the build, from the build script of make-rock 1.0.0, which writes WHEN' "$(of reason)"

# The first line that differs, and a file that one build made only.
mkdir own
echo 'return 1' >own/own.lua
cat >own/own-1.0-1.rockspec <<'LUA'
rockspec_format = "3.0"
package = "own"
version = "1.0-1"
source = { url = "git+https://example.org/own" }
build = {
  type = "command",
  build_command = [[printf 'return {\n  home = "%s",\n}\n' "$HOME" >made.lua; echo 'return 1' >"by-$LOGNAME.lua"]],
  install_command = [[mkdir -p "$(LUADIR)"; cp *.lua "$(LUADIR)"]],
}
LUA
LOGNAME=me differs own lua/by-me.lua unknown
json '[[x["path"], x["where"], x["cause"], x["first"], x["second"]] for x in d["data"]["differences"] if x["where"] is None]' <record >seen
assert_eq '[["lua/by-me.lua", null, "unknown", "a file", "missing"], ["lua/by-somebody-else.lua", null, "unknown", "missing", "a file"]]' "$(cat seen)"
assert_eq '["lua/made.lua", "line 2", "path"]' "$(json '[d["data"]["differences"][2][k] for k in ("path", "where", "cause")]' <record)"

# A rock that only builds where it is.
mkdir stays
printf 'return 1' >stays/stays.lua
sed 's/own/stays/g; s/build_command = .*/build_command = [[[ "$LOGNAME" = me ] || { echo "not for $LOGNAME" >\&2; exit 1; }]],/' \
  own/own-1.0-1.rockspec >stays/stays-1.0-1.rockspec
code=0
LOGNAME=me rs build stays --tree=tree --verify-reproducible >said 2>log || code=$?
assert_eq 1 "$code" "$(cat log)"
grep -q 'while building it once more, in another place, for --verify-reproducible' log || fail "$(cat log)"
[ ! -e tree ] || fail "stays was staged"
