#!/usr/bin/env bash
# dockerfile --builder rockstage: docker/builder.Dockerfile makes an image with this program in it, and that builds the examples.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 strip ldd
# One with sanitizers needs libraries that no image has.
ldd "$ROCKSTAGE" | grep -qE 'lib[a-z]*san\.so' && { echo "skipped: a program with sanitizers" >&2; exit 77; }
start_engine
base=$(base_image apisix-like)
debian=$(base_image builder)

mkdir -p context/docker
cp "$ROCKSTAGE_SOURCE/docker/install-dependencies.sh" context/docker/
strip -o context/rockstage "$ROCKSTAGE"
docker_build -f "$ROCKSTAGE_SOURCE/docker/builder.Dockerfile" --build-arg "BASE=$debian" --build-arg PROGRAM=prebuilt \
  -t rockstage-e2e/rockstage context || fail "docker/builder.Dockerfile does not build"
assert_eq "$(rs --version | head -n 1)" "$(docker run --rm --network=host rockstage-e2e/rockstage rockstage --version | head -n 1)" "the program in the image"

declare -A question=(
  [textkit]='print(require("textkit").slug("Crème brûlée, 2"))'
  [jsonscan]='print(require("jsonscan").open([[{"a":[1,{"b":"yes"}]}]]):get("/a/1/b"))'
)
declare -A answer=([textkit]=creme-brulee-2 [jsonscan]=yes)
for rock in textkit jsonscan; do
  cp -r "$ROCKSTAGE_SOURCE/examples/$rock" .
  rs dockerfile "$rock" --runtime apisix-debian --base "$base" --builder rockstage --builder-image rockstage-e2e/rockstage \
    --output "out-$rock" >said 2>&1 || fail "dockerfile $rock: exit code $?: $(cat said)"
  docker_build -f "out-$rock/Dockerfile" -t "rockstage-e2e/$rock-by-rockstage" "$rock" || fail "$rock does not build"
  docker save -o image.tar "rockstage-e2e/$rock-by-rockstage"
  rs verify image.tar --runtime apisix-debian --require "$rock" >said || fail "verify $rock: exit code $?: $(cat said)"
  assert_eq "${answer[$rock]}" "$(docker run --rm --network=host "rockstage-e2e/$rock-by-rockstage" \
    /usr/local/openresty/luajit/bin/luajit -e "${question[$rock]}" 2>&1)" "$rock"
done
