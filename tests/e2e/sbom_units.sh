#!/usr/bin/env bash
# Each library of a rock names exactly its own crates, whatever cargo leaves out: optional, weak, for another system, for tests, or only
# for a build script or macro. Oracles: cargo's build messages say what was compiled, its unit graph what of that is linked.
. "$(dirname "$0")/lib.sh"
need cargo rustc objcopy python3

crate() { # NAME MANIFEST [SOURCE]
  mkdir -p "rock/$1/src"
  printf '[package]\nname = "%s"\nversion = "1.%s.0"\nedition = "2021"\n%s\n' "$1" "${#1}" "$2" >"rock/$1/Cargo.toml"
  printf '%s\n' "${3:-}" >"rock/$1/src/lib.rs"
}
opened() { echo "#[no_mangle] pub extern \"C\" fn luaopen_$1(_: *mut std::ffi::c_void) -> i32 { 0 }"; }

crate both ''
crate common '[dependencies]
both = { path = "../both" }'
crate script '[dependencies]
both = { path = "../both" }'
crate parser ''
crate extra '[features]
std = []'
crate unused '[features]
std = []'
crate maker '[lib]
proc-macro = true
[dependencies]
parser = { path = "../parser" }'
crate one '[lib]
name = "one_native"
crate-type = ["cdylib"]
[features]
more = ["dep:extra"]
[dependencies]
common = { path = "../common" }
maker = { path = "../maker" }
extra = { path = "../extra", optional = true }
[build-dependencies]
script = { path = "../script" }
[dev-dependencies]
unused = { path = "../unused" }
[target."cfg(windows)".dependencies]
unused = { path = "../unused" }' "$(opened one)"
echo 'fn main() {}' >rock/one/build.rs
crate two '[lib]
name = "two_native"
crate-type = ["cdylib"]
[features]
default = ["std"]
std = ["extra/std", "unused?/std"]
more = []
[dependencies]
extra = { path = "../extra" }
unused = { path = "../unused", optional = true }
[build-dependencies]
common = { path = "../common" }' "$(opened two)"
echo 'fn main() {}' >rock/two/build.rs
printf '[workspace]\nresolver = "2"\nmembers = ["one", "two"]\n' >rock/Cargo.toml
cat >rock/units-1.0-1.rockspec <<'END'
package = "units"
version = "1.0-1"
source = { url = "git+https://example.org/units" }
build = { type = "rust-mlua", modules = { one = "one_native", two = "two_native" } }
END
(cd rock && cargo generate-lockfile -q --offline)

cat >oracle.py <<'END'
"""oracle.py MESSAGES UNITS: {"compiled": […], "linked": […]} of one library, each "name@version"."""
import json, sys

def label(package_id):
    folder, fragment = package_id.rsplit("#", 1)
    return fragment if "@" in fragment else folder.rsplit("/", 1)[1] + "@" + fragment

messages = [json.loads(line) for line in open(sys.argv[1])]
graph = json.load(open(sys.argv[2]))
units, linked, left = graph["units"], set(), list(graph["roots"])
while left:
    unit = units[left.pop()]
    if unit["mode"] == "build" and not {"proc-macro", "custom-build"} & set(unit["target"]["kind"]):
        linked.add(unit["pkg_id"])
        left += [dependency["index"] for dependency in unit["dependencies"]]
compiled = {m["package_id"] for m in messages if m["reason"] == "compiler-artifact"}
assert compiled == {unit["pkg_id"] for unit in units}
print(json.dumps({"compiled": sorted(map(label, compiled)), "linked": sorted(map(label, linked))}))
END
cat >section.py <<'END'
"""section.py FILE: a .dep-v0 section, checked against what cargo-auditable demands of one, as {"compiled": …, "linked": …}."""
import json, sys, zlib

unpacker = zlib.decompressobj()
document = json.loads(unpacker.decompress(open(sys.argv[1], "rb").read()))
assert unpacker.eof and not unpacker.unused_data
assert set(document) == {"packages"}
packages = document["packages"]
for position, package in enumerate(packages):
    assert set(package) <= {"name", "version", "source", "kind", "dependencies", "root"}, package
    assert package["source"] in ("crates.io", "git", "local", "registry")
    assert package.get("kind", "runtime") in ("runtime", "build")
    wanted = package.get("dependencies", [])
    assert wanted == sorted(set(wanted)) and all(0 <= d < len(packages) and d != position for d in wanted), package
assert [p["name"] for p in packages if p.get("root")] == sys.argv[2:]
names = [p["name"] + "@" + p["version"] for p in packages]
linked = [name for name, p in zip(names, packages) if p.get("kind") != "build"]
print(json.dumps({"compiled": sorted(names), "linked": sorted(linked)}))
END

host=$(rustc -vV | sed -n 's/^host: //p')
check() { # FEATURES
  rm -rf tree out
  rs build rock --tree=tree --lua=5.1 ${1:+--features="$1"} >/dev/null 2>said || fail "$(cat said)"
  rs export tree --output=out/ --sbom=cyclonedx >/dev/null
  local record=tree/lib/luarocks/rocks-5.1/units/1.0-1/rockstage.json name got wanted
  local built="d['formulation'][0]['components']"
  for name in one two; do
    local call=(--locked --offline --lib --release --target "$host" --target-dir "$scratch/own$1" --package $name ${1:+--features="$1"})
    (cd rock && cargo build -q "${call[@]}" --message-format json >../messages &&
      RUSTC_BOOTSTRAP=1 cargo build -q "${call[@]}" -Z unstable-options --unit-graph >../units)
    wanted=$(python3 oracle.py messages units)
    objcopy -O binary --only-section=.dep-v0 --set-section-flags .dep-v0=alloc tree/lib/lua/5.1/$name.so section
    assert_eq "$wanted" "$(python3 section.py section $name)" ".dep-v0 of $name with '$1'"
    wanted=$(json 'd["linked"]' <<<"$wanted")
    assert_eq "$wanted" "$(json "[l['crates'] for l in d['libraries'] if l['module'] == '$name'][0]" <$record)" "the record of $name with '$1'"
    got=$(json "sorted(r.split('#')[0][len('pkg:cargo/'):] for e in d['dependencies'] if e['ref'] == 'file:lib/lua/5.1/$name.so' for r in e['dependsOn'])" \
      <out/*.cdx.json)
    assert_eq "$wanted" "$got" "the bill of materials of $name with '$1'"
    json 'd["compiled"]' <<<"$(python3 oracle.py messages units)" >>"compiled$1"
  done
  # What is linked into neither was used for the build alone.
  assert_eq '["maker", "parser", "script"]' "$(json "sorted(c['name'] for c in $built if c['bom-ref'].startswith('pkg:cargo'))" <out/*.cdx.json)"
}
check ''
check more
# The cases are there: nothing is left out everywhere.
for crate in both common script parser extra maker; do
  grep -q "\"$crate@" compiled || fail "$crate is compiled for neither"
done
! grep -q '"unused@' compiled compiledmore || fail "unused is compiled"
[ "$(sed -n 1p compiled)" != "$(sed -n 1p compiledmore)" ] || fail "the feature changes nothing"
