#!/usr/bin/env bash
# dockerfile --style buildkit: BuildKit 0.20 builds it from OCI layouts, what it built is clean, and its own checks have nothing to
# say, for each runtime; the style portable passes them, too.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine/rocks.bash"
need python3
start_buildkit
base=$(base_layout apisix-like)
builder=$(base_layout builder)
base_name=rockstage-e2e/base:1
builder_name=rockstage-e2e/builder:1
rocks_for_runtimes

# build DOCKERFILE CONTEXT OPTIONS…: with the two base images; its log is build.log.
build() {
  local folder context=$2
  folder=$(dirname "$1")
  shift 2
  buildctl --addr "$buildkit_address" build --progress plain --frontend dockerfile.v0 --local "context=$context" --local "dockerfile=$folder" \
    --opt "context:$base_name=oci-layout://base@$(digest_of "$base")" --oci-layout "base=$base" \
    --opt "context:$builder_name=oci-layout://builder@$(digest_of "$builder")" --oci-layout "builder=$builder" \
    --secret "id=ca,src=$ca_bundle" "$@" >build.log 2>&1
}

for rock in textkit jsonscan; do
  rs dockerfile "$rock" --runtime apisix-debian --style buildkit --base $base_name --builder-image $builder_name --output "out-$rock" >/dev/null
  build "out-$rock/Dockerfile" "$rock" --output "type=oci,dest=$rock.oci.tar" || fail "$rock: $(tail -n 30 build.log)"
  rs verify "$rock.oci.tar" --runtime apisix-debian --require "$rock" >said || fail "verify $rock: exit code $?: $(cat said)"
  build "out-$rock/Dockerfile" "$rock" --opt target=rock --output "type=local,dest=tree-$rock" || fail "$rock: $(tail -n 30 build.log)"
  rs verify "$rock.oci.tar" --runtime apisix-debian --expect "tree-$rock" >said || fail "$rock: other bytes in the image: $(cat said)"
done

# The checks of BuildKit (`docker build --check`), with each finding an error.
checked=0
for runtime in $runtimes; do
  rock=$(rock_for "$runtime")
  for style in portable buildkit; do
    rs dockerfile "$rock" --runtime "$runtime" --style $style --base $base_name --builder-image $builder_name --output out --force >/dev/null 2>said ||
      fail "dockerfile --runtime $runtime: $(cat said)"
    build out/Dockerfile "$rock" --opt requestid=frontend.lint || fail "lint of $runtime, $style: $(tail -n 30 build.log)"
    ! grep -qiE 'warning|violat|^error' build.log || fail "lint of $runtime, $style: $(cat build.log)"
    checked=$((checked + 1))
  done
done
assert_eq $((2 * $(wc -w <<<"$runtimes"))) $checked "files checked"

# A check that says nothing must be able to speak.
mkdir bad
printf 'FROM %s as One\nRUN true\n' $base_name >bad/Dockerfile
build bad/Dockerfile bad --opt requestid=frontend.lint || true
grep -q FromAsCasing build.log || fail "BuildKit finds no fault: $(cat build.log)"
