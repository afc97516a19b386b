#!/usr/bin/env bash
# Rocks with everything that a rockspec can install, dependencies in all forms and collisions, through Debian's LuaRocks and
# through rockstage: the manifest is the same byte for byte, each rock_manifest but for what docs/commands/build.md names.
. "$(dirname "$0")/lib.sh"
need luarocks lua5.1 gcc

# lua_rock NAME VERSION [DEPENDENCY…]: sources of a rock with one Lua module.
lua_rock() {
  local name=$1 version=$2
  shift 2
  mkdir -p "$name-$version"
  echo "return '$name $version'" >"$name-$version/$name.lua"
  cat >"$name-$version/$name-$version.rockspec" <<END
package = "$name"
version = "$version"
source = { url = "git+https://example.org/$name" }
dependencies = { $([ $# = 0 ] || printf '"%s", ' "$@") }
build = { type = "builtin", modules = { ["$name"] = "$name.lua" } }
END
}

# stage_both DIRECTORY [OPTION…]: stages what is in it into theirs and ours, from a copy each.
stage_both() {
  local rock=$1
  shift
  cp -r "$rock" "$rock.theirs"
  (cd "$rock.theirs" && luarocks --lua-version=5.1 --tree="$scratch/work/theirs" make "$@" ./*.rockspec) >log 2>&1 ||
    fail "luarocks: $(cat log)"
  rs build "$rock" --lua=5.1 --doc --tree=ours "$@" >log 2>&1 || fail "rockstage: $(cat log)"
}

# compare_manifests WHAT
compare_manifests() {
  diff -u theirs/lib/luarocks/rocks-5.1/manifest ours/lib/luarocks/rocks-5.1/manifest || fail "$1: the manifests differ"
}

lua_rock low 2.0beta1-2
lua_rock words 1.0-1 'lua >= 5.1' low
lua_rock words-more 0.10.0-3
for rock in low-2.0beta1-2 words-1.0-1 words-more-0.10.0-3; do stage_both $rock; done
compare_manifests "dependencies"

mkdir -p full/src full/script full/manual/api full/data full/conf
cat >full/src/core.c <<'END'
#include <lua.h>
#include <lauxlib.h>
int luaopen_full_deep_core(lua_State *L) { lua_pushliteral(L, "core"); return 1; }
int luaopen_flat(lua_State *L) { lua_pushliteral(L, "flat"); return 1; }
END
echo 'return {}' >full/src/full.lua
echo 'return "en"' >full/src/init.lua
echo 'return "extra"' >full/src/extra.lua
echo 'return "more"' >full/src/more.lua
echo 'print("hi", ...)' >full/script/say-hi.lua
printf '#!/bin/sh\necho program\n' >full/script/program
chmod +x full/script/program
echo '# manual' >full/manual/index.md
echo '# api' >full/manual/api/index.md
echo '{}' >full/data/table.json
echo 'x = 1' >full/conf/full.conf
cat >full/full-2.1-1.rockspec <<'END'
package = "Full"
version = "2.1-1"
source = { url = "git+https://example.org/full" }
description = { summary = "everything that a rock can hold", license = "MIT" }
dependencies = {
   "lua >= 5.1, < 5.5", "low", "words 1.0", "words == 1.0-1", "words ~= 2.0", "words = 1.0", "words ~> 1",
   "words-more > 0.9, <= 0.10.0", "words-more >= 0.10, < 2, != 1.0",
}
build = {
   type = "builtin",
   modules = {
      full = "src/full.lua",
      ["full.lang"] = "src/init.lua",
      ["full.deep.core"] = "src/core.c",
      flat = { sources = { "src/core.c" }, defines = { "UNUSED=1" } },
   },
   install = {
      lua = { ["full.extra.more"] = "src/more.lua", "src/extra.lua" },
      bin = { ["say-hi"] = "script/say-hi.lua", "script/program" },
      conf = { "conf/full.conf" },
   },
   copy_directories = { "manual", "data" },
}
END
stage_both full
compare_manifests "a rock with everything"

# Its name is smaller, so it takes a module, a native module (for which it has a .lua) and a command.
mkdir -p abe/src
echo 'return "of abe"' >abe/src/full.lua
echo 'return "core of abe"' >abe/src/core.lua
echo 'print("of abe")' >abe/src/tool.lua
cat >abe/abe-1.0-1.rockspec <<'END'
package = "abe"
version = "1.0-1"
source = { url = "git+https://example.org/abe" }
build = {
   type = "builtin",
   modules = { full = "src/full.lua", ["full.deep.core"] = "src/core.lua" },
   install = { bin = { ["say-hi"] = "src/tool.lua" } },
}
END
stage_both abe
compare_manifests "two rocks that collide"

files() { (cd "$1" && find . -mindepth 1 ! -name rockstage.json -printf '%P %y\n' | sort); }
diff -u <(files theirs) <(files ours) || fail "not the same files"

# The rock_manifests without rockstage.json and the checksums of native modules. A comma goes with the entry after it.
common() { sed -E -e '/\["rockstage.json"\] = /d' -e 's/(\["[^"]*\.so"\] = )"[0-9a-f]{32}"/\1so/' -e 's/,$//' "$1"; }
compared=0
for file in $(cd theirs && find . -name rock_manifest); do
  diff -u <(common "theirs/$file") <(common "ours/$file") || fail "$file differs"
  grep -q '"rockstage.json"' "ours/$file" || fail "$file does not list rockstage.json"
  compared=$((compared + 1))
done
assert_eq 5 $compared "rock_manifests"

for file in $(cd theirs && find share lib -type f ! -name '*.so' ! -name rock_manifest); do
  cmp "theirs/$file" "ours/$file" || fail "$file differs"
done

# What LuaRocks would look for on its servers is only declared.
mkdir spaced
echo 'return 1' >spaced/spaced.lua
cat >spaced/spaced-1.0-1.rockspec <<'END'
rockspec_format = "3.0"
package = "spaced"
version = "1.0-1"
source = { url = "git+https://example.org/spaced" }
dependencies = { "ns/words >= 1.0", "low @~> 2.0", "words @2.0", "lua ~> 5.1" }
build = { type = "builtin", modules = { spaced = "spaced.lua" } }
END
rm -r theirs ours
stage_both spaced --deps-mode=none
compare_manifests "a namespace"
