#include "lua/types.hpp"

#include <catch2/catch.hpp>

namespace rockstage::lua {

TEST_CASE("lua: each Lua has one name and one version directory", "[lua]") {
  for (const Lua lua : kAllLuas)
    CHECK(parse_lua(to_string(lua)).value() == lua);
  CHECK(version_directory(Lua::luajit) == "5.1");
  CHECK(version_directory(Lua::openresty) == "5.1");
  CHECK(version_directory(Lua::lua54) == "5.4");
  CHECK(is_luajit(Lua::openresty));
  CHECK_FALSE(is_luajit(Lua::lua51));
}

TEST_CASE("lua: an unknown Lua is a usage error that names the known ones", "[lua]") {
  const auto lua = parse_lua("luajitt");
  REQUIRE_FALSE(lua);
  CHECK(lua.error().code == Errc::usage);
  CHECK(lua.error().message == "unknown Lua 'luajitt' (did you mean 'luajit'?)");
  CHECK(lua.error().hint == "one of luajit, openresty, 5.1, 5.2, 5.3, 5.4, 5.5");
}

TEST_CASE("lua: a dotted module is a file in directories", "[lua]") {
  CHECK(module_to_path("a.b-c").value() == "a/b-c");
  CHECK(module_to_path("a/b").value() == "a/b");
  for (const std::string bad : {"", ".", "a.", ".a", "a..b", "../a", "a//b", "/a"}) {
    INFO(bad);
    CHECK(module_to_path(bad).error().code == Errc::invalid_input);
  }
  CHECK_FALSE(module_to_path(std::string_view("a\0b", 3)));
}

TEST_CASE("lua: deployed files have the module names that LuaRocks writes", "[lua]") {
  CHECK(path_to_module("a/b.lua") == "a.b");
  CHECK(path_to_module("a/b.so") == "a.b");
  CHECK(path_to_module("a/init.lua") == "a.init");
  CHECK(path_to_module("zed_1_0_1-shared/c.so") == "zed_1_0_1-shared.c");
  CHECK(path_to_module("a/b.dat") == "a/b.dat");
  CHECK(path_to_module("..a.lua") == "a");
}

TEST_CASE("lua: require looks up what follows a hyphen, and 5.2 and later what precedes it first",
          "[lua]") {
  using Names = std::vector<std::string>;
  CHECK(open_names("a.b", Lua::luajit) == Names{"luaopen_a_b"});
  CHECK(open_names("v1-mod", Lua::luajit) == Names{"luaopen_mod"});
  CHECK(open_names("my-lib-x", Lua::lua51) == Names{"luaopen_lib-x"});
  CHECK(open_names("v1-mod", Lua::lua54) == Names{"luaopen_v1", "luaopen_mod"});
}

TEST_CASE("lua: a table replaces, finds and erases by key", "[lua]") {
  Table table;
  table.set("a", Value{1.0});
  table.set("b", Value{true});
  table.set("a", Value{std::string("x")});
  REQUIRE(table.fields.size() == 2);
  CHECK(*table.find("a")->string() == "x");
  CHECK(table.find("b")->type_name() == "boolean");
  table.erase("a");
  CHECK(table.find("a") == nullptr);
}

}  // namespace rockstage::lua
