#!/usr/bin/env bash
# A tree that is exported as a .rock and built again is the same tree, for each Lua; a rock that LuaRocks packed is staged as
# LuaRocks would install it; a rock that cannot be taken says why, and the tree stays as it is.
. "$(dirname "$0")/lib.sh"
need luarocks lua5.1 lua5.4 luajit gcc python3 tar zip unzip

mkdir rock
cat >rock/core.c <<'END_C'
#include <lua.h>
#include <stdlib.h>
int luaopen_zed_core(lua_State *L) {
  lua_pushvalue(L, LUA_REGISTRYINDEX);
  lua_pushinteger(L, getenv("NOTHING") ? 8 : 7);
  return 1;
}
END_C
echo 'return require "zed.core"' >rock/zed.lua
printf '#!/usr/bin/env lua\nprint((require "zed"))\n' >rock/zed-run
echo terms >rock/LICENSE
cat >rock/zed-1.0-1.rockspec <<'END_SPEC'
package = "zed"
version = "1.0-1"
source = { url = "git+https://example.org/zed" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = { zed = "zed.lua", ["zed.core"] = "core.c" }, install = { bin = { "zed-run" } } }
END_SPEC
arch=linux-$(uname -m)

# refused CODE MESSAGE ARGUMENTS…: what `build` says of a rock, and that the tree was not touched.
mkdir -p kept/share/lua/5.1
kept=$(snapshot kept)
refused() {
  local wanted=$1 message=$2 code=0
  shift 2
  rs build --tree=kept "$@" >said 2>&1 || code=$?
  assert_eq "$wanted" "$code" "build $*: $(cat said)"
  grep -qF -e "$message" said || fail "build $*: wanted '$message', said: $(cat said)"
  assert_eq "$kept" "$(snapshot kept)" "the tree after build $*"
}

# The round trip, also through a tar.
for lua in luajit 5.1 5.4; do
  rs build rock --quiet --tree="tree-$lua" --lua=$lua >said
  rs export --quiet "tree-$lua" --output="out-$lua/" --format=rock >said
  rs build "out-$lua/zed-1.0-1.$arch.rock" --tree="again-$lua" --json >record 2>said || fail "$lua: $(cat said)"
  assert_eq "$(snapshot "tree-$lua")" "$(snapshot "again-$lua")" "the tree for $lua"
  assert_eq "[\"$lua\"]" "$(json 'd["data"]["lua"]' <record)"
  assert_eq '["zed", "zed.core"]' "$(json 'sorted(d["data"]["rocks"][0]["modules"])' <record)"
  rs export --quiet "again-$lua" --output="again-$lua.tar.gz" --with-metadata >said
  mkdir "tar-$lua"
  tar -C "tar-$lua" -xzf "again-$lua.tar.gz"
  assert_eq "$(snapshot "tree-$lua")" "$(snapshot "tar-$lua")" "the tree from the tar for $lua"
  rs export --quiet "again-$lua" --output="second-$lua/" --format=rock >said
  cmp "out-$lua/zed-1.0-1.$arch.rock" "second-$lua/zed-1.0-1.$arch.rock" || fail "the second rock for $lua differs"
done
assert_eq 7 "$(again-5.4/bin/zed-run)"
ours=$PWD/out-5.1/zed-1.0-1.$arch.rock

# LuaRocks installs ours, and rockstage lists that.
luarocks --lua-version=5.1 --tree="$PWD/installed" install "$ours" >said 2>&1 || fail "luarocks: $(cat said)"
rs list --porcelain --tree=installed | grep -q '^zed	1.0-1	installed' || fail "not listed"

# A rock that LuaRocks made: the same tree as LuaRocks' own, but for the wrapper; and the same again where every member is
# marked as a program, as LuaRocks' own writer does.
(cd rock && luarocks --lua-version=5.1 --tree="$scratch/work/theirs" make ./*.rockspec) >said 2>&1 || fail "luarocks: $(cat said)"
luarocks --lua-version=5.1 --tree="$PWD/theirs" pack zed >said 2>&1 || fail "luarocks: $(cat said)"
rs build "zed-1.0-1.$arch.rock" --tree=foreign --lua=5.1 >said 2>&1 || fail "$(cat said)"
assert_eq 7 "$(foreign/bin/zed-run)"
python3 - "zed-1.0-1.$arch.rock" <<'END_PY'
import os, sys, zipfile
os.mkdir("marked")
with zipfile.ZipFile(sys.argv[1]) as source, zipfile.ZipFile("marked/" + sys.argv[1], "w") as out:
    for name in source.namelist():
        if not name.endswith("/"):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr, info.compress_type = 0, 0o755 << 16, zipfile.ZIP_DEFLATED
            out.writestr(info, source.read(name))
END_PY
rs build "marked/zed-1.0-1.$arch.rock" --tree=marked/tree --lua=5.1 >said 2>&1 || fail "$(cat said)"
rm theirs/bin/zed-run foreign/bin/zed-run marked/tree/bin/zed-run
assert_eq "$(snapshot theirs)" "$(snapshot foreign)" "LuaRocks' tree"
assert_eq "$(snapshot foreign)" "$(snapshot marked/tree)" "of a rock whose members are all programs"

# Nothing is built, so nothing is said about how; the plan is the list of files.
rs build "$ours" --tree=kept --dry-run --locked --json >record
assert_eq '["bin/zed-run", "doc/LICENSE", "lib/zed/core.so", "lua/zed.lua", "rockstage.json", "zed-1.0-1.rockspec"]' \
  "$(json '[c["to"] for c in d["data"]["plan"]["variants"][0]["copies"]]' <record)"
assert_eq '5.1' "$(json 'd["data"]["plan"]["variants"][0]["lua"]' <record)"
assert_eq "$kept" "$(snapshot kept)" "the tree after --dry-run"
refused 2 "--features is for a rock that is built, and 'zed-1.0-1.$arch.rock' is a binary rock" "$ours" --features=x
refused 2 "luajit and 5.1 share the directories of Lua 5.1" "$ours" --lua=luajit,5.1
rs build "$ours" --tree='both-{lua}' --lua=luajit --lua=5.1 >said 2>&1 || fail "$(cat said)"
cmp both-luajit/lib/lua/5.1/zed/core.so both-5.1/lib/lua/5.1/zed/core.so

# What is in it must fit.
refused 4 "'zed-1.0-1.$arch.rock': 'lib/zed/core.so' does not fit 5.4: it is built for Lua 5.1 or LuaJIT" "$ours" --lua=5.4
grep -qF 'stage it with --lua luajit' said || fail "said: $(cat said)"
other=riscv64gc
refused 4 "is for $arch, and the target is $other-unknown-linux-gnu" "$ours" --target=$other-unknown-linux-gnu
mkdir bad
cp "$ours" bad/zed-1.0-1.all.rock
refused 4 "'zed-1.0-1.all.rock': 'lib/zed/core.so' is for" bad/zed-1.0-1.all.rock --target=$other-unknown-linux-gnu
refused 4 "needs glibc, and the target is $(uname -m)-unknown-linux-musl" bad/zed-1.0-1.all.rock \
  --target="$(uname -m)-unknown-linux-musl"

# Names.
cp "$ours" "bad/zed-1.1-1.$arch.rock"
refused 4 "it holds 'zed-1.0-1.rockspec', and by its name 'zed-1.1-1.rockspec'" "bad/zed-1.1-1.$arch.rock"
cp "$ours" bad/zed.rock
refused 4 "'bad/zed.rock' is not named as a rock file is" bad/zed.rock
refused 1 "there is no 'bad/none-1.0-1.all.rock'" bad/none-1.0-1.all.rock

# Damage.
file=bad/zed-1.0-1.$arch.rock
head -c 2000 "$ours" >"$file"
refused 4 "'$file': the zip has no end: it is cut off, or followed by something else" "$file"
echo hello >"$file"
refused 4 "'$file': it is no zip" "$file"
: >"$file"
refused 4 "'$file': it is no zip" "$file"
python3 - "$ours" "$file" <<'END_PY'
import struct, sys, zipfile
data = bytearray(open(sys.argv[1], "rb").read())
at = zipfile.ZipFile(sys.argv[1]).getinfo("lua/zed.lua").header_offset
at += 30 + sum(struct.unpack_from("<HH", data, at + 26))
data[at + 5] ^= 255
open(sys.argv[2], "wb").write(data)
END_PY
refused 4 "'lua/zed.lua' " "$file"

# change PYTHON: the rock with its members (a dictionary `m` of name → bytes) changed.
change() {
  python3 - "$ours" "$file" "$1" <<'END_PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as source:
    m = {name: source.read(name) for name in source.namelist()}
exec(sys.argv[3])
with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as out:
    for name, data in m.items():
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        if isinstance(data, str):
            info.create_system, info.external_attr, data = 3, 0o120777 << 16, data.encode()
        out.writestr(info, data)
END_PY
}
change 'm["lua/zed.lua"] += b"os.exit()"'
refused 4 "'$file': 'lua/zed.lua' is not as its rock_manifest says" "$file"
change 'm["lua/more.lua"] = b""'
refused 4 "'$file': its rock_manifest does not list 'lua/more.lua'" "$file"
change 'del m["doc/LICENSE"]'
refused 4 "'$file': its rock_manifest lists 'doc/LICENSE', which is not in it" "$file"
change 'm["../evil"] = b"x"'
refused 4 "'$file': '../evil' is a name that leads out of the archive" "$file"
change 'm["/tmp/evil"] = b"x"'
refused 4 "'$file': '/tmp/evil' is a name that leads out of the archive" "$file"
change 'm["lua/link"] = "/etc/passwd"'
refused 4 "'$file': 'lua/link' is a link" "$file"
change 'm["lua/zeros"] = bytes(400 << 20)'
refused 4 "'$file': the archive unpacks to more than 200 times its size" "$file"
change 'm["zed-1.0-1.rockspec"] = b"os.execute \"touch ran\""'
refused 4 "'zed-1.0-1.rockspec' is not as its rock_manifest says" "$file"
[ ! -e ran ] || fail "the rockspec ran"

# Commands that do not take it say so.
for command in "lint $ours" "dockerfile $ours --runtime=generic-5.1"; do
  code=0
  # shellcheck disable=SC2086
  rs $command >said 2>&1 || code=$?
  assert_eq 2 "$code" "$command"
  grep -q 'takes no rock files' said || fail "$command said: $(cat said)"
done
