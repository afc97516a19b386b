#include "smoke/program.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using Catch::Matchers::Contains;

TEST_CASE("smoke: a Lua string literal is one line, whatever the text holds", "[smoke]") {
  CHECK(smoke::lua_quoted("a.b-c") == "\"a.b-c\"");
  CHECK(smoke::lua_quoted("\"\\\n") == "\"\\\"\\\\\\010\"");
  CHECK(smoke::lua_quoted(std::string_view("\0001", 2)) == "\"\\0001\"");
  CHECK(smoke::lua_quoted("é") == "\"\\195\\169\"");
}

TEST_CASE("smoke: tokens are 32 hexadecimal digits, and two are not the same", "[smoke]") {
  const auto token = smoke::new_token();
  CHECK(token.size() == 32);
  CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(token != smoke::new_token());
}

TEST_CASE("smoke: only the tree is on the paths of a program, in a gateway first", "[smoke]") {
  const smoke::Module module{"a.b", {}, smoke::Module::Kind::lua, {}};
  smoke::ProgramFrame frame{"/t", lua::Lua::lua54, smoke::SearchPaths::tree_only, "f00"};
  CHECK_THAT(smoke::module_program(module, frame),
             Contains("package.path = \"/t/share/lua/5.4/?.lua;/t/share/lua/5.4/?/init.lua\"\n")
                 && Contains("package.cpath = \"/t/lib/lua/5.4/?.so\"\n") && Contains("\"a.b\""));
  frame.paths = smoke::SearchPaths::tree_first;
  CHECK_THAT(smoke::module_program(module, frame),
             Contains("package.cpath = \"/t/lib/lua/5.4/?.so\" .. \";\" .. package.cpath\n"));
  frame.tree.clear();
  CHECK_THAT(smoke::module_program(module, frame), !Contains("package.path"));
}

TEST_CASE("smoke: a first line for the shell is no Lua, and lines keep their numbers", "[smoke]") {
  const smoke::ProgramFrame frame;
  CHECK_THAT(smoke::script_program("s.lua", "#!/usr/bin/lua\nreturn\n", frame),
             Contains("\"--#!/usr/bin/lua\\010return\\010\"") && Contains("\"@s.lua\""));
}

TEST_CASE("smoke: a report is read from among what the module prints", "[smoke]") {
  const auto said =
      smoke::read_report("noise\nf00 failed 0.001500 2048 x:1: a\\010b\\092c\nmore", "f00");
  REQUIRE(said);
  CHECK_FALSE(said->ok);
  CHECK(said->seconds == Approx(0.0015));
  CHECK(said->rss == 2048U * 1024U);
  CHECK(said->error == "x:1: a\nb\\c");

  const auto fine = smoke::read_report("\nf00 ok 1.000000 0 \n", "f00");
  REQUIRE(fine);
  CHECK((fine->ok && fine->rss == 0 && fine->error.empty()));
}

TEST_CASE("smoke: without the token there is no report", "[smoke]") {
  CHECK_FALSE(smoke::read_report("", "f00"));
  CHECK_FALSE(smoke::read_report("\nbad ok 1 1 \n", "f00"));
  CHECK_FALSE(smoke::read_report("\nf00", "f00"));
  CHECK_FALSE(smoke::read_report("\n ok 1 1 \n", ""));
}

TEST_CASE("smoke: a damaged report reads as zeros", "[smoke]") {
  for (const char* out :
       {"\nf00 ", "\nf00 ok", "\nf00 ok x y \\9", "\nf00 ok 1e999 99999999999999999999 \\"}) {
    INFO(out);
    CHECK(smoke::read_report(out, "f00"));
  }
}
