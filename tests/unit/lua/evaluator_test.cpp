#include "lua/evaluator.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace rockstage::lua {

namespace {

std::string error_of(const std::string& source, const EvaluationLimits& limits = {}) {
  const auto globals = evaluate(source, "x-1.0-1.rockspec", limits);
  REQUIRE_FALSE(globals);
  CHECK(globals.error().code == Errc::invalid_input);
  return globals.error().message;
}

}  // namespace

TEST_CASE("evaluator: locals, concatenation, long strings and string methods work", "[lua]") {
  const auto globals = evaluate(
      "#!/usr/bin/env lua\n"
      "local v, r = '1.2', 3\n"
      "do local _ENV = {} end\n"
      "version = v .. '-' .. r\n"
      "name = ('%s-%d'):format('x', 1):upper()\n"
      "text = [[\nlong]]\n"
      "list = { 'a', 'b', k = true, [10] = 1.5, bytes = 'a\\0b' }\n"
      "third = 1/3\n",
      "x");
  REQUIRE(globals);
  CHECK(*globals->find("version")->string() == "1.2-3");
  CHECK(*globals->find("name")->string() == "X-1");
  CHECK(*globals->find("text")->string() == "long");
  CHECK(*globals->find("third")->number() == 1.0 / 3);
  const Table& list = *globals->find("list")->table();
  CHECK(list.items.size() == 2);
  CHECK(*list.find("10")->number() == 1.5);
  CHECK(*list.find("bytes")->string() == std::string("a\0b", 3));
}

TEST_CASE("evaluator: the environment is empty and strings have no dump", "[lua]") {
  CHECK(error_of("x = os.getenv('HOME')")
        == "x-1.0-1.rockspec:1: attempt to index global 'os' (a nil value)");
  CHECK(error_of("\nx = ('').dump(y)").find("x-1.0-1.rockspec:2: attempt to call field 'dump'")
        == 0);
  CHECK(error_of("x = ('').gfind('a')").find("attempt to call field 'gfind'") != std::string::npos);
  CHECK(error_of("('').rep = 1").find("x-1.0-1.rockspec:1:") == 0);
}

TEST_CASE("evaluator: globals that are read before they are set are named", "[lua]") {
  const auto evaluation = evaluate_noting_reads("a = B\nc = a\nlocal d = e\nB = 1\nf = B", "x");
  REQUIRE(evaluation);
  CHECK(evaluation->undefined_reads == std::vector<std::string>{"B", "a", "e"});
  CHECK(evaluation->globals.fields.size() == 2);
}

TEST_CASE("evaluator: syntax errors name file and line", "[lua]") {
  CHECK(error_of("a = 1\nb = = 2") == "x-1.0-1.rockspec:2: unexpected symbol near '='");
}

TEST_CASE("evaluator: bytecode is never loaded", "[lua]") {
  CHECK(error_of("\x1BLua...") == "x-1.0-1.rockspec: is Lua bytecode, not source text");
  CHECK(error_of("#!x\n\x1BLuaQ").find("x-1.0-1.rockspec:2:") == 0);
}

TEST_CASE("evaluator: a byte order mark is named", "[lua]") {
  CHECK(error_of("\xEF\xBB\xBFpackage = 'x'")
        == "x-1.0-1.rockspec:1: begins with a byte order mark, which Lua does not accept");
}

TEST_CASE("evaluator: an endless loop ends at the instruction limit", "[lua]") {
  CHECK(error_of("while true do end").find("more than 10000000 instructions were run")
        != std::string::npos);
}

TEST_CASE("evaluator: memory has a limit", "[lua]") {
  CHECK(error_of("x = ('x'):rep(1e9)") == "x-1.0-1.rockspec: needs more than 64 MiB of memory");
  CHECK(error_of("local t = {} for i = 1, 1e7 do t[i] = {} end").find("64 MiB")
        != std::string::npos);
}

TEST_CASE("evaluator: a C function that never calls the hook ends at the wall clock", "[lua]") {
  const auto start = std::chrono::steady_clock::now();
  const std::string message =
      error_of("x = ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
               {std::size_t{64} << 20, 10'000'000, 0.5});
  CHECK(message.find("x-1.0-1.rockspec") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("evaluator: what is no data is refused with the field's path", "[lua]") {
  CHECK(error_of("build = { a = { [\"b.c\"] = { 1, function() end } } }")
        == "x-1.0-1.rockspec: build.a[\"b.c\"][2]: a function is no data");
  CHECK(error_of("a = {} a.b = { a }")
        == "x-1.0-1.rockspec: a.b[1]: a table that contains itself is no data");
  CHECK(error_of("a = { [true] = 1 }") == "x-1.0-1.rockspec: a: a boolean as key is no data");
  CHECK(error_of("a = {} local t = a for i = 1, 300 do t.t = {} t = t.t end")
            .find("tables in more than 200 levels")
        != std::string::npos);
}

TEST_CASE(
    "evaluator: a table reached by exponentially many ways is refused, one reached twice is kept",
    "[lua]") {
  CHECK(error_of("local t = {} for i = 1, 40 do t = { t, t } end x = t")
            .find("more than 1000000 values")
        != std::string::npos);
  const auto globals = evaluate("local t = { 'a' } x = { t, t }", "x");
  REQUIRE(globals);
  CHECK(globals->find("x")->table()->items.size() == 2);
}

}  // namespace rockstage::lua
