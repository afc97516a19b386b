#!/usr/bin/env bash
# The same trees in each Lua: syntax, bytecode, ffi and native modules of another one are explained in that Lua's own words.
. "$(dirname "$0")/lib.sh"
need luajit lua5.1 lua5.2 lua5.3 lua5.4 luac5.4 cc

# refuses LUA VERSION CODE TEXT: a tree of one Lua file, loaded in LUA.
refuses() {
  rm -rf tree
  mkdir -p "tree/share/lua/$2"
  printf '%s\n' "$3" >"tree/share/lua/$2/m.lua"
  explained "$1" "$4"
}

explained() {
  local code=0
  rs smoke tree --lua="$1" >out 2>err || code=$?
  assert_eq 3 "$code" "$1: $(cat out err)"
  grep -qF -- "$2" out || fail "$1: wanted '$2' in: $(cat out)"
}

for lua in luajit 5.1 5.2 5.3 5.4; do
  version=${lua/luajit/5.1}
  rm -rf tree
  mkdir -p "tree/share/lua/$version/m"
  echo 'return {}' >"tree/share/lua/$version/m/init.lua"
  rs smoke tree --lua="$lua" --eval 'assert(require "m"); assert(_VERSION == "Lua '"$version"'")' >out 2>err || fail "$lua: $(cat out err)"
  refuses "$lua" "$version" 'return require "inspect"' 'requires inspect, which is not in the tree'
  refuses "$lua" "$version" 'error("no configuration")' 'm.lua fails: '
  refuses "$lua" "$version" 'error(setmetatable({}, {__tostring = function() error "worse" end}))' 'fails'
  refuses "$lua" "$version" 'local x = = 1' 'm.lua does not compile: '
  refuses "$lua" "$version" "$(printf '\033Lua\001')" 'm.lua is bytecode for '
done
refuses luajit 5.1 'return 7 // 2' 'does not compile'
refuses 5.4 5.4 'return require "ffi"' 'needs LuaJIT: it requires ffi, which Lua 5.4 does not have'
rm -rf tree && mkdir -p tree/share/lua/5.1
echo 'return {}' >m.lua
luac5.4 -o tree/share/lua/5.1/m.lua m.lua
explained luajit 'm.lua is bytecode for Lua 5.4'

# What only a gateway has is skipped, and then nothing was loaded.
rm -rf tree && mkdir -p tree/share/lua/5.1
echo 'return ngx.config' >tree/share/lua/5.1/a.lua
echo 'return require "resty.core"' >tree/share/lua/5.1/b.lua
for lua in luajit 5.1; do
  code=0
  rs smoke tree --lua="$lua" >out 2>err || code=$?
  assert_eq 1 "$code" "$(cat out err)"
  assert_eq 2 "$(grep -c '^warning: smoke-skipped' out)" "$(cat out)"
done

# A native module for 5.1 has lua_objlen, which 5.4 has not.
rm -rf tree && mkdir -p tree/lib/lua/5.4
cc -shared -fPIC -xc - -o tree/lib/lua/5.4/m.so <<<'unsigned long lua_objlen(void *, int); int luaopen_m(void *L) { return (int)lua_objlen(L, 1); }'
explained 5.4 'lib/lua/5.4/m.so was built for '
