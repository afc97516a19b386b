#!/usr/bin/env bash
# verify: the ways in which real images leak the Rust toolchain are all found, each with its layer.
. "$(dirname "$0")/lib.sh"
need cargo rustc python3

root=$(rustc --print sysroot)
mkdir -p base/etc renamed/opt/tools driver/usr/lib home/root/.cargo/registry/src/index/serde-1.0.0/src package/var/lib/dpkg rlib/opt/lib
printf 'ID=debian\n' >base/etc/os-release
cp "$root/bin/rustc" renamed/opt/tools/helper
cp "$(find -L "$root/lib" -name 'librustc_driver-*.so' 2>/dev/null | head -1)" driver/usr/lib/libhelper.so.1
echo 'pub fn f() {}' >home/root/.cargo/registry/src/index/serde-1.0.0/src/lib.rs
printf 'Package: cargo-web\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.96\n\nPackage: libc6\nStatus: install ok installed\n' \
  >package/var/lib/dpkg/status
printf 'pub fn f() {}\n' >f.rs
rustc --crate-type=rlib --crate-name=f -o rlib/opt/lib/something.bin f.rs

# finds RULE PATH LAYER: the findings name the file, and the layer that has it.
finds() {
  local code=0
  rm -rf image
  python3 "$ROCKSTAGE_SOURCE/tests/support/make_image.py" image base "$3"
  rs verify image --json >report || code=$?
  assert_eq 3 "$code" "$3: exit code"
  json "[[f['path'], f['layer']['index']] for f in d['data']['platforms'][0]['findings'] if f['rule'] == '$1']" <report >found
  grep -qF "[\"$2\", 1]" found || fail "$3: wanted $1 for $2 in layer 1, got $(cat found)"
}
finds rust-toolchain opt/tools/helper renamed
finds rust-toolchain usr/lib/libhelper.so.1 driver
finds rust-toolchain-directory root/.cargo/registry home
finds rust-package var/lib/dpkg/status package
finds rust-build-residue opt/lib/something.bin rlib
