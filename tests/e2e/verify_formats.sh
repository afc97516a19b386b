#!/usr/bin/env bash
# verify: JSON, SARIF and JUnit hold to their schemas, for a tree with findings of each severity, waived ones and hostile names.
. "$(dirname "$0")/lib.sh"
need python3
python3 -c 'import jsonschema' 2>/dev/null || { [ "$ROCKSTAGE_REQUIRE_ALL" != 1 ] || fail "needs python3-jsonschema"; exit 77; }

mkdir -p tree/share/lua/5.1 tree/lib/lua/5.1
echo 'return {}' >tree/share/lua/5.1/clean.lua
echo 'return {' >tree/share/lua/5.1/broken.lua
echo 'no object' >tree/lib/lua/5.1/text.so
echo 'left over' >"$(printf 'tree/share/lua/5.1/a\033[2J<&> "b,c%%:\001\377.o')"
echo 'return {}' >tree/share/lua/5.1/waived.bak
cat >policy.yaml <<'POLICY'
rules: {c-toolchain: off}
waive:
  - {rule: unexpected-file, path: "*.bak", reason: "kept <for> now", expires: 2099-12-31}
  - {rule: credential, reason: "matches nothing"}
POLICY

forms="--format json=r.json --format sarif=r.sarif --format junit=r.xml --format github=r.txt"
code=0
# shellcheck disable=SC2086
rs verify tree --runtime debian-luajit,generic-5.4 --policy policy.yaml $forms >said || code=$?
assert_eq 3 "$code" "exit code"
rs verify tree --policy policy.yaml --json >record || true

python3 - "$ROCKSTAGE_SOURCE" <<'PYTHON'
import json, pathlib, sys
import xml.etree.ElementTree as xml
import jsonschema

source = pathlib.Path(sys.argv[1])
ours = json.loads((source / "docs/formats/verify-report.schema.json").read_text())
report = json.loads(pathlib.Path("r.json").read_text())
jsonschema.Draft202012Validator(ours).validate(report)
jsonschema.Draft202012Validator(ours).validate(json.loads(pathlib.Path("record").read_text())["data"])
assert len(report["platforms"]) == 2, report["platforms"]
assert report["summary"]["waived"] == 2, report["summary"]

sarif = json.loads(pathlib.Path("r.sarif").read_text())
schema = json.loads((source / "tests/fixtures/schemas/sarif-2.1.0-rtm.5.json").read_text())
# Formats too: that a URI is one decides whether GitHub takes the file.
jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(sarif)
ids = [run["automationDetails"]["id"] for run in sarif["runs"]]
assert len(set(ids)) == len(ids) == 2, ids
for run in sarif["runs"]:
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith("/") and ":" not in uri and uri.isascii() and " " not in uri, uri
assert any(result["suppressions"] for run in sarif["runs"] for result in run["results"])

suites = xml.parse("r.xml").getroot()
assert suites.tag == "testsuites" and len(suites) == 2
for suite in suites:
    cases = suite.findall("testcase")
    for count, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
        assert int(suite.get(count)) == sum(case.find(tag) is not None for case in cases), (suite.attrib, tag)
    assert int(suite.get("tests")) == len(cases)
    assert all(case.get("name") and case.get("classname") for case in cases)
    assert {child.tag for case in cases for child in case} <= {"failure", "skipped", "error", "system-out"}
failed = {case.get("name") for suite in suites for case in suite if case.tag == "testcase" and case.find("failure") is not None}
assert {"lua-syntax", "elf-malformed"} <= failed, failed

policy = json.loads((source / "docs/formats/policy.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(policy)
jsonschema.Draft202012Validator(policy).validate(
    {"rules": {"c-toolchain": "off"}, "waive": [{"rule": "credential", "reason": "x", "expires": "2027-03-31"}]})
PYTHON

! grep -q $'\033' said r.txt r.xml || fail "a control byte came through"
grep -q '^::error file=share/lua/5.1/broken.lua,title=lua-syntax::' r.txt || fail "no annotation: $(cat r.txt)"
# A second run finds the same fingerprints.
# shellcheck disable=SC2086
rs verify tree --runtime debian-luajit,generic-5.4 --policy policy.yaml --format json=again.json >/dev/null || true
cmp r.json again.json || fail "two runs differ"
