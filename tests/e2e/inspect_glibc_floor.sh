#!/usr/bin/env bash
# inspect: the glibc floor of real wheels, for five processors, is what auditwheel finds. Where auditwheel is known to be wrong
# (it leaves the dynamic loader's own versions out), what the loader says counts.
. "$(dirname "$0")/lib.sh"
need python3 cc

python3 -m venv tools >said 2>&1 || { [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "needs python3-venv: $(cat said)"; exit 77; }
tools/bin/pip install --quiet --disable-pip-version-check auditwheel==6.8.2 >said 2>&1 || fail "$(cat said)"
fetch() {
  tools/bin/pip download --quiet --disable-pip-version-check --only-binary=:all: --no-deps --python-version 311 --platform "$1" -d wheels "$2" >said 2>&1 || fail "$(cat said)"
}
for platform in x86_64 aarch64 ppc64le s390x armv7l; do fetch manylinux2014_$platform rpds-py==0.22.3; done
fetch manylinux_2_28_x86_64 cryptography==44.0.0
fetch manylinux_2_17_x86_64 orjson==3.10.13
fetch musllinux_1_2_x86_64 rpds-py==0.22.3

# Version names as numbers; the highest of a list.
highest='import json, sys
versions = [name.split("_", 1)[1] for name in json.load(sys.stdin) if name.startswith("GLIBC_2")]
print("GLIBC_" + max(versions, key=lambda v: [int(n) for n in v.split(".")]) if versions else "null")'

compared=0
for wheel in wheels/*manylinux*.whl; do
  wanted=$(tools/bin/auditwheel show --json "$wheel" | json 'sum(d["versioned_symbols"].values(), [])' | python3 -c "$highest")
  rm -rf unpacked
  python3 -m zipfile -e "$wheel" unpacked
  find unpacked -name '*.so' -exec "$ROCKSTAGE" inspect --json {} + >report
  got=$(json '[f["floor"] for f in d["data"]["files"] if f["floor"]]' <report | python3 -c "$highest")
  assert_eq "$wanted" "$got" "$wheel"
  compared=$((compared + 1))
done
assert_eq 7 "$compared" "wheels compared"

# A musl library has no glibc floor; auditwheel 6.8.2 crashes on its bare `libc.so`.
rm -rf unpacked
python3 -m zipfile -e wheels/*musllinux*.whl unpacked
find unpacked -name '*.so' -exec "$ROCKSTAGE" inspect --json {} + >report
assert_eq '["musl", null]' "$(json '[[f["libc"], f["floor"]] for f in d["data"]["files"]][0]' <report)" "the musl wheel"

# __rseq_offset lives in the loader since glibc 2.35: auditwheel says 2.5, the loader of an older system refuses.
echo 'extern const int __rseq_offset; int f(void) { return __rseq_offset; }' >r.c
cc -shared -fPIC -o r.so r.c
assert_eq GLIBC_2.35 "$(rs inspect --json r.so | json 'd["data"]["files"][0]["floor"]')" "a version of ld-linux only"
