#!/usr/bin/env bash
# verify: what one layer adds and a later one deletes still ships, in every form of an image; a clean image passes.
. "$(dirname "$0")/lib.sh"
need cargo luajit python3 zstd

image() { python3 "$ROCKSTAGE_SOURCE/tests/support/make_image.py" "$@"; }

mkdir -p base/usr/bin base/etc base/usr/local/share/lua/5.1
cp "$(readlink -f "$(command -v luajit)")" base/usr/bin/luajit
printf 'ID=debian\nVERSION_ID="12"\n' >base/etc/os-release
libraries=$(ldd base/usr/bin/luajit | grep -oE '/[^ ]+' | LC_ALL=C sort -u)
for library in $libraries; do mkdir -p "base$(dirname "$library")" && cp -L "$library" "base$library"; done
mkdir -p leak/usr/local/rustup/toolchains/stable/bin gone/usr/local rock/usr/local/share/lua/5.1
cargo=$(rustc --print sysroot)/bin/cargo
[ -x "$cargo" ] || cargo=$(command -v cargo)
cp "$cargo" leak/usr/local/rustup/toolchains/stable/bin/cargo
touch gone/usr/local/.wh.rustup
echo 'return {}' >rock/usr/local/share/lua/5.1/greet.lua

for form in docker-archive docker-archive-legacy oci oci-archive; do
  for compress in none gzip zstd; do
    [ "$form:$compress" != docker-archive-legacy:gzip ] && [ "$form:$compress" != docker-archive-legacy:zstd ] || continue
    image --form $form --compress $compress clean base rock
    rs verify clean --require greet >said || fail "$form, $compress: $(cat said)"
    image --form $form --compress $compress --created-by base --created-by 'RUN curl' --created-by 'RUN rm' leaky base leak gone rock
    code=0
    rs verify leaky --json >report || code=$?
    assert_eq 3 "$code" "$form, $compress: exit code"
    assert_eq '[1, "RUN curl"]' "$(json '[[f["layer"]["index"], f["layer"]["created_by"]] for f in d["data"]["platforms"][0]["findings"] if f["rule"] == "rust-in-lower-layer"][0]' <report)"
    rm -rf clean leaky
  done
done

# From a pipe.
image clean base rock
rs verify - <clean >said || fail "standard input: $(cat said)"
image leaky base leak gone
code=0
rs verify - <leaky >said || code=$?
assert_eq 3 "$code" "exit code for standard input"
grep -q rust-in-lower-layer said || fail "$(cat said)"
