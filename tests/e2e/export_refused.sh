#!/usr/bin/env bash
# What cannot be exported is refused with the word for it, the exit code of the manual, and nothing written; bytes that are no UTF-8,
# closed pipes and trees without metadata are no reason.
. "$(dirname "$0")/lib.sh"
need python3 setpriv tar zstd

fresh() {
  rm -rf tree out outside
  mkdir -p tree/share/lua/5.1 out
  echo 'return 1' >tree/share/lua/5.1/m.lua
}
# refused CODE MESSAGE ARGUMENTS…: of an export of the tree; nothing comes into out.
refused() {
  local wanted=$1 message=$2 code=0 before
  shift 2
  before=$(ls -A out)
  rs export --quiet tree "$@" >stdout 2>said || code=$?
  assert_eq "$wanted" "$code" "$*: $(cat said)"
  assert_eq "error: $message" "$(sed -n 1p said)" "$*"
  assert_eq "" "$(cat stdout)" "standard output of $*"
  assert_eq "$before" "$(ls -A out)" "written by $*"
}
to=--output=out/a.tar.zst

odd="'tree/share/odd' is a socket, a device or a FIFO: no archive carries it"
fresh && mkfifo tree/share/odd
refused 4 "$odd" $to
fresh && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("tree/share/odd")'
refused 4 "$odd" $to
if fresh && mknod tree/share/odd c 1 3 2>/dev/null; then refused 4 "$odd" $to; fi
fresh && ln -s /etc/passwd tree/share/odd
refused 4 "'tree/share/odd' is a link to the absolute path '/etc/passwd'" $to
fresh && ln -s ../../etc tree/share/odd
refused 4 "'tree/share/odd' is a link out of the tree, to '../../etc'" $to
fresh && ln -s nothing tree/share/odd
refused 4 "'tree/share/odd' is a link to 'nothing', which is not exported" $to
fresh && ln -s odd tree/share/odd
refused 4 "'tree/share/odd' is a link to 'odd', which is not exported" $to
fresh && mkdir -p tree/lib/luarocks && touch tree/lib/luarocks/x && ln -s ../lib/luarocks/x tree/share/odd
refused 4 "'tree/share/odd' is a link to '../lib/luarocks/x', which is not exported" $to
rs export --quiet tree $to --with-metadata >stdout || fail "refused with its target"

fresh
refused 2 "--output 'tree/a.tar' lies in the tree that is exported" --output=tree/a.tar
refused 2 "--output 'tree/share/../a.tar' lies in the tree that is exported" --output=tree/share/../a.tar
ln -s ../tree/share outside
mv outside out/inside
refused 2 "--output 'out/inside/a.tar' lies in the tree that is exported" --output=out/inside/a.tar
rm out/inside
refused 4 "'tree' has no rock metadata (lib/luarocks), which a rock or a name is made from" --output=out/
refused 4 "'tree' has no rock metadata (lib/luarocks), which a rock or a name is made from" --output=out/a.rock
refused 2 "the name 'out/a.7z' says nothing of the form of the archive" --output=out/a.7z
refused 2 "where to? --output FILE is missing"
refused 1 "cannot write 'missing/a.tar': no such file or directory" --output=missing/a.tar
SOURCE_DATE_EPOCH=today refused 2 "SOURCE_DATE_EPOCH is 'today', which is no number of seconds since 1970" $to
rm -rf tree && mkdir -p tree/lib/luarocks
refused 4 "there is nothing to export in 'tree'" $to
rm -rf tree
refused 1 "there is no 'tree'" $to
echo >tree
refused 4 "'tree' is no directory" $to
rm tree

# What is there stays, until --force says otherwise; then it is replaced at once, and a link to it stays one.
fresh
echo old >out/a.tar
refused 1 "'out/a.tar' is there already" --output=out/a.tar
ln -s a.tar out/link.tar
rs export --quiet tree --output=out/link.tar --force >stdout
[ -L out/link.tar ] || fail "the link is gone"
tar -tf out/a.tar >/dev/null || fail "the file behind the link is as it was"

# Names that are no UTF-8, in a message too.
fresh
odd=$(printf 'tree/share/\377\n\033[31m')
echo 1 >"$odd"
rs export --quiet tree $to >stdout
mkdir as
zstd -qdc out/a.tar.zst | tar -C as -x
assert_eq "$(snapshot tree)" "$(snapshot as)" "names that are no UTF-8"
rm "$odd" && mkfifo "$odd"
rs export --quiet tree $to --force 2>said && fail "exported a FIFO"
! grep -q "$(printf '\033')" said || fail "an escape reaches the terminal"
python3 -c 'import sys; assert b"\xff" not in open("said", "rb").read()' || fail "a byte that is no text reaches the terminal"

# A reader that goes away ends it quietly; a disk that is full does not.
fresh
head -c 30000000 /dev/urandom >tree/share/large
for form in tar tar.gz tar.zst zip; do
  { rs export tree --quiet --output=- --format=$form 2>said && echo "$?" >code || echo "$?" >code; } | head -c 10 >head
  assert_eq 0 "$(cat code)" "a closed pipe: $(cat said)"
  assert_eq "" "$(cat said)" "said to a closed pipe"
done
if [ -c /dev/full ]; then
  code=0
  rs export tree --quiet --output=- --format=tar >/dev/full 2>said || code=$?
  assert_eq 1 "$code" "a full standard output: $(cat said)"
  code=0
  rs export tree --quiet --output=/dev/full --format=tar 2>said || code=$?
  assert_eq 1 "$code" "a full device: $(cat said)"
fi

# A limit on threads is told, not waited for.
if [ "$(id -u)" = 0 ] && command -v prlimit >/dev/null; then
  cp "$ROCKSTAGE" "$scratch/rockstage"
  chmod 755 "$scratch" "$scratch/work"
  chown 23456 out
  for form in tar.gz tar.zst tar.xz; do
    code=0
    timeout 60 setpriv --reuid=23456 --regid=23456 --clear-groups prlimit --nproc=1 \
      "$scratch/rockstage" export --isolated --quiet tree --output="out/limited.$form" 2>said || code=$?
    assert_eq 1 "$code" "without threads, $form: $(cat said)"
    grep -qE 'thread|memory' said || fail "without threads, $form: $(cat said)"
  done
fi
