#!/usr/bin/env bash
# rockstage.json tells what the rock was built with; neither it nor the library holds a path of the builder.
. "$(dirname "$0")/lib.sh"
need cargo git

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" rock
git -C rock init -q -b topic
git -C rock -c user.name=a -c user.email=a@b add .
git -C rock -c user.name=a -c user.email=a@b commit -qm one
SOURCE_DATE_EPOCH=1700000000 rs build rock --tree=tree >/dev/null
record=tree/lib/luarocks/rocks-5.1/nodeps-native/1.0-1/rockstage.json
assert_eq '"1.0-1"' "$(json 'json.dumps(d["version"])' <$record)"
assert_eq '["rockstage.build/1", "rust-mlua", "luajit", "release", 1700000000]' \
  "$(json '[d["schema"], d["build_type"], d["lua"], d["profile"], d["build_time"]]' <$record)"
assert_eq "[\"$(git -C rock rev-parse HEAD)\", \"topic\", false]" "$(json '[d["git"]["revision"], d["git"]["branch"], d["git"]["dirty"]]' <$record)"
json 'd["rustc"]' <$record | grep '^rustc 1\.' >/dev/null || fail "no rustc"
for file in $record tree/lib/lua/5.1/nodeps/core.so; do
  ! grep -aqF "$scratch" $file || fail "$file holds $scratch"
  ! grep -aqF "$HOME/" $file || fail "$file holds $HOME"
done
if python3 -c 'import jsonschema' 2>/dev/null; then
  python3 -c 'import json, jsonschema, sys; jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' \
    $record "$ROCKSTAGE_SOURCE/docs/formats/build-record.schema.json"
fi
