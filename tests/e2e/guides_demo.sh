#!/usr/bin/env bash
# `make demo`, the script of it: builds an image where an engine is, and says so where there is none or no base image can be had.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 cargo luajit cc
start_engine
real=$(command -v docker)
mkdir "$scratch/front"
# What the engine of engine.sh needs and a reader's does not.
cat >"$scratch/front/docker" <<FRONT
#!/bin/sh
[ "\$1" != build ] || { shift && set -- build --network=host --secret "id=ca,src=$ca_bundle" "\$@"; }
exec '$real' "\$@"
FRONT
chmod +x "$scratch/front/docker"
export PATH=$scratch/front:$PATH

# demo VARIABLE=VALUE…: prints what it prints.
demo() {
  env "$@" sh "$ROCKSTAGE_SOURCE/examples/demo.sh" "$ROCKSTAGE" >said 2>err || fail "the demo: exit code $?: $(cat said err)"
}
# printed TEXT…: each is in the output.
printed() {
  local text
  for text in "$@"; do
    grep -qF -e "$text" said || fail "the demo does not print '$text': $(cat said err)"
  done
}

# exported: the demo ended with an archive that was verified, and said what each file is.
exported() {
  grep -qx 'linux/amd64, apisix-debian: 8 files, 0 links, 3 ELF objects' said || fail "the archive was not verified: $(cat said)"
  assert_eq "rocks.tar.zst rocks.tar.zst.sha256 rocks.tar.zst.cdx.json rocks.tar.zst.provenance.json" \
    "$(tail -n 4 said | awk '{printf "%s%s", separator, $1; separator = " "}')" "the last lines"
}

base=$(base_image apisix-like)
builder=$(base_image builder)
demo DEMO_BASE="$base" DEMO_BUILDER="$builder"
printed "日本語でもいいですか" "0 errors, 0 warnings, 1 note" "2 modules in docker image rockstage-demo:1 (/usr/local/openresty/luajit/bin/luajit, " \
  "0 errors, 0 warnings, 0 notes"
grep -qx creme-brulee said || fail "the image's own LuaJIT did not answer: $(cat said err)"
exported
! docker image inspect rockstage-demo:1 >/dev/null 2>&1 || fail "its image is left behind"

# Neither image nor engine: the rest is shown all the same, and what is left out is named.
demo DEMO_BASE=nowhere.invalid/gateway:1 DEMO_BUILDER="$builder"
printed "日本語でもいいですか"
grep -qx "nowhere.invalid/gateway:1 is not here and cannot be pulled: the image is left out." said || fail "what is left out is not named: $(cat said)"
exported
demo DOCKER_HOST="unix://$scratch/none.sock"
printed "日本語でもいいですか"
grep -qx "No container engine answers here (docker info): the image is left out." said || fail "what is left out is not named: $(cat said)"
exported
