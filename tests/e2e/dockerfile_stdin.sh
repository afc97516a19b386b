#!/usr/bin/env bash
# dockerfile: the context is SOURCE, wherever the files lie: inside it, in SOURCE itself, outside it, and nowhere, the Dockerfile
# coming from stdin; what was written before changes nothing.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3
start_engine
base=$(base_image apisix-like)
builder=$(base_image builder)
cp -r "$ROCKSTAGE_SOURCE/examples/jsonscan" .

# generate OUTPUT
generate() {
  rs dockerfile jsonscan --runtime apisix-debian --base "$base" --builder-image "$builder" --output "$1" >said 2>&1 ||
    fail "dockerfile --output $1: exit code $?: $(cat said)"
}
# answers IMAGE
answers() {
  assert_eq yes "$(docker run --rm --network=host "$1" /usr/local/openresty/luajit/bin/luajit \
    -e 'print(require("jsonscan").open([[{"a":[1,{"b":"yes"}]}]]):get("/a/1/b"))')" "$1"
}

generate outside
docker_build -f outside/Dockerfile -t rockstage-e2e/outside jsonscan || fail "does not build with the output outside SOURCE"
answers rockstage-e2e/outside
docker_build -f - -t rockstage-e2e/stdin jsonscan <outside/Dockerfile || fail "does not build from stdin"
answers rockstage-e2e/stdin
# The command that is said is the one that builds.
grep -q '^now: docker build -f outside/Dockerfile jsonscan$' said || fail "no command: $(cat said)"

generate jsonscan/docker
docker_build -f jsonscan/docker/Dockerfile -t rockstage-e2e/inside jsonscan || fail "does not build with the output inside SOURCE"
answers rockstage-e2e/inside
generate jsonscan
docker_build -t rockstage-e2e/source jsonscan || fail "does not build with the output as SOURCE"
answers rockstage-e2e/source
# Neither is part of the rock. Only the directory of the context is another one.
for folder in jsonscan/docker jsonscan; do
  cmp -s <(grep -v '^#' outside/Dockerfile) <(grep -v '^#' $folder/Dockerfile) || fail "$(diff outside/Dockerfile $folder/Dockerfile)"
  rs dockerfile jsonscan --runtime apisix-debian --base "$base" --builder-image "$builder" --output $folder --check >said ||
    fail "$folder is out of date at once: $(cat said)"
done

# What the allow list leaves out never reaches the builder.
echo secret >jsonscan/other.txt
cat jsonscan/docker/Dockerfile - >jsonscan/docker/Dockerfile.more <<'DOCKERFILE'
FROM rock AS more
COPY other.txt /
DOCKERFILE
cp jsonscan/docker/Dockerfile.dockerignore jsonscan/docker/Dockerfile.more.dockerignore
! docker_build -f jsonscan/docker/Dockerfile.more -t rockstage-e2e/more jsonscan 2>said || fail "the context has other files"
grep -q '"/other.txt" not found' said || fail "$(tail -n 5 said)"
