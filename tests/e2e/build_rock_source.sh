#!/usr/bin/env bash
# A source rock that LuaRocks packed builds to the tree that its directory builds to: with a tar.gz or a zip in it, with a
# directory of sources, with Rust; and nothing of it stays behind.
. "$(dirname "$0")/lib.sh"
need luarocks git tar zip cargo python3

mkdir -p zed-1.0/lib
echo 'return 1' >zed-1.0/lib/zed.lua
printf '#!/usr/bin/env lua\n' >zed-1.0/zed-run
ln -s lib/zed.lua zed-1.0/linked.lua
echo terms >zed-1.0/LICENSE
# rockspec URL [MORE]
rockspec() {
  cat >zed-1.0-1.rockspec <<END_SPEC
package = "zed"
version = "1.0-1"
source = { url = "$1"${2:+, $2} }
build = {
   type = "builtin", modules = { zed = "lib/zed.lua", ["zed.linked"] = "linked.lua" },
   install = { bin = { "zed-run" } },
}
END_SPEC
}
pack() {
  rm -f ./*.src.rock
  luarocks --lua-version=5.1 pack zed-1.0-1.rockspec >said 2>&1 || fail "luarocks: $(cat said)"
  assert_file zed-1.0-1.src.rock
}
# deployed DIR: the tree without what the rockspec and the record say of its origin.
deployed() { snapshot "$1" | grep -v 'rockstage.json\|rockspec\|rock_manifest'; }
export TMPDIR=$PWD/tmp
mkdir tmp

tar -czf zed-1.0.tar.gz zed-1.0
zip -qry zed-1.0.zip zed-1.0
git init -q repository
cp -a zed-1.0/. repository
git -C repository add . && git -C repository -c user.name=a -c user.email=a@example.org commit -qm one

rockspec "git+https://example.org/zed"
cp zed-1.0-1.rockspec zed-1.0
rs build zed-1.0 --quiet --tree=wanted --lua=5.1 >said
rm zed-1.0/zed-1.0-1.rockspec
wanted=$(deployed wanted)
for url in "file://$PWD/zed-1.0.tar.gz" "file://$PWD/zed-1.0.zip" "git+file://$PWD/repository"; do
  rockspec "$url"
  pack
  rm -rf tree
  rs build zed-1.0-1.src.rock --tree=tree --lua=5.1 >said 2>&1 || fail "$url: $(cat said)"
  assert_eq "$wanted" "$(deployed tree)" "from $url"
  assert_eq null "$(json 'd["git"]' <tree/lib/luarocks/rocks-5.1/zed/1.0-1/rockstage.json)"
done

# `source.dir`, and a checksum.
md5=$(md5sum zed-1.0.zip | cut -d' ' -f1)
rockspec "file://$PWD/zed-1.0.zip" "dir = 'zed-1.0', md5 = '$md5'"
pack
rm -rf tree
rs install zed-1.0-1.src.rock --tree=tree --lua=5.1 >said 2>&1 || fail "$(cat said)"
assert_eq "$wanted" "$(deployed tree)" "with source.dir"
rs build zed-1.0-1.src.rock --tree=tree --dry-run --json >record
assert_eq builtin "$(json 'd["data"]["plan"]["build_type"]' <record)"
rockspec "file://$PWD/zed-1.0.zip" "md5 = '00000000000000000000000000000000'"
zip -q bad.zip zed-1.0-1.rockspec zed-1.0.zip
mv bad.zip zed-1.0-1.src.rock
code=0
rs build zed-1.0-1.src.rock --tree=tree >said 2>&1 || code=$?
assert_eq 4 "$code" "a wrong checksum"
grep -qF "'zed-1.0-1.src.rock': 'zed-1.0.zip' does not match source.md5" said || fail "said: $(cat said)"

# Rust: what cargo makes of it goes with the scratch directory.
mkdir -p kit-1.0/src
cat >kit-1.0/Cargo.toml <<'END_TOML'
[package]
name = "kit"
version = "1.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[features]
luajit = []
[workspace]
END_TOML
cat >kit-1.0/Cargo.lock <<'END_LOCK'
version = 3

[[package]]
name = "kit"
version = "1.0.0"
END_LOCK
printf '#[no_mangle]\npub extern "C" fn luaopen_kit(_: *mut u8) -> i32 { 0 }\n' >kit-1.0/src/lib.rs
cat >kit-1.0-1.rockspec <<'END_SPEC'
package = "kit"
version = "1.0-1"
source = { url = "https://example.org/kit-1.0.tar.gz" }
build = { type = "rust-mlua", modules = { "kit" } }
END_SPEC
tar -czf kit-1.0.tar.gz kit-1.0
zip -q kit-1.0-1.src.rock kit-1.0-1.rockspec kit-1.0.tar.gz
rs build kit-1.0-1.src.rock --tree=rust --locked >said 2>&1 || fail "$(cat said)"
assert_file rust/lib/lua/5.1/kit.so 755
assert_eq "" "$(ls -A tmp)" "what stayed in TMPDIR"
[ ! -e "$XDG_CACHE_HOME/rockstage/target" ] || fail "a target directory stayed in the cache"
