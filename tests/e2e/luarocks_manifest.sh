#!/usr/bin/env bash
# The same rock through LuaRocks and through us: the same manifest, and the same rock_manifest but for rockstage.json and
# the checksum of the .so.
. "$(dirname "$0")/lib.sh"
need luarocks cc lua5.1

mkdir -p rock/src rock/bin
cat >rock/both-1.0-1.rockspec <<'END'
package = "both"
version = "1.0-1"
source = { url = "git+https://example.org/both" }
description = { summary = "Lua and C", license = "MIT" }
dependencies = { "lua >= 5.1, < 5.5", "words >= 1.0" }
build = {
   type = "builtin",
   modules = {
      ["both.core"] = { sources = { "src/core.c" } },
      both = "src/init.lua",
      ["both.util"] = "src/util.lua",
   },
   install = { bin = { "bin/both" }, conf = { "src/both.conf" } },
}
END
cat >rock/src/core.c <<'END'
#include <lua.h>
int luaopen_both_core(lua_State *L) { lua_pushinteger(L, 42); return 1; }
END
echo 'return require("both.core")' >rock/src/init.lua
echo 'return {}' >rock/src/util.lua
echo 'x = 1' >rock/src/both.conf
echo 'print(require("both.core"))' >rock/bin/both
echo MIT >rock/LICENSE
echo '# both' >rock/README.md

cp -r rock theirs
(cd theirs && luarocks --lua-version=5.1 --tree="$PWD/../A" make --deps-mode=none) >luarocks.log 2>&1 || fail "luarocks: $(cat luarocks.log)"
rs build rock --doc --tree=B --lua=5.1 >/dev/null

rocks=lib/luarocks/rocks-5.1
cmp A/$rocks/manifest B/$rocks/manifest || fail "the manifests differ"

# normal FILE: without what may differ; the comma goes with the entry after it.
normal() {
  grep -v rockstage.json "$1" | sed 's/\(\["core.so"\] = \)"[0-9a-f]*"/\1so/; s/,$//'
}
assert_eq "$(normal A/$rocks/both/1.0-1/rock_manifest)" "$(normal B/$rocks/both/1.0-1/rock_manifest)" rock_manifest
grep -q 'rockstage.json' B/$rocks/both/1.0-1/rock_manifest || fail "rockstage.json is not listed"

assert_eq "$(cd A && find . -type f | sort)" "$(cd B && find . -type f ! -name rockstage.json | sort)" "the files"
assert_eq 42 "$(B/bin/both)" "the command"
