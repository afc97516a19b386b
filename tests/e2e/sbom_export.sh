#!/usr/bin/env bash
# `export --sbom cyclonedx` writes a bill of materials and the provenance beside the archive: valid, the same every time,
# and true of the files that are in it.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
need cargo tar git python3
python3 -c 'import venv, ensurepip' 2>/dev/null || need python3-venv
python=python3
python3 -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3
"$python" -c 'import jsonschema' 2>/dev/null || need python3-jsonschema
schemas=$ROCKSTAGE_SOURCE/tests/fixtures/schemas

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" rock
git -C rock init -q -b topic
git -C rock -c user.name=a -c user.email=a@b add .
git -C rock -c user.name=a -c user.email=a@b commit -qm one
export SOURCE_DATE_EPOCH=1700000000
rs build rock --tree=tree >/dev/null
rs build "$ROCKSTAGE_SOURCE/examples/textkit" --tree=tree >/dev/null

rs export tree --output one/both.tar.gz --sbom cyclonedx >/dev/null 2>&1 && fail "made a directory for a file"
mkdir one two
rs export tree --output one/both.tar.gz --sbom cyclonedx >/dev/null
(umask 077 && TZ=Asia/Tokyo LC_ALL=C rs export tree --output two/both.tar.gz --sbom cyclonedx >/dev/null)
diff -r one two || fail "two exports differ"
bill=one/both.tar.gz.cdx.json statement=one/both.tar.gz.provenance.json

"$python" "$ROCKSTAGE_SOURCE/tests/e2e/sbom_validate.py" "$schemas" bom-1.6.SNAPSHOT.schema.json $bill
"$python" "$ROCKSTAGE_SOURCE/tests/e2e/sbom_validate.py" "$schemas" slsa-provenance-v1.schema.json $statement
# The validator is one that says no.
sed 's/"sha256": "/"sha256": "x/' $statement >bad.json
! "$python" "$ROCKSTAGE_SOURCE/tests/e2e/sbom_validate.py" "$schemas" slsa-provenance-v1.schema.json bad.json 2>/dev/null || fail "a bad digest is valid"
sed 's/"type": "file"/"type": "pile"/' $bill >bad.json
! "$python" "$ROCKSTAGE_SOURCE/tests/e2e/sbom_validate.py" "$schemas" bom-1.6.SNAPSHOT.schema.json bad.json 2>/dev/null || fail "a bad type is valid"
# The published definition, as the in-toto project's own package has it.
tools=$XDG_CACHE_HOME/in-toto-attestation-0.9.3
if [ ! -f "$tools/complete" ]; then
  rm -rf "$tools"
  python3 -m venv "$tools" >said 2>&1 || fail "$(cat said)"
  "$tools/bin/pip" install --quiet --disable-pip-version-check in-toto-attestation==0.9.3 >said 2>&1 || fail "$(cat said)"
  touch "$tools/complete"
fi
"$tools/bin/python" - $statement <<'END'
import json, sys
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
document = json.load(open(sys.argv[1]))
json_format.ParseDict(document, statement_pb2.Statement())
json_format.ParseDict(document["predicate"], provenance_pb2.Provenance())
END

# Each file of the archive with the digest of what comes out of it, and nothing else.
mkdir out && tar -xzf one/both.tar.gz -C out
wanted=$(cd out && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum | awk '{print $2 " " $1}')
assert_eq "$wanted" "$(json '"\n".join(sorted(c["name"] + " " + c["hashes"][0]["content"] for c in d["components"] if c["type"] == "file"))' <$bill)"
sum=$(sha256sum <one/both.tar.gz | cut -d' ' -f1)
assert_eq "$sum" "$(json 'd["metadata"]["component"]["hashes"][0]["content"]' <$bill)"
assert_eq "$sum" "$(json 'd["subject"][0]["digest"]["sha256"]' <$statement)"

# The crates below each library are those of the build record.
for rock in nodeps-native:lib/lua/5.1/nodeps/core.so textkit:lib/lua/5.1/textkit/core.so; do
  record=$(echo tree/lib/luarocks/rocks-5.1/"${rock%%:*}"/*/rockstage.json)
  uses="sorted(r.split('#')[0][len('pkg:cargo/'):] for e in d['dependencies'] if e['ref'] == 'file:${rock#*:}' for r in e['dependsOn'])"
  assert_eq "$(json 'd["libraries"][0]["crates"]' <"$record")" "$(json "$uses" <$bill)" "$rock"
done
assert_eq '["pkg:luarocks/nodeps-native@1.0-1", "pkg:luarocks/textkit@1.2.0-1"]' \
  "$(json 'sorted(c["purl"] for c in d["components"] if c.get("purl", "").startswith("pkg:luarocks"))' <$bill)"

resolved='d["predicate"]["buildDefinition"]["resolvedDependencies"]'
assert_eq "$(git -C rock rev-parse HEAD)" \
  "$(json "[x['digest']['gitCommit'] for x in $resolved if x['name'] == 'sources of nodeps-native'][0]" <$statement)"
spec=$(echo tree/lib/luarocks/rocks-5.1/textkit/*/textkit-*.rockspec)
assert_eq "$(sha256sum <"$spec" | cut -d' ' -f1)" \
  "$(json "[x['digest']['sha256'] for x in $resolved if x['name'] == '${spec##*/}'][0]" <$statement)"

# A binary rock tells of its own files, under the names that they have in it.
rs export tree --rock nodeps-native --output rocks/ --sbom cyclonedx >/dev/null
rs export tree --format rock --rock nodeps-native --output rocks/ --sbom cyclonedx >/dev/null
bill=$(echo rocks/nodeps-native-*.rock.cdx.json)
json '[c["name"] for c in d["components"]]' <"$bill" | grep -q '"lib/nodeps/core.so"' || fail "no library in $bill"
! grep -q textkit "$bill" || fail "$bill tells of another rock"

# Nothing is overwritten, and what cannot be done is said.
code=0 && rs export tree --output one/both.tar.gz --sbom cyclonedx 2>err || code=$?
assert_eq 1 "$code" "the exit code for files that are there"
for arguments in "--output x.tar --sbom spdx" "--output - --format tar --sbom cyclonedx"; do
  code=0
  # shellcheck disable=SC2086
  rs export tree $arguments >/dev/null 2>err || code=$?
  assert_eq 2 "$code" "$arguments"
  grep -q -- '--sbom' err || fail "$arguments: no word of --sbom"
done
rm -r out/lib/luarocks 2>/dev/null || true
rs export out --output bare.tar --sbom cyclonedx >/dev/null 2>err
grep -q 'no rock metadata' err || fail "no warning for a tree without metadata"
assert_eq "$(find out -type f | wc -l)" "$(json 'len(d["components"])' <bare.tar.cdx.json)"
