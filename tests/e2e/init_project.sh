#!/usr/bin/env bash
# For each example, with its rockspec and without: what `init` writes is valid against the schema that is published, and lint, config and
# build --dry-run read it. No cargo is on PATH while it writes.
. "$(dirname "$0")/lib.sh"
need python3 cargo luajit
python3 -c 'import jsonschema, yaml' 2>/dev/null || python=/usr/bin/python3
python=${python:-python3}
"$python" -c 'import jsonschema, yaml' 2>/dev/null || need python3-jsonschema-and-yaml

check() {
  (cd "$1" && PATH=$scratch "$ROCKSTAGE" init >wrote.txt 2>said.txt) || fail "$1: $(cat "$1/said.txt")"
  assert_eq "wrote rockstage.yaml" "$(cat "$1/wrote.txt")"
  "$python" - "$1/rockstage.yaml" "$ROCKSTAGE_SOURCE/docs/formats/project.schema.json" <<'PYTHON' || fail "$1: rockstage.yaml is not valid"
import json, sys, jsonschema, yaml
jsonschema.validate(yaml.safe_load(open(sys.argv[1])), json.load(open(sys.argv[2])))
PYTHON
  rs -C "$1" --json config --show-origin >config.json || fail "$1: config does not read it"
  assert_eq "project file" "$(json '[o["origin"] for o in d["data"]["options"] if o["name"] == "lua"][0]' <config.json)"
  rs -C "$1" lint --fail-on never >/dev/null || fail "$1: lint does not read it"
  rs -C "$1" build --tree=tree --dry-run >/dev/null || fail "$1: build does not read it"
}

# What stands behind `# ` as an example must be right, too: all of it at once, without the text that is for people.
check_comments() {
  "$python" - "$1/rockstage.yaml" "$ROCKSTAGE_SOURCE/docs/formats/project.schema.json" <<'PYTHON' || fail "$1: an example in a comment is not valid"
import json, re, sys, jsonschema, yaml
schema = json.load(open(sys.argv[2]))
keys = set(schema["properties"])
found, block = {}, None
for line in open(sys.argv[1]):
    start = re.match(r"# (\w+):", line)
    if start and start.group(1) in keys:
        block = found.setdefault(start.group(1), [])
    elif not line.startswith("#  "):
        block = None
    if block is not None:
        block.append(line[2:])
assert len(found) >= 6, found
for name, lines in found.items():
    jsonschema.validate(yaml.safe_load("".join(lines)), schema)
PYTHON
}

for rock in textkit jsonscan crc; do
  cp -r "$ROCKSTAGE_SOURCE/examples/$rock" "$rock"
  check "$rock"
  check_comments "$rock"
done
for rock in textkit jsonscan; do
  cp -r "$ROCKSTAGE_SOURCE/examples/$rock" "$rock-crate"
  rm "$rock-crate"/*.rockspec
  check "$rock-crate"
  check_comments "$rock-crate"
done

# The crate's own words are enough to build the rock that its rockspec describes.
rs -C textkit-crate build --tree=tree >/dev/null || fail "textkit does not build from what init wrote"
assert_file textkit-crate/tree/lib/lua/5.1/textkit/core.so
assert_file textkit-crate/tree/share/lua/5.1/textkit/init.lua
