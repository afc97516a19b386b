#!/usr/bin/env bash
# verify: images are read from docker and podman themselves, with the findings that their saved archive has.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine/clean_and_leaky.bash"
need rustc podman
# It is there, but wants more of the system (/sys, control groups) than some places give.
podman info >/dev/null 2>&1 || {
  echo "skipped: podman cannot run here: $(podman info 2>&1 | tail -n 1)" >&2
  exit 77
}
start_engine
clean_and_leaky

# A store of its own, in which podman needs no mounts.
export CONTAINERS_STORAGE_CONF=$scratch/storage.conf
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$scratch/podman" "$scratch/podman-run" >"$CONTAINERS_STORAGE_CONF"
for image in clean leaky; do podman load --quiet --input $image.tar >/dev/null; done

# verified CODE SUBJECT OPTIONS…: the report, in `report`.
verified() {
  local wanted=$1 code=0
  shift
  rs verify "$@" --json >report 2>said || code=$?
  assert_eq "$wanted" "$code" "exit code of $*, which said $(cat said) $(head -c 2000 report)"
}

# judged: what the report says of the image, whoever handed it over.
judged() {
  json '[[p["platform"], p["runtime"], p["files"], p["links"], p["bytes"], p["elf"], p["rules"],
    [{k: v for k, v in f.items() if k != "layer"} for f in p["findings"]]] for p in d["data"]["platforms"]]' <report
}

for image in clean leaky; do
  exit=0
  [ $image = clean ] || exit=3
  reference=rockstage-e2e/$image:1
  verified $exit $image.tar --require greet
  wanted=$(judged)
  kind=$(json 'd["data"]["kind"]' <report)
  digest=$(json 'd["data"]["digest"]' <report)
  for subject in docker-daemon:$reference $reference; do
    verified $exit "$subject" --require greet
    assert_eq "$wanted" "$(judged)" "$subject"
    assert_eq "[\"$subject\", \"$kind\", \"$digest\"]" "$(json '[d["data"][k] for k in ("subject", "kind", "digest")]' <report)"
  done
  verified $exit "podman:$reference" --require greet -j 1
  assert_eq "$wanted" "$(judged)" "podman:$reference"
  assert_eq docker-archive "$(json 'd["data"]["kind"]' <report)" "podman's kind"
done
verified 3 "docker-daemon:$leaky"
assert_eq '[["opt/toolchain", "COPY rustc /opt/toolchain/bin/rustc # buildkit"]]' \
  "$(json '[[f["path"], f["layer"]["created_by"]] for f in d["data"]["platforms"][0]["findings"] if f["rule"] == "rust-in-lower-layer"]' <report)"

# The other subjects of a run come from an engine too.
rs verify "docker-daemon:$clean" --base "docker-daemon:$base" --against "podman:$clean" --strict >said || fail "with its base: $(cat said)"
verified 4 "docker-daemon:$clean" --base "docker-daemon:$leaky"

# What an engine has not is said by name, with what helps; nothing is pulled.
missing=rockstage-e2e/missing:1
verified 1 "docker-daemon:$missing"
assert_eq "[\"docker has no image '$missing'\", \"docker pull $missing\"]" \
  "$(json '[d["diagnostics"][0][k] for k in ("message", "hint")]' <report)"
verified 1 "podman:$missing"
assert_eq "[\"podman has no image '$missing'\", \"podman pull $missing\"]" \
  "$(json '[d["diagnostics"][0][k] for k in ("message", "hint")]' <report)"
verified 2 $missing
assert_eq "docker pull $missing && rockstage verify docker-daemon:$missing" "$(json 'd["diagnostics"][0]["hint"]' <report)"
DOCKER_HOST=unix://$scratch/nowhere.sock verified 1 "docker-daemon:$clean"
json 'd["diagnostics"][0]["message"]' <report | grep -q "cannot save image '$clean': " || fail "$(cat report)"

DOCKER_HOST=unix://$scratch/nowhere.sock verified 0 "$clean" # podman has it

# A limit stops the reading. So does a signal, and the engine's command ends with it.
verified 4 "docker-daemon:$clean" --max-bytes 1M
mkdir slow
printf '#!/bin/sh\necho $$ >%q\nexec sleep 600\n' "$PWD/slow/pid" >slow/docker
chmod 755 slow/docker
PATH=$PWD/slow:$PATH "$ROCKSTAGE" verify "docker-daemon:$clean" 2>said &
rockstage=$!
until [ -s slow/pid ]; do sleep 0.05; done
kill -TERM $rockstage
code=0
wait $rockstage || code=$?
assert_eq 143 "$code" "exit code after SIGTERM"
[ ! -e "/proc/$(cat slow/pid)" ] || fail "docker save still runs"
