#include "rock/layout.hpp"

#include "rock/variables.hpp"

#include <catch2/catch.hpp>

namespace rockstage::rock {

TEST_CASE("layout: directories of a tree follow the version directory", "[rock]") {
  const Layout layout{"5.4"};
  CHECK(layout.lua_dir() == "share/lua/5.4");
  CHECK(layout.lib_dir() == "lib/lua/5.4");
  CHECK(layout.manifest() == "lib/luarocks/rocks-5.4/manifest");
  CHECK(layout.rock_dir("greet", "1.0-1") == "lib/luarocks/rocks-5.4/greet/1.0-1");
}

TEST_CASE(
    "layout: a file of a rock that does not own its module gets the rock's name and version before "
    "it",
    "[rock]") {
  CHECK(versioned_name("shared/c.so", "zed", "1.0-1") == "zed_1_0_1-shared/c.so");
  CHECK(versioned_name("tool", "lua-zed.x", "2.0.1-3") == "lua_zed_x_2_0_1_3-tool");
}

TEST_CASE("variables: names are replaced once, and what is no name stays", "[rock]") {
  Diagnostics diagnostics;
  const Variables variables = {{"LUADIR", "/r/lua"}, {"CFLAGS", "$(LUADIR) -O2"}, {"A_1", "x"}};
  CHECK(substitute(
            "cp a $(LUADIR)/$(A_1) '$(CFLAGS)'", variables, "build.install_command", diagnostics)
        == "cp a /r/lua/x '$(LUADIR) -O2'");
  CHECK(substitute("$(pwd; ls) $(A) $( $()$(LUADIR", variables, "x", diagnostics)
        == "$(pwd; ls) $(A) $( $()$(LUADIR");
  CHECK(diagnostics.items().empty());
}

TEST_CASE("variables: an unknown name becomes empty, with a warning that says where", "[rock]") {
  Diagnostics diagnostics;
  CHECK(substitute("a$(NOPE)b", {}, "build.build_command", diagnostics) == "ab");
  REQUIRE(diagnostics.items().size() == 1);
  CHECK(diagnostics.items()[0].level == Level::warning);
  CHECK(diagnostics.items()[0].message
        == "build.build_command: unknown variable $(NOPE) becomes an empty text");
}

}  // namespace rockstage::rock
