#!/usr/bin/env bash
# The list of crates in a library is what cargo compiles for it, no more and no less: in the section .dep-v0 and in
# the build record. It changes no byte from one target directory to the next.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
need cargo

rs build "$ROCKSTAGE_SOURCE/examples/textkit" --tree=tree >/dev/null
library=tree/lib/lua/5.1/textkit/core.so
record=$(echo tree/lib/luarocks/rocks-5.1/textkit/*/rockstage.json)

# cargo's own word for it, from a check that has nothing to do with rockstage.
host=$(rustc -vV | sed -n 's/^host: //p')
cp -r "$ROCKSTAGE_SOURCE/examples/textkit" copy
(cd copy && cargo check -q --locked --lib --release --features luajit --target "$host" --target-dir "$scratch/check" \
  --message-format json) >messages
compiled=$(python3 - <<'END'
import json
ids = {m["package_id"] for m in map(json.loads, open("messages")) if m["reason"] == "compiler-artifact"}
names = set()
for i in ids:
    url, fragment = i.rsplit("#", 1)
    names.add(fragment if "@" in fragment else url.rsplit("/", 1)[1] + "@" + fragment)
print(json.dumps(sorted(names)))
END
)
# A path package is named by its directory in cargo's id where both names are the same.
compiled=${compiled//copy@/textkit@}
of_section='sorted(c["name"] + "@" + c["version"] for c in d["data"]["files"][0]["crates"])'
assert_eq "$compiled" "$(rs inspect --json $library | json "$of_section")" ".dep-v0"
assert_eq "$compiled" "$(json 'sorted(c["name"] + "@" + c["version"] for c in d["crates"])' <"$record")" "the record"

# Linked is what is not for the build alone: mlua, but neither its macros nor what those are parsed with.
linked=$(json 'd["libraries"][0]["crates"]' <"$record")
for crate in mlua@ textkit@; do
  [[ $linked == *"\"$crate"* ]] || fail "$crate is not linked: $linked"
done
for crate in syn@ mlua_derive@ proc-macro2@ cc@; do
  [[ $linked != *"\"$crate"* ]] || fail "$crate is linked: $linked"
done

# Another place gives the same bytes, and the second build links nothing anew.
crate=$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native
for place in one a/longer/name; do
  rs build "$crate" --tree="$place/tree" --target-dir="$PWD/$place/target" >/dev/null
done
cmp {one,a/longer/name}/tree/lib/lua/5.1/nodeps/core.so || fail "the target directory shows"
assert_eq 1 "$(rs inspect --json one/tree/lib/lua/5.1/nodeps/core.so | json 'len(d["data"]["files"][0]["crates"])')"
before=$(stat -c %Y.%i one/target/*/release/*.so)
rs build "$crate" --tree=one/tree --target-dir="$PWD/one/target" >/dev/null
assert_eq "$before" "$(stat -c %Y.%i one/target/*/release/*.so)" "the library of the second build"
