#!/usr/bin/env bash
# GNU tar, Python and LuaRocks' unzip read what export writes as the tree that was exported: long names, UTF-8, bytes that are
# none, links, empty files. GNU tar makes the same bytes.
. "$(dirname "$0")/lib.sh"
need python3 zstd xz tar

long=$(printf 'n%.0s' $(seq 120))
deep=$(printf 'd%.0s' $(seq 60))
mkdir -p "tree/share/$deep/$deep/$deep" tree/share/empty tree/lib
echo 1 >"tree/share/$deep/$deep/plain.lua"
echo 2 >"tree/share/$deep/$deep/$deep/$long"
echo 3 >tree/share/ä.lua
echo 4 >"tree/share/$(printf 'a\377b').lua"
echo 5 >"tree/share/$deep/$(printf '\377')$long"
echo 6 >'tree/share/a b
c'
: >tree/share/nothing
cp "$BASH" tree/lib/program
chmod 755 tree/lib/program
chmod 644 tree/share/nothing
ln -s ../lib/program tree/share/link
wanted=$(snapshot tree)

for form in tar tar.gz tar.zst tar.xz zip; do
  rs export tree --output="t.$form"
done
for form in tar tar.gz tar.zst tar.xz; do
  mkdir "as.$form"
  tar -C "as.$form" -xf "t.$form" 2>said || fail "tar: $(cat said)"
  assert_eq "$wanted" "$(snapshot "as.$form")" "tar -x of $form"
  rs verify --isolated --fail-on=never "t.$form" --json >verdict || fail "verify $form"
  assert_eq '[]' "$(json '[f for p in d["data"]["platforms"] for f in p["findings"] if f["rule"].startswith("archive")]' <verdict)"
done
python3 - <<'END'
import os, tarfile, zipfile
tree = {os.path.relpath(os.path.join(base, name), "tree")
        for base, folders, files in os.walk("tree") for name in folders + files}
for form in "tar", "tar.gz", "tar.xz":
    with tarfile.open(f"t.{form}", errors="surrogateescape") as tar:
        names = tar.getnames()
        assert names == sorted(names, key=os.fsencode), names
        assert set(names) == tree, set(names) ^ tree
        assert all(m.uid == m.gid == m.mtime == 0 and m.uname == m.gname == "" for m in tar)
with zipfile.ZipFile("t.zip") as archive:
    assert archive.testzip() is None
    assert len(archive.namelist()) == len(tree)
    assert "share/ä.lua" in archive.namelist()
END
if command -v bsdtar >/dev/null; then
  for form in tar tar.gz tar.zst tar.xz zip; do
    mkdir "bsd.$form"
    bsdtar -C "bsd.$form" -xf "t.$form"
    assert_eq "$wanted" "$(snapshot "bsd.$form")" "bsdtar -x of $form"
  done
fi

# GNU tar on short names, which it does not put into extended headers, and that it orders alike.
mkdir -p plain/lib plain/share/empty
cp tree/lib/program plain/lib/program
cp tree/share/nothing tree/share/ä.lua plain/share
rs export plain --output=ours.tar
(cd plain && LC_ALL=C tar --sort=name --format=posix --mtime=@0 --numeric-owner --owner=0 --group=0 --mode=go+u,go-w \
  --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' -cf ../gnu.tar lib share)
cmp ours.tar gnu.tar || fail "GNU tar makes other bytes"

# A prefix, and standard output.
rs export tree --output=- --format=tar --prefix=/opt/gateway | tar -t | sed -n 1p >first
assert_eq opt/gateway/lib/ "$(cat first)"
