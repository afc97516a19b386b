#!/usr/bin/env bash
# build --verify-reproducible: the examples have the same bytes when they are built twice, and are staged; the second
# build has another directory, home, CARGO_HOME, target directory, umask, zone and locale, and asks the network for nothing.
. "$(dirname "$0")/lib.sh"
need cargo luajit make cc git

for rock in textkit jsonscan crc; do
  rs build "$ROCKSTAGE_SOURCE/examples/$rock" --tree=tree --verify-reproducible >said 2>log || fail "$rock: exit code $?: $(cat said log)"
  grep -q "^reproducible: $rock .*, [0-9]* files the same in two builds$" said || fail "$rock: $(cat said)"
  rs run --tree=tree -- luajit -e "assert(require('$rock'))" || fail "$rock does not load"
done

# The plain build has the same bytes.
rs build "$ROCKSTAGE_SOURCE/examples/crc" --tree=plain >/dev/null 2>&1
cmp plain/lib/lua/5.1/crc/core.so tree/lib/lua/5.1/crc/core.so

# What the commands of the second build find around them; `seen` tells it outside of the rock.
mkdir around
cat >around/around-1.0-1.rockspec <<'LUA'
rockspec_format = "3.0"
package = "around"
version = "1.0-1"
source = { url = "git+https://example.org/around" }
build = {
  type = "command",
  build_command = [[
    { pwd; echo "$HOME"; echo "$CARGO_HOME"; umask; echo "$TZ"; echo "$LC_ALL"; echo "$SOURCE_DATE_EPOCH"; ls "$HOME"
    } >"$SEEN/$(ls "$SEEN" | wc -l)"]],
  install = { lua = { around = "around.lua" } },
}
LUA
echo 'return 1' >around/around.lua
mkdir home home/.cargo seen tmp
touch home/of-mine
before=$(snapshot around)
SEEN=$PWD/seen TMPDIR=$PWD/tmp HOME=$PWD/home CARGO_HOME='' SOURCE_DATE_EPOCH=1700000000 TZ=UTC LC_ALL=C.UTF-8 \
  rs build around --tree=tree --verify-reproducible >said 2>log || fail "around: exit code $?: $(cat said log)"
[ -f seen/0 ] && [ -f seen/1 ] || fail "not built twice"
for line in 1 2 3 4 5 6; do
  [ "$(sed -n ${line}p seen/0)" != "$(sed -n ${line}p seen/1)" ] || fail "line $line is the same in both builds: $(cat seen/1)"
done
assert_eq 1700000000 "$(sed -n 7p seen/1)" SOURCE_DATE_EPOCH
assert_eq of-mine "$(sed -n 8p seen/1)" "what is at home"
assert_eq "$before" "$(snapshot around)" "the sources"
[ -z "$(ls tmp)" ] || fail "scratch directories are left"

# A build script that asks git hears the same in both; the checkout stays as it is.
mkdir -p versioned/src
cat >versioned/Cargo.toml <<'TOML'
[package]
name = "versioned"
version = "0.1.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
TOML
printf 'version = 3\n\n[[package]]\nname = "versioned"\nversion = "0.1.0"\n' >versioned/Cargo.lock
cat >versioned/build.rs <<'RUST'
fn main() {
  let said = std::process::Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=40"]).output().unwrap();
  println!("cargo:rustc-env=REVISION=revision {}.", String::from_utf8(said.stdout).unwrap().trim());
}
RUST
cat >versioned/src/lib.rs <<'RUST'
static TEXT: &str = env!("REVISION");
#[no_mangle]
pub extern "C" fn luaopen_versioned(_l: *mut u8) -> i32 { std::hint::black_box(TEXT).bytes().map(i32::from).sum() }
RUST
git -C versioned init -q
git -C versioned add .
git -C versioned -c user.name=n -c user.email=e@example.org commit -q -m one
before=$(snapshot versioned)
rs build versioned --tree=tree --verify-reproducible >said 2>log || fail "versioned: exit code $?: $(cat said log)"
grep -q "revision $(git -C versioned rev-parse HEAD)\." tree/lib/lua/5.1/versioned.so || fail "git was not heard"
assert_eq "$before" "$(snapshot versioned)" "the checkout"
