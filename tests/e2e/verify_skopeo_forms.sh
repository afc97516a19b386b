#!/usr/bin/env bash
# verify: one image says the same in every form that skopeo makes of it: the forms, and how their layers are compressed.
. "$(dirname "$0")/lib.sh"
need skopeo python3 rustc zstd

image() { python3 "$ROCKSTAGE_SOURCE/tests/support/make_image.py" "$@"; }
copy() { skopeo --insecure-policy copy --quiet "$@" || fail "skopeo copy $*"; }

# What layers can do to one another: add, delete, replace, hide, link.
mkdir -p base/etc base/usr/bin base/usr/lib base/opt/toolchain/bin base/srv/data whiteout/opt opaque/srv/data
printf 'ID=debian\nVERSION_ID="12"\n' >base/etc/os-release
cp "$(readlink -f "$(command -v luajit)")" base/usr/bin/luajit
cp "$(rustc --print sysroot)/bin/rustc" base/opt/toolchain/bin/rustc
ln -s usr/bin base/bin
echo one >base/srv/data/one
touch whiteout/opt/.wh.toolchain opaque/srv/data/.wh..wh..opq
mkdir -p opaque/usr/local/share/lua/5.1 opaque/usr/local/lib/lua/5.1 opaque/root/.cargo/registry/src
echo 'return {}' >opaque/usr/local/share/lua/5.1/greet.lua
echo 'return {' >opaque/usr/local/share/lua/5.1/broken.lua
ln opaque/usr/local/share/lua/5.1/greet.lua opaque/usr/local/share/lua/5.1/hello.lua
ln -s ../../greet.lua opaque/usr/local/lib/lua/5.1/dangling.lua
echo 'pub fn f() {}' >opaque/root/.cargo/registry/src/lib.rs
echo two >opaque/srv/data/two
mkdir -p plain/usr/local/share/lua/5.1
echo 'return {}' >plain/usr/local/share/lua/5.1/greet.lua

image --form docker-archive --compress none layered.tar base whiteout opaque
image --form oci-archive --compress gzip single.tar plain
image --form docker-archive-legacy legacy.tar base plain
image --form oci --compress gzip --platform linux/arm64 arm64 base plain

# findings SUBJECT PLATFORM: all that is said about the merged tree, without the notes on media types: skopeo calls layers
# gzip that it left as they were.
findings() {
  local code=0
  rs verify "$1" --json --fail-on never --platform "$2" >report || code=$?
  assert_eq 0 "$code" "$1: exit code; $(cat report)"
  json '[[p["platform"], p["files"], p["links"], p["bytes"], sorted([f["rule"], f["severity"], f["path"], f["message"], (f["layer"] or {}).get("index")] for f in p["findings"] if [f["rule"], f["severity"]] != ["image-digest", "note"])] for p in d["data"]["platforms"]]' <report
}

compared=0
for subject in docker-archive:layered.tar oci-archive:single.tar docker-archive:legacy.tar oci:arm64; do
  platform=linux/amd64
  [ "$subject" != oci:arm64 ] || platform=linux/arm64
  findings "${subject#*:}" "$platform" >wanted
  grep -q 'linux' wanted || fail "$subject: nothing was judged"
  for form in docker-archive:copy.tar:made:latest oci:copy:latest oci-archive:copy.tar:latest; do
    for compression in none gzip zstd; do
      options=(--dest-compress-format "$compression")
      case $form:$compression in
      docker-archive:*:none) options=() ;;
      docker-archive:*) continue ;; # skopeo writes its layers uncompressed
      *:none) options=(--dest-oci-accept-uncompressed-layers) ;;
      esac
      rm -rf copy copy.tar
      copy --override-os linux --override-arch "${platform#*/}" "${options[@]}" "$subject" "$form"
      name=copy.tar
      [ "${form%%:*}" != oci ] || name=copy
      findings "$name" "$platform" >got
      cmp -s wanted got || fail "$subject as $form, $compression: $(diff wanted got)"
      compared=$((compared + 1))
    done
  done
done
assert_eq 28 "$compared" "forms compared"
