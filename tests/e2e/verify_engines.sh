#!/usr/bin/env bash
# verify: what a real engine builds and saves: a clean image passes, a toolchain in a deleted layer does not.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need rustc
start_engine
base=$(base_image luajit)

mkdir context
printf 'return {greet = function() return "hello" end}\n' >context/greet.lua
cp "$(rustc --print sysroot)/bin/rustc" context/rustc
cat >context/Dockerfile <<DOCKERFILE
FROM $base AS clean
COPY greet.lua /usr/local/share/lua/5.1/
FROM clean AS leaky
COPY rustc /opt/toolchain/bin/rustc
RUN rm -r /opt/toolchain
DOCKERFILE
for image in clean leaky; do
  docker_build --target "$image" -t "rockstage-e2e/$image" context
done

# The kind of image that the engine writes is found, not told.
docker save -o clean.tar rockstage-e2e/clean
docker save -o leaky.tar rockstage-e2e/leaky
rs verify clean.tar --require greet >said || fail "a clean image, exit code $?: $(cat said)"
rs verify clean.tar --json >report
assert_eq '["docker-archive", "debian-luajit", 0]' \
  "$(json '[d["data"]["kind"], d["data"]["platforms"][0]["runtime"], d["data"]["summary"]["errors"]]' <report)"
docker save rockstage-e2e/clean | rs verify - --require greet >said || fail "a clean image from a pipe: $(cat said)"

code=0
rs verify leaky.tar --json >report || code=$?
assert_eq 3 "$code" "exit code for a toolchain in a deleted layer"
json '[f for f in d["data"]["platforms"][0]["findings"] if f["rule"] == "rust-in-lower-layer"][0]' <report >finding
assert_eq opt/toolchain "$(json 'd["path"]' <finding)"
for text in opt/toolchain/bin/rustc "COPY rustc /opt/toolchain/bin/rustc"; do
  grep -qF "$text" finding || fail "does not name '$text': $(cat finding)"
done
code=0
docker save rockstage-e2e/leaky | rs verify - >said || code=$?
assert_eq 3 "$code" "exit code from a pipe"
grep -q rust-in-lower-layer said || fail "$(cat said)"

# A saved image that is judged with its base blames only what came on top.
docker save -o base.tar "$base"
rs verify clean.tar --base base.tar --strict >said || fail "against its base: $(cat said)"
