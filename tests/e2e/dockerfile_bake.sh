#!/usr/bin/env bash
# dockerfile: buildx 0.20 resolves docker-bake.json with no builder at all, and builds it for two platforms on two BuildKit nodes.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3
start_buildkit
base=$(base_layout apisix-like)
builder=$(base_layout builder)
base_name=rockstage-e2e/base:1
builder_name=rockstage-e2e/builder:1
cp -r "$ROCKSTAGE_SOURCE/examples/textkit" .
rs dockerfile textkit --runtime apisix-debian --platform linux/amd64,linux/arm64 --tag example.org/gateway:1 \
  --base $base_name --builder-image $builder_name --output textkit/docker >/dev/null
cd textkit/docker

buildx bake --builder none --print >plan 2>said || buildx bake --print >plan 2>said || fail "bake --print: $(cat said)"
assert_eq '["..", ["linux/amd64", "linux/arm64"], ["example.org/gateway:1"]]' \
  "$(json '[d["target"]["image"][k] for k in ("context", "platforms", "tags")]' <plan)"
buildx bake --print rock-linux-arm64 >plan 2>said || fail "bake --print rock-linux-arm64: $(cat said)"
assert_eq '["rock", ["linux/arm64"]]' "$(json '[d["target"]["rock-linux-arm64"][k] for k in ("target", "platforms")]' <plan)"

bake() {
  CA=$ca_bundle buildx bake --builder two --progress plain --allow=fs.read=.. --allow=fs.read="$ca_bundle" --allow=fs.read="$base" \
    --allow=fs.read="$builder" --set "*.contexts.$base_name=oci-layout://$base@$(digest_of "$base")" \
    --set "*.contexts.$builder_name=oci-layout://$builder@$(digest_of "$builder")" "$@" >bake.log 2>&1 || fail "bake $*: $(tail -n 30 bake.log)"
}
# uses NODE: how many records of builds the node has.
uses() { buildctl --addr "unix://$scratch/buildkitd$1.sock" debug histories | wc -l; }

# The tree for each platform: compiled, not emulated, on a node each.
first=$(uses 1)
second=$(uses 2)
bake rock
[ "$(uses 1)" -gt "$first" ] && [ "$(uses 2)" -gt "$second" ] || fail "the work was not spread: $(cat bake.log)"
for platform in linux_amd64:X86-64 linux_arm64:AArch64; do
  file=rock/${platform%:*}/lib/lua/5.1/textkit/core.so
  assert_file "$file"
  rs inspect "$file" --json >inspected
  case $platform:$(json 'd["data"]["files"][0]["machine"]' <inspected) in
  linux_amd64:*:x86[-_]64 | linux_arm64:*:aarch64 | linux_arm64:*:arm64) ;;
  *) fail "$file is for another machine: $(cat inspected)" ;;
  esac
done

# The image for this machine.
bake image-linux-amd64 --set "*.output=type=oci,dest=image.tar"
rs verify image.tar --runtime apisix-debian --require textkit >said || fail "verify: exit code $?: $(cat said)"
