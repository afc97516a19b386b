#include "lua/literal.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::lua {

namespace {

std::string error_of(std::string_view text) {
  const auto table = parse_assignments(text, "manifest");
  REQUIRE_FALSE(table);
  CHECK(table.error().code == Errc::invalid_input);
  return table.error().message;
}

std::string round_trip(const std::string& value) {
  Table globals;
  globals.set("x", Value{value});
  const auto again = parse_assignments(write_assignments(globals), "x");
  REQUIRE(again);
  return *again->find("x")->string();
}

}  // namespace

TEST_CASE("literal: every form of a value is read", "[lua]") {
  const auto table = parse_assignments(
      "#!/usr/bin/lua\n"
      "-- a comment\n"
      "a = 'x\\'\\65\\10\\x41\\z\n   y' --[==[ long\n comment ]] ]==]\n"
      "b = [[\nlong\r\ntext]];\n"
      "c = { 1, -2.5e3, 0x10, .5, true, false, nil, [9] = 'nine', [\"k k\"] = {}, n = 1; }\n",
      "manifest");
  REQUIRE(table);
  CHECK(*table->find("a")->string() == "x'A\nAy");
  CHECK(*table->find("b")->string() == "long\ntext");
  const Table& c = *table->find("c")->table();
  REQUIRE(c.items.size() == 6);
  CHECK(*c.items[1].number() == -2500);
  CHECK(*c.items[2].number() == 16);
  CHECK(*c.items[3].number() == 0.5);
  CHECK_FALSE(*c.items[5].boolean());
  CHECK(*c.find("9")->string() == "nine");
  CHECK(c.find("k k")->table()->empty());
}

TEST_CASE(
    "literal: numeric keys that continue the array join it, and the later of two equal keys wins",
    "[lua]") {
  const auto table =
      parse_assignments("x = { 'a', [3] = 'c', [2] = 'b', k = 1, k = 2 }", "manifest");
  REQUIRE(table);
  const Table& x = *table->find("x")->table();
  CHECK(x.items.size() == 3);
  REQUIRE(x.fields.size() == 1);
  CHECK(*x.find("k")->number() == 2);
}

TEST_CASE("literal: what is no data is refused with its line", "[lua]") {
  CHECK(error_of("a = 1\nb = os.exit()")
        == "manifest:2: expected a value (a table, string, number or boolean) near 'os.exit()'");
  CHECK(error_of("a = function() end").find("manifest:1: expected a value") == 0);
  CHECK(error_of("a = 1 + 1").find("manifest:1: expected a name") == 0);
  CHECK(error_of("a = inf").find("expected a value") != std::string::npos);
  CHECK(error_of("a = 0x").find("malformed number") != std::string::npos);
  CHECK(error_of("a = 1..2").find("malformed number") != std::string::npos);
  CHECK(error_of("a = 'x\ny'").find("unfinished string") != std::string::npos);
  CHECK(error_of("a = [[x").find("unfinished long string") != std::string::npos);
  CHECK(error_of("a = '\\400'").find("escape sequence too large") != std::string::npos);
  CHECK(error_of("a = '\\q'").find("unknown escape sequence") != std::string::npos);
  CHECK(error_of("a = { [true] = 1 }").find("expected a string or a number as key")
        != std::string::npos);
  CHECK(
      error_of("a = {")
      == "manifest:1: expected a value (a table, string, number or boolean) at the end of the "
         "file");
  CHECK(error_of("end = 1").find("expected a name") != std::string::npos);
  CHECK(error_of("\xEF\xBB\xBF"
                 "a = 1")
            .find("byte order mark")
        != std::string::npos);
}

TEST_CASE("literal: 200 levels are read, 201 are refused", "[lua]") {
  const auto nested = [](std::size_t levels) {
    return "x = " + std::string(levels, '{') + std::string(levels, '}');
  };
  CHECK(parse_assignments(nested(200), "m"));
  CHECK(error_of(nested(201)).find("more than 200 levels") != std::string::npos);
  CHECK(error_of("x = " + std::string(5'000'000, '{')).find("more than 200 levels")
        != std::string::npos);
}

TEST_CASE(
    "literal: a server's manifest with a hundred thousand entries is read in time that grows with "
    "its size",
    "[lua]") {
  std::string text = "repository = {\n";
  for (int i = 0; i < 100'000; ++i)
    text += "   rock" + std::to_string(i) + " = { [\"1.0-1\"] = { { arch = \"src\" } } },\n";
  const auto table = parse_assignments(text + "}\n", "manifest");
  REQUIRE(table);
  CHECK(table->find("repository")->table()->fields.size() == 100'000);
}

TEST_CASE("literal: tables are written byte for byte as LuaRocks does", "[lua]") {
  Table inner;
  inner.items = {Value{5.0}, Value{1.0}};
  inner.set("string", Value{std::string("5.1")});
  inner.set("revision", Value{2.0});
  Table x;
  x.items = {Value{std::string("first")}, Value{Table{}}};
  x.set("version", Value{inner});
  x.set("goto", Value{true});
  x.set("a-b", Value{-99999.99999});
  x.set("z", Value{1e15});
  Table globals;
  globals.set("x", Value{x});
  globals.set("a", Value{std::string("tab\t1 and \x01 \"q\" \\ caf\xC3\xA9 \x7F")});
  CHECK(write_assignments(globals)
        == "a = \"tab\\0091 and \\1 \\\"q\\\" \\\\ caf\xC3\xA9 \\127\"\n"
           "x = {\n"
           "   \"first\",\n"
           "   {},\n"
           "   [\"a-b\"] = -99999.99999, [\"goto\"] = true,\n"
           "   version = {\n"
           "      5, 1, revision = 2, string = \"5.1\"\n"
           "   },\n"
           "   z = 1e+15\n"
           "}\n");
}

TEST_CASE("literal: a text with a line end is a long bracket with as many = as it needs", "[lua]") {
  Table globals;
  globals.set("x", Value{std::string("a\nb]]c]")});
  CHECK(write_assignments(globals) == "x = [=[\na\nb]]c]]=]\n");
  for (const std::string text : {"a\n]", "\n\n]==]", "]=\n", "x\0y", "q\"\\"})
    CHECK(round_trip(text) == text);
  CHECK(round_trip(std::string("\0001\0", 3)) == std::string("\0001\0", 3));
}

TEST_CASE("literal: a key with a line end is written so that Lua reads it back", "[lua]") {
  Table names;
  names.set("a\nb", Value{true});
  Table globals;
  globals.set("x", Value{names});
  CHECK(write_assignments(globals) == "x = {\n   [\"a\\10b\"] = true\n}\n");
  CHECK(parse_assignments(write_assignments(globals), "x")->find("x")->table()->find("a\nb")
        != nullptr);
}

TEST_CASE("literal: luarocks.lock is read and written byte for byte", "[lua]") {
  const std::string text = test::get(test::fixture("rock/luarocks.lock"));
  const auto table = parse_return(text, "luarocks.lock");
  REQUIRE(table);
  CHECK(*table->find("dependencies")->table()->find("words")->string() == "2.0-3");
  CHECK(write_return(*table) == text);
  CHECK_FALSE(parse_return("return {} x = 1", "luarocks.lock"));
  CHECK_FALSE(parse_return("x = 1", "luarocks.lock"));
}

}  // namespace rockstage::lua
