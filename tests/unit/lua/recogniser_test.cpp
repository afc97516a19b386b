#include "lua/evaluator.hpp"

#include <catch2/catch.hpp>

namespace rockstage::lua {

TEST_CASE("recogniser: Lua 5.1 text compiles, with or without a first line for the shell",
          "[lua]") {
  CHECK(compiles_as_lua("return 1"));
  CHECK(compiles_as_lua("#!/usr/bin/env lua\nprint('x')\n"));
  CHECK(compiles_as_lua(""));
  CHECK_FALSE(compiles_as_lua("#!/bin/sh\necho hi\n"));
  CHECK_FALSE(compiles_as_lua("import os\n"));
  CHECK_FALSE(compiles_as_lua("\x1BLuaQ"));
  CHECK_FALSE(compiles_as_lua(std::string_view("x = 1\0", 6)));
}

TEST_CASE("recogniser: what LuaJIT and later Luas add to the syntax is Lua", "[lua]") {
  CHECK(compiles_as_lua(
      "for i = 1, 3 do if i == 2 then goto continue end print(i) ::continue:: end"));
  CHECK(compiles_as_lua("local x = 0xFFULL + 12LL + 3i"));
  CHECK(compiles_as_lua("local x = 0x1p-2 + 0xA.8p0 + 3e+4"));
  CHECK(compiles_as_lua("local s = '\\u{48}\\x41\\z\n  b'"));
  CHECK(compiles_as_lua("local x <const>, y <close> = 1 // 2, ~3"));
  CHECK(compiles_as_lua("local b = (a & 1) | (c ~ 2) << 3 >> 4"));
  CHECK(compiles_as_lua("while true do break; print(1) end"));
  CHECK(compiles_as_lua("local s = [[ a [[ b ]] -- [[ comment"));
}

TEST_CASE("recogniser: text that no Lua takes stays none", "[lua]") {
  CHECK_FALSE(compiles_as_lua("local x = 'unfinished"));
  CHECK_FALSE(compiles_as_lua("local x = 12q"));
  CHECK_FALSE(compiles_as_lua("goto"));
  CHECK_FALSE(compiles_as_lua("x = 1 & & 2"));
  CHECK_FALSE(compiles_as_lua("::a:: ::"));
  CHECK_FALSE(compiles_as_lua("#include <stdio.h>\nint main(void) { return 0; }\n"));
}

TEST_CASE("recogniser: a command is a script when its text, its first line or its name says so",
          "[lua]") {
  CHECK(is_lua_script("print(1)", "tool"));
  CHECK(is_lua_script("#!/usr/bin/env luajit\nunknown @ syntax", "tool"));
  CHECK(is_lua_script("unknown @ syntax", "tool.lua"));
  CHECK_FALSE(is_lua_script("unknown @ syntax", "tool"));
  CHECK_FALSE(is_lua_script(std::string_view("\x7F"
                                             "ELF\0",
                                             5),
                            "tool.lua"));
  CHECK_FALSE(is_lua_script("\x1BLuaQ", "tool.lua"));
}

TEST_CASE("recogniser: a shell script that happens to be valid Lua is no Lua script", "[lua]") {
  CHECK_FALSE(is_lua_script("#!/bin/sh\nFOO=bar\n", "tool"));
  CHECK_FALSE(is_lua_script("#! /usr/bin/env bash -e\nFOO=bar\n", "tool"));
  CHECK(is_lua_script("#!/usr/bin/env resty\nFOO=bar\n", "tool"));
}

}  // namespace rockstage::lua
