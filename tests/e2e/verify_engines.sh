#!/usr/bin/env bash
# verify: what a real engine builds and saves: a clean image passes, a toolchain in a deleted layer does not.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine/clean_and_leaky.bash"
need rustc
start_engine
clean_and_leaky

# The kind of image that the engine writes is found, not told.
rs verify clean.tar --require greet >said || fail "a clean image, exit code $?: $(cat said)"
rs verify clean.tar --json >report
assert_eq '["docker-archive", "debian-luajit", 0]' \
  "$(json '[d["data"]["kind"], d["data"]["platforms"][0]["runtime"], d["data"]["summary"]["errors"]]' <report)"
docker save "$clean" | rs verify - --require greet >said || fail "a clean image from a pipe: $(cat said)"

code=0
rs verify leaky.tar --json >report || code=$?
assert_eq 3 "$code" "exit code for a toolchain in a deleted layer"
json '[f for f in d["data"]["platforms"][0]["findings"] if f["rule"] == "rust-in-lower-layer"][0]' <report >finding
assert_eq opt/toolchain "$(json 'd["path"]' <finding)"
for text in opt/toolchain/bin/rustc "COPY rustc /opt/toolchain/bin/rustc"; do
  grep -qF "$text" finding || fail "does not name '$text': $(cat finding)"
done
code=0
docker save "$leaky" | rs verify - >said || code=$?
assert_eq 3 "$code" "exit code from a pipe"
grep -q rust-in-lower-layer said || fail "$(cat said)"

# A saved image that is judged with its base blames only what came on top.
docker save -o base.tar "$base"
rs verify clean.tar --base base.tar --strict >said || fail "against its base: $(cat said)"
