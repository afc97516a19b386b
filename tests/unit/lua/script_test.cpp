#include "lua/script.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;
using namespace rockstage::lua;

namespace {

/// "module" or "module?" where it is optional.
std::string requires_of(std::string_view source) {
  std::string out;
  for (const Require& require : scan_script(source).requires_)
    out += (out.empty() ? "" : " ") + require.module + (require.optional ? "?" : "");
  return out;
}

std::string loads_of(std::string_view source) {
  std::string out;
  for (const FfiLoad& load : scan_script(source).ffi_loads)
    out += (out.empty() ? "" : " ") + load.name;
  return out;
}

std::string cdefs_of(std::string_view source) {
  std::string out;
  for (const CDeclaration& declaration : scan_script(source).cdefs)
    out += (out.empty() ? "" : " ") + declaration.name + (declaration.optional ? "?" : "");
  return out;
}

}  // namespace

TEST_CASE("script: require with a literal name", "[lua][script]") {
  CHECK(requires_of("require 'a' local b = require(\"b.c\").d require [[e]]") == "a b.c e");
  CHECK(requires_of("local r = require\nr 'a'") == "a");
  CHECK(requires_of("require('a' .. '.b')") == "a.b");
  CHECK(requires_of("require(name) require('a' .. name) x.require 'b' x:require 'c'").empty());
  CHECK(requires_of("-- require 'a'\nlocal s = \"require 'b'\" --[[ require 'c' ]]").empty());
  CHECK(scan_script("\n\nrequire 'a'").requires_.at(0).line == 3);
}

TEST_CASE("script: require in a branch or behind an operator is optional", "[lua][script]") {
  CHECK(requires_of("local bit = bit or require 'a' require 'b'") == "a? b");
  CHECK(requires_of("local x = jit and require('a')") == "a?");
  CHECK(requires_of(
            "if x then require 'a' elseif y then require 'b' else require 'c' end require 'd'")
        == "a? b? c? d");
  CHECK(requires_of("if require('a').ok then f() end while x do require 'b' end") == "a b");
  CHECK(requires_of("local function f() return require 'a' end") == "a");
}

TEST_CASE("script: require inside pcall is optional", "[lua][script]") {
  CHECK(requires_of("local ok, a = pcall(require, 'a') require 'b'") == "a? b");
  CHECK(requires_of("pcall(function() if x then require 'a' end end) require 'b'") == "a? b");
  CHECK(requires_of("xpcall(require, print, 'a')") == "a?");
  CHECK(requires_of("local function try() return require 'a' end pcall(try) require 'b'")
        == "a? b");
  CHECK(requires_of("print(require, 'a') t.pcall(function() require 'b' end)") == "b");
}

TEST_CASE("script: ffi.load and ffi.cdef by every usual way", "[lua][script]") {
  CHECK(loads_of("local ffi = require 'ffi' ffi.load('x') ffi.load 'y'") == "x y");
  CHECK(loads_of("require('ffi').load('x', true) require'ffi'.load 'y'") == "x y");
  CHECK(loads_of("local F = require('ffi') local load = F.load load('x')") == "x");
  CHECK(loads_of("local ok, F = pcall(require, 'ffi') pcall(F.load, 'x')") == "x");
  CHECK(loads_of("other.load('x') load('y') ffi.load(path)").empty());
  CHECK(cdefs_of("local F = require 'ffi' F.cdef [[int a(void);]] F.cdef('int b(' .. 'void);')")
        == "a b");
  CHECK(cdefs_of("require('ffi').cdef 'int a(void);' local cdef = ffi.cdef cdef 'int b(void);'")
        == "a b");
}

TEST_CASE("script: a C name that is looked up inside pcall only is optional", "[lua][script]") {
  const std::string cdef = "ffi.cdef 'int a(void); int b(void);'\n";
  CHECK(cdefs_of(cdef + "pcall(function() return C.a end) C.b()") == "a? b");
  CHECK(cdefs_of(cdef + "pcall(function() return C.a end) C.a() C.b()") == "a b");
  CHECK(cdefs_of(cdef) == "a b");
}

TEST_CASE("script: bytecode says for which VM it is", "[lua][script]") {
  CHECK(bytecode("\x1BLJ\x02") == "LuaJIT");
  CHECK(bytecode("\x1BLuaQ") == "Lua 5.1");
  CHECK(bytecode("\x1BLua\x54") == "Lua 5.4");
  CHECK(bytecode("#!/usr/bin/lua\n\x1BLuaR") == "Lua 5.2");
  CHECK(bytecode("\x1BLua").empty());
  CHECK(bytecode("return 1").empty());
  CHECK(scan_script("\x1BLJ\x02 require 'a'").requires_.empty());
}

TEST_CASE("script: syntax is judged for each Lua", "[lua][script]") {
  const auto facts = scan_script("local x <const> = 1\nlocal y = x // 2\n");
  for (std::size_t i = 0; i < kAllLuas.size(); ++i) {
    const bool later = kAllLuas[i] == Lua::lua54 || kAllLuas[i] == Lua::lua55;
    CHECK(facts.syntax[i].has_value() != later);
  }
  CHECK(check_syntax("x = 1\ny = = 2", Lua::lua51)->line == 2);
  CHECK_FALSE(check_syntax("\xEF\xBB\xBF#!/usr/bin/lua\nreturn 1", Lua::lua52));
  CHECK(check_syntax("\xEF\xBB\xBFreturn 1", Lua::lua51));
}

TEST_CASE("script: limits on locals, upvalues and depth", "[lua][script]") {
  const auto locals = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += "local v" + std::to_string(i) + "\n";
    return text;
  };
  const auto captures = [&](int count) {
    std::string text = locals(count) + "function f() return 0";
    for (int i = 0; i < count; ++i)
      text += "+v" + std::to_string(i);
    return text + " end";
  };
  const auto nested = [](std::size_t count) {
    return "x = " + std::string(count, '(') + "1" + std::string(count, ')');
  };
  for (const Lua lua : kAllLuas) {
    const bool few = is_luajit(lua) || lua == Lua::lua51;
    CHECK_FALSE(check_syntax(locals(200), lua));
    CHECK(check_syntax(locals(201), lua));
    CHECK_FALSE(check_syntax(captures(60), lua));
    CHECK(check_syntax(captures(61), lua).has_value() == few);
    CHECK_FALSE(check_syntax(nested(150), lua));
    CHECK(check_syntax(nested(100'000), lua));
  }
}

TEST_CASE("script: Lua 5.5 declares globals", "[lua][script]") {
  CHECK_FALSE(check_syntax("global print, x\nx = 1 print(x)", Lua::lua55));
  CHECK_FALSE(check_syntax("global x\nglobal *\ny = 1", Lua::lua55));
  CHECK_FALSE(check_syntax("global = 1", Lua::lua55));
  CHECK(check_syntax("global x\ny = 1", Lua::lua55));
  CHECK(check_syntax("global <const> *\ny = 1", Lua::lua55));
  CHECK(check_syntax("for i = 1, 2 do i = 3 end", Lua::lua55));
  CHECK(check_syntax("global x", Lua::lua54));
}

TEST_CASE("script: the wrappers of the jsonscan example", "[lua][script]") {
  const std::string root = test::fixture("../../examples/jsonscan/lua/");
  const auto lib = scan_script(test::get(root + "jsonscan/lib.lua"));
  CHECK(lib.uses_ffi);
  CHECK(lib.walks_cpath);
  REQUIRE(lib.ffi_loads.size() == 1);
  CHECK(lib.ffi_loads[0].name == "jsonscan");
  CHECK(cdefs_of(test::get(root + "jsonscan/lib.lua"))
        == "jsonscan_validate jsonscan_root jsonscan_find jsonscan_next jsonscan_unescape "
           "jsonscan_number jsonscan_version");
  CHECK(lib.cdef_problems.empty());
  CHECK(lib.cdefs[0].line == 5);
  CHECK(std::ranges::count(lib.strings, "libjsonscan") == 1);
  CHECK(requires_of(test::get(root + "jsonscan/table.lua")) == "cjson?");
  CHECK(requires_of(test::get(root + "jsonscan.lua")) == "ffi jsonscan.lib jsonscan.table");
}
