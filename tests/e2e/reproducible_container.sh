#!/usr/bin/env bash
# textkit and jsonscan staged from a plain directory, and in a container by another user in another directory: with the
# same rustc and the same git facts the trees have the same bytes.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need cargo rustc git make python3 strip ldd dpkg-query
ldd "$ROCKSTAGE" | grep -qE 'lib[a-z]*san\.so' && { echo "skipped: a program with sanitizers" >&2; exit 77; }
start_engine
debian=$(base_image builder)

mkdir -p context/docker
cp "$ROCKSTAGE_SOURCE/docker/install-dependencies.sh" context/docker/
strip -o context/rockstage "$ROCKSTAGE"
docker_build -f "$ROCKSTAGE_SOURCE/docker/builder.Dockerfile" --build-arg "BASE=$debian" --build-arg PROGRAM=prebuilt \
  -t rockstage-e2e/rockstage context || fail "docker/builder.Dockerfile does not build"

# in_container COMMAND…: as another user, where files can be given to one, with this directory's `shared` and a home that
# is not there before.
rust=()
user=12345:12345
[ "$(id -u)" = 0 ] || user=$(id -u):$(id -g)
in_container() {
  docker run --rm --network=none --user "$user" --workdir /somewhere -v "$PWD/shared:/somewhere/else" "${rust[@]}" \
    -e HOME=/tmp/home -e CARGO_HOME=/somewhere/else/cargo-home -e TZ=Pacific/Chatham rockstage-e2e/rockstage \
    sh -c 'umask 027; PATH=/opt/rust/bin:$PATH; "$@"' sh "$@"
}

# differs TOOL: nothing is promised for two versions of a tool; no machine lacks anything then.
differs() {
  echo "skipped: this machine's $1 is not the container's" >&2
  exit 77
}

# What a linker takes into a library comes from these.
versions=(dpkg-query -W -f '${Package} ${Version}\n' gcc-12 binutils libc6-dev libgcc-12-dev)
mkdir -p shared
[ "$("${versions[@]}" 2>/dev/null)" = "$(in_container "${versions[@]}")" ] ||
  differs "C compiler"

# The same toolchain at another path: this machine's, where it lies in a folder of its own.
sysroot=$(rustc --print sysroot)
[ ! -x "$sysroot/bin/cargo" ] || [ "$sysroot" = /usr ] || rust=(-v "$sysroot:/opt/rust:ro")
[ "$(cd / && rustc --version)" = "$(in_container rustc --version)" ] || differs rustc

config=${CARGO_HOME:-$HOME/.cargo}/config.toml
mkdir shared/cargo-home
[ ! -f "$config" ] || cp "$config" shared/cargo-home/
export GIT_AUTHOR_DATE='2024-01-02T03:04:05Z' GIT_COMMITTER_DATE='2024-01-02T03:04:05Z'
for rock in textkit jsonscan; do
  cp -r "$ROCKSTAGE_SOURCE/examples/$rock" .
  git -C "$rock" init -q -b main
  git -C "$rock" add .
  git -C "$rock" -c user.name=n -c user.email=e@example.org commit -q -m one
  mkdir -p "shared/by/somebody"
  cp -r "$rock" "shared/by/somebody/$rock"
  CARGO_HOME=$PWD/shared/cargo-home cargo fetch -q --locked --manifest-path "$rock/Cargo.toml" || fail "cargo fetch of $rock"

  rs build "$rock" --tree="tree-$rock" --jobs=2 >said 2>&1 || fail "build $rock: $(cat said)"
  chown -R "$user" shared
  in_container rockstage build "/somewhere/else/by/somebody/$rock" --tree="/somewhere/else/out-$rock" --offline --jobs=1 \
    --cache-dir=/tmp/a-cache >said 2>&1 || fail "build $rock in a container: $(cat said)"
  record=$(echo "tree-$rock"/lib/luarocks/rocks-5.1/"$rock"/*/rockstage.json)
  assert_eq "$(git -C "$rock" rev-parse HEAD)" "$(json 'd["git"]["revision"]' <"$record")" "$rock"
  diff <(snapshot "tree-$rock") <(snapshot "shared/out-$rock") || fail "$rock differs between here and a container"
done
