#!/usr/bin/env bash
# dockerfile: what it writes for the examples builds as it is, loads in the image, leaves no Rust in it, and makes it no larger
# than the rock: with the output outside SOURCE, inside it, and from stdin; with docker and with buildah.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 buildah skopeo
start_engine
base=$(base_image apisix-like)
builder=$(base_image builder)
luajit=/usr/local/openresty/luajit/bin/luajit

generate() {
  rs dockerfile "$1" --runtime apisix-debian --base "$base" --builder-image "$builder" --output "$2" >said 2>&1 ||
    fail "dockerfile $1: exit code $?: $(cat said)"
}

# files IMAGE: paths of the regular files and links, without those that the engine adds to every container.
files() {
  local container
  container=$(docker create "$1" /none)
  docker export "$container" | python3 -c '
import sys, tarfile
for member in tarfile.open(fileobj=sys.stdin.buffer, mode="r|"):
    if not member.isdir():
        print(member.name)' | LC_ALL=C sort
  docker rm "$container" >/dev/null
}
size() { docker image inspect --format '{{.Size}}' "$1"; }

files "$base" >base.files
declare -A questions=(
  [textkit]='print(require("textkit").slug("Crème brûlée, 2"))'
  [jsonscan]='print(require("jsonscan").open([[{"a":[1,{"b":"yes"}]}]]):get("/a/1/b"))'
)
declare -A answer=([textkit]=creme-brulee-2 [jsonscan]=yes)
for rock in textkit jsonscan; do
  cp -r "$ROCKSTAGE_SOURCE/examples/$rock" "$rock"
  image=rockstage-e2e/$rock
  generate "$rock" "out-$rock"
  docker_build -f "out-$rock/Dockerfile" -t "$image" "$rock" || fail "$rock does not build"

  # Without an engine and without the image's own Lua: no Rust, and what it should hold loads there.
  docker save -o image.tar "$image"
  rs verify image.tar --runtime apisix-debian --require "$rock" >said || fail "verify $rock: exit code $?: $(cat said)"

  docker run --rm --network=host "$image" $luajit -e "${questions[$rock]}" >said 2>&1 || fail "$rock does not answer: $(cat said)"
  assert_eq "${answer[$rock]}" "$(cat said)" "$rock"

  # The artifact by itself, and the image: the base, and that tree, and nothing else.
  rm -rf tree
  docker_build -f "out-$rock/Dockerfile" --target rock --output tree "$rock" || fail "$rock: no artifact"
  files "$image" >image.files
  (cd tree && find share/lua lib/lua ! -type d -printf 'usr/local/%p\n' | LC_ALL=C sort) >tree.files
  [ -s tree.files ] || fail "$rock: the tree is empty"
  LC_ALL=C comm -13 base.files image.files >added.files
  cmp -s tree.files added.files || fail "$rock: the image has other files than the tree: $(diff tree.files added.files)"
  assert_eq "" "$(LC_ALL=C comm -23 base.files image.files)" "$rock: files of the base that are gone"
  tree_bytes=$(find tree/share/lua tree/lib/lua -type f -printf '%s\n' | awk '{n += $1} END {print n}')
  growth=$(($(size "$image") - $(size "$base")))
  [ "$growth" -le $((tree_bytes + 4096)) ] || fail "$rock: the image grew by $growth bytes, and the tree has $tree_bytes"
  assert_eq "$(docker image inspect --format '{{.Config.User}} {{.Config.Cmd}} {{.Config.WorkingDir}}' "$base")" \
    "$(docker image inspect --format '{{.Config.User}} {{.Config.Cmd}} {{.Config.WorkingDir}}' "$image")" "$rock: user, command, directory"
done

# The same context, wherever the files lie.
generate jsonscan jsonscan/docker
docker_build -f jsonscan/docker/Dockerfile -t rockstage-e2e/inside jsonscan || fail "does not build with the output inside SOURCE"
docker_build -f - -t rockstage-e2e/stdin jsonscan <out-jsonscan/Dockerfile || fail "does not build from stdin"
rm -r jsonscan/docker
generate jsonscan jsonscan
docker_build -t rockstage-e2e/source jsonscan || fail "does not build with the output as SOURCE"
for image in inside stdin source; do
  assert_eq yes "$(docker run --rm --network=host rockstage-e2e/$image $luajit -e "${questions[jsonscan]}")" "output $image"
done

# buildah reads the same file.
start_buildah
buildah_base "$base" "$builder"
in_buildah bud --isolation=chroot --pull=never --network=host --secret "id=ca,src=$ca_bundle" \
  -f out-jsonscan/Dockerfile -t rockstage-e2e/buildah jsonscan >buildah.log 2>&1 || fail "buildah: $(tail -n 20 buildah.log)"
rm -f image.tar
in_buildah push --quiet rockstage-e2e/buildah docker-archive:"$PWD/image.tar":rockstage-e2e/buildah:latest
rs verify image.tar --runtime apisix-debian --require jsonscan >said || fail "verify what buildah built: $(cat said)"
docker load -q -i image.tar >/dev/null
assert_eq yes "$(docker run --rm --network=host rockstage-e2e/buildah $luajit -e "${questions[jsonscan]}")" "built by buildah"
