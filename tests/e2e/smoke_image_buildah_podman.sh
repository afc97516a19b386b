#!/usr/bin/env bash
# Modules are loaded inside an image by buildah, and by podman where it can run containers.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/smoke_modules.bash"
need buildah runc cc python3
[ "$(id -u)" -eq 0 ] || cannot "without root buildah needs user namespaces"
# Stores and limits of our own: a container within a container may not raise limits.
export CONTAINERS_STORAGE_CONF=$scratch/storage.conf CONTAINERS_CONF=$scratch/containers.conf
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$scratch/store" "$scratch/run" >"$CONTAINERS_STORAGE_CONF"
printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\ncgroup_manager = "cgroupfs"\nruntime = "runc"\nevents_logger = "none"\n' >"$CONTAINERS_CONF"

take_engine 500 300
layout=$(base_layout luajit)
container=$(buildah from "oci:$layout")
buildah config --label io.rockstage.modules=string "$container"
buildah commit -q --rm "$container" localhost/smoke:1 >/dev/null
make_bad_modules "$PWD/bad"

check_engine() {
  smoke "$PWD/bad" --image localhost/smoke:1 --engine "$1" --timeout 5
  check_bad_modules
  smoke "$PWD/bad" --image localhost/smoke:1 --engine "$1" --module good --user 636
  assert_eq 0 "$code" "$1: $(cat err) $(cat report.json)"
  smoke --image localhost/smoke:1 --engine "$1"
  assert_eq 0 "$code" "$1: $(cat err) $(cat report.json)"
  assert_eq "string ok" "$(statuses)"
  smoke "$PWD/bad" --image localhost/none:1 --engine "$1"
  assert_eq 1 "$code"
  grep -q "$1 pull localhost/none:1" err || fail "$(cat err)"
}

chmod 711 "$scratch" "$scratch/work"
check_engine buildah
assert_eq "" "$(buildah containers -q)" "containers that stayed behind"

command -v podman >/dev/null || exit 0
if ! timeout 60 podman run --rm --network=none --entrypoint luajit localhost/smoke:1 -e '' >/dev/null 2>podman.err; then
  echo "podman runs no containers here: $(tail -n 1 podman.err)" >&2
  exit 0
fi
# podman has an abort look like a segmentation fault where its init program is not installed.
if [ -x /usr/libexec/podman/catatonit ] || command -v catatonit >/dev/null; then
  check_engine podman
else
  smoke "$PWD/bad" --image localhost/smoke:1 --engine podman --timeout 5
  assert_eq "aborts crashed crash crashed good ok loops crashed quits crashed wrong failed" "$(statuses)"
  said crash.so "killed by signal 11 (Segmentation fault)"
fi
assert_eq "" "$(podman ps -aq && podman volume ls -q)" "what stayed behind"
