#!/usr/bin/env bash
# `make demo`, the script of it: builds an image where an engine is, and says so where there is none or no base image can be had.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 cargo luajit cc mmdebstrap
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

base=$(base_image apisix-like)
builder=$(base_image builder)
demo DEMO_BASE="$base" DEMO_BUILDER="$builder"
printed "日本語でもいいですか" "0 errors, 0 warnings, 1 note" "2 modules in docker image rockstage-demo:1 (/usr/local/openresty/luajit/bin/luajit, " \
  "0 errors, 0 warnings, 0 notes"
assert_eq creme-brulee "$(tail -n 1 said)" "the last line"
! docker image inspect rockstage-demo:1 >/dev/null 2>&1 || fail "its image is left behind"

# Neither image nor engine: the rest is shown all the same, and what is left out is named.
demo DEMO_BASE=nowhere.invalid/gateway:1 DEMO_BUILDER="$builder"
printed "日本語でもいいですか"
assert_eq "nowhere.invalid/gateway:1 is not here and cannot be pulled: the image is left out." "$(tail -n 1 said)"
demo DOCKER_HOST="unix://$scratch/none.sock"
printed "日本語でもいいですか"
assert_eq "No container engine answers here (docker info): the image is left out." "$(tail -n 1 said)"
