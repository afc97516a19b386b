#!/usr/bin/env bash
# verify: an image that engines read differently is told (image-engine-difference), and judged by what any of them shows:
# side by side with what the real docker and umoci make of it.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 rustc skopeo umoci
start_engine

image() { python3 "$ROCKSTAGE_SOURCE/tests/support/make_image.py" "$@"; }

# in_docker IMAGE: `PATH` of each file that the engine shows, or `refused`.
in_docker() {
  local container
  docker load -i "$1" >loaded 2>&1 || {
    echo refused
    return
  }
  container=$(docker create made:latest /none)
  docker export "$container" | tar -t
  docker rm "$container" >/dev/null
  docker rmi made:latest >/dev/null
}

# in_umoci IMAGE: the same, as umoci unpacks it.
in_umoci() {
  rm -rf layout bundle
  skopeo --insecure-policy copy --quiet "docker-archive:$1" oci:layout:latest
  umoci unpack --rootless --image layout:latest bundle >unpacked 2>&1 || {
    echo refused
    return
  }
  (cd bundle/rootfs && find . -mindepth 1 -printf '%P\n')
}

# findings IMAGE: `RULE PATH` of each.
findings() {
  rs verify "$1" --json --fail-on never --runtime generic-luajit >report || fail "verify $1: $(cat report)"
  json '"\n".join(f["rule"] + " " + str(f["path"]) for f in d["data"]["platforms"][0]["findings"])' <report
}

has() { grep -qxF -e "$2" "$1" || fail "$3: no line '$2' in: $(cat "$1")"; }
lacks() { ! grep -qxF -e "$2" "$1" || fail "$3: a line '$2' in: $(cat "$1")"; }

rustc=$(rustc --print sysroot)/bin/rustc
mkdir -p below/usr/bin below/etc
echo data >below/etc/data
ln -s usr/bin below/bin

python3 - "$rustc" <<'PYTHON'
import io, sys, tarfile
def layer(name, members):
    with tarfile.open(name, "w") as tar:
        for path, data, link in members:
            info = tarfile.TarInfo(path)
            info.mode = 0o755
            if link:
                info.type, info.linkname = tarfile.LNKTYPE, link
            else:
                info.size = len(data)
            tar.addfile(info, None if link else io.BytesIO(data))
rustc = open(sys.argv[1], "rb").read()
layer("through-link.layer", [("bin/rustc", rustc, None)])
layer("whiteout-last.layer", [("opt/rustc", rustc, None), ("opt/.wh.rustc", b"", None)])
layer("whiteout-first.layer", [("opt/.wh.rustc", b"", None), ("opt/rustc", rustc, None)])
layer("lower.layer", [("opt/tool", rustc, None)])
layer("link.layer", [("opt/again", b"", "opt/tool")])
PYTHON

# 1. An entry below a lower layer's symbolic link: a directory of its own for docker, the link's target for umoci.
image --form docker-archive-legacy through-link.tar below through-link.layer
in_docker through-link.tar >docker-shows
in_umoci through-link.tar >umoci-shows
findings through-link.tar >said
has docker-shows bin/rustc "docker, through a link"
lacks docker-shows usr/bin/rustc "docker, through a link"
has umoci-shows usr/bin/rustc "umoci, through a link"
grep -q '^image-engine-difference ' said || fail "through a link: not told: $(cat said)"
grep -qE '^rust-toolchain (usr/)?bin/rustc$' said || fail "through a link: rustc is not found: $(cat said)"

# 2. A file and its own whiteout in one layer.
for order in last first; do
  image --form docker-archive-legacy whiteout.tar below "whiteout-$order.layer"
  in_docker whiteout.tar >docker-shows
  in_umoci whiteout.tar >umoci-shows
  # docker refuses a whiteout of what is there already.
  if [ $order = last ]; then has docker-shows refused "docker, whiteout last"; else has docker-shows opt/rustc "docker, whiteout first"; fi
  lacks umoci-shows refused "umoci, whiteout $order"
  findings whiteout.tar >said
  grep -q '^image-engine-difference ' said || fail "whiteout $order: not told: $(cat said)"
  # Removed or not, it ships.
  grep -qE '^rust-(toolchain|in-lower-layer) opt/rustc$' said || fail "whiteout $order: rustc is not found: $(cat said)"
done

# 3. A hard link to a file of a lower layer.
image --form docker-archive-legacy hard-link.tar lower.layer link.layer
assert_eq refused "$(in_docker hard-link.tar)" "docker, hard link"
in_umoci hard-link.tar >umoci-shows
has umoci-shows opt/again "umoci, hard link"
findings hard-link.tar >said
grep -q '^image-engine-difference ' said || fail "hard link: not told: $(cat said)"
has said "rust-toolchain opt/tool" "hard link"

# A plain image on the same files: both show the same, and nothing is said.
mkdir -p plain/usr/share
echo more >plain/usr/share/more
image --form docker-archive-legacy plain.tar below plain
in_docker plain.tar >docker-shows
has docker-shows usr/share/more "docker, plain"
findings plain.tar >said
! grep -q image-engine-difference said || fail "plain: $(cat said)"
