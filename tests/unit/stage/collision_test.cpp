#include "rock/manifest.hpp"
#include "sys/files.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>

namespace rockstage::stage::test {
namespace {

/// Two rocks that provide the same modules and command; "abe" is the smaller name.
RockParts rival(const std::string& name) {
  return {.name = name,
          .version = "1.0-1",
          .files = {{"lua/shared/mod.lua", name},
                    {"lib/shared/c.so", name},
                    {"bin/tool", "#!/bin/sh\n: " + name + "\n"}}};
}

using Files = std::map<std::string, std::string>;

/// What lies outside lib/luarocks: path → content.
Files deployed(const Workshop& shop) {
  Files out;
  for (const auto& path : files_below(shop.tree()))
    if (!path.starts_with("lib/luarocks/")) out[path] = get(shop.in_tree(path));
  return out;
}

const Files kOnlyZed = {{"bin/tool", "#!/bin/sh\n: zed\n"},
                        {"lib/lua/5.1/shared/c.so", "zed"},
                        {"share/lua/5.1/shared/mod.lua", "zed"}};

const Files kAbeOwns = {{"bin/tool", "#!/bin/sh\n: abe\n"},
                        {"bin/zed_1_0_1-tool", "#!/bin/sh\n: zed\n"},
                        {"lib/lua/5.1/shared/c.so", "abe"},
                        {"lib/lua/5.1/zed_1_0_1-shared/c.so", "zed"},
                        {"share/lua/5.1/shared/mod.lua", "abe"},
                        {"share/lua/5.1/zed_1_0_1-shared/mod.lua", "zed"}};

}  // namespace

TEST_CASE("stage: of two rocks with one module the bytewise smaller name owns it", "[stage]") {
  Workshop shop;
  SECTION("the loser comes last") {
    shop.deploy(rival("abe"));
    const auto staged = shop.deploy(rival("zed"));
    CHECK(staged[0].modules.at("shared.c") == "lib/lua/5.1/zed_1_0_1-shared/c.so");
  }
  SECTION("the loser was there first") {
    shop.deploy(rival("zed"));
    CHECK(deployed(shop) == kOnlyZed);
    shop.deploy(rival("abe"));
  }
  SECTION("both come together") {
    const auto staged = shop.deploy({rival("zed"), rival("abe")});
    CHECK(staged[0].modules.at("shared.mod") == "share/lua/5.1/zed_1_0_1-shared/mod.lua");
    CHECK(staged[1].modules.at("shared.mod") == "share/lua/5.1/shared/mod.lua");
  }
  CHECK(deployed(shop) == kAbeOwns);

  const auto manifest =
      rock::parse_manifest(get(shop.in_tree("lib/luarocks/rocks-5.1/manifest")), "manifest");
  REQUIRE(manifest);
  CHECK(rock::module_providers(*manifest).at("shared.c")
        == std::vector<std::string>{"abe/1.0-1", "zed/1.0-1"});
  CHECK(rock::command_providers(*manifest).at("tool")
        == std::vector<std::string>{"abe/1.0-1", "zed/1.0-1"});
  CHECK(manifest->repository.at("zed").at("1.0-1").modules.at("shared.c") == "shared/c.so");
}

TEST_CASE("stage: every collision is a warning with owner, loser and the new name", "[stage]") {
  Workshop shop;
  shop.deploy(rival("abe"));
  CHECK(shop.diagnostics.items().empty());
  shop.deploy(rival("zed"));
  int warnings = 0;
  for (const auto& item : shop.diagnostics.items()) {
    CHECK(item.level == Level::warning);
    CHECK(item.message.find("abe 1.0-1") != std::string::npos);
    CHECK(item.message.find("zed 1.0-1") != std::string::npos);
    CHECK(item.message.find("zed_1_0_1-") != std::string::npos);
    ++warnings;
  }
  CHECK(warnings == 3);
}

TEST_CASE("stage: when the owner leaves, the next provider gets the plain names back", "[stage]") {
  Workshop shop;
  shop.deploy({rival("abe"), rival("zed")});
  SECTION("the owner is removed") {
    shop.remove("abe");
    CHECK(deployed(shop) == kOnlyZed);
  }
  SECTION("the owner's next version lacks them") {
    shop.deploy({.name = "abe", .version = "1.1-1", .files = {{"lua/abe.lua", ""}}});
    auto wanted = kOnlyZed;
    wanted["share/lua/5.1/abe.lua"] = "";
    CHECK(deployed(shop) == wanted);
  }
}

TEST_CASE("stage: when the loser leaves, the owner's files stay", "[stage]") {
  Workshop shop;
  shop.deploy({rival("abe"), rival("zed")});
  shop.remove("zed");
  CHECK(deployed(shop)
        == Files{{"bin/tool", "#!/bin/sh\n: abe\n"},
                 {"lib/lua/5.1/shared/c.so", "abe"},
                 {"share/lua/5.1/shared/mod.lua", "abe"}});
}

TEST_CASE("stage: one module as .lua here and .so there is one collision, renamed back on removal",
          "[stage]") {
  Workshop shop;
  const RockParts lua_one = {
      .name = "abe", .version = "1.0-1", .files = {{"lua/shared/c.lua", "lua"}}};
  const RockParts so_one = {
      .name = "zed", .version = "1.0-1", .files = {{"lib/shared/c.so", "so"}}};
  SECTION("the Lua file's rock first") {
    shop.deploy(lua_one);
    shop.deploy(so_one);
  }
  SECTION("the native file's rock first") {
    shop.deploy(so_one);
    shop.deploy(lua_one);
  }
  CHECK(
      deployed(shop)
      == Files{{"lib/lua/5.1/zed_1_0_1-shared/c.so", "so"}, {"share/lua/5.1/shared/c.lua", "lua"}});
  shop.remove("abe");
  CHECK(deployed(shop) == Files{{"lib/lua/5.1/shared/c.so", "so"}});
}

TEST_CASE("stage: a file that LuaRocks left under its versioned name is put right", "[stage]") {
  Workshop shop;
  shop.deploy({.name = "zed", .version = "1.0-1", .files = {{"lib/shared/c.so", "so"}}});
  // As after LuaRocks' removal of a rock that owned the module as a .lua file.
  REQUIRE(sys::make_directories(shop.in_tree("lib/lua/5.1/zed_1_0_1-shared")));
  REQUIRE(sys::rename_path(shop.in_tree("lib/lua/5.1/shared/c.so"),
                           shop.in_tree("lib/lua/5.1/zed_1_0_1-shared/c.so")));
  shop.deploy({.name = "other", .version = "1.0-1", .files = {{"lua/other.lua", ""}}});
  CHECK(deployed(shop)
        == Files{{"lib/lua/5.1/shared/c.so", "so"}, {"share/lua/5.1/other.lua", ""}});
}

TEST_CASE("stage: the owner's file is not taken for that of a loser whose own is gone", "[stage]") {
  Workshop shop;
  shop.deploy({rival("abe"), rival("zed")});
  REQUIRE(sys::remove_file(shop.in_tree("share/lua/5.1/zed_1_0_1-shared/mod.lua")));
  SECTION("another rock comes") {
    shop.deploy({.name = "other", .version = "1.0-1", .files = {{"lua/other.lua", ""}}});
  }
  SECTION("the loser is removed") {
    shop.remove("zed");
  }
  CHECK(get(shop.in_tree("share/lua/5.1/shared/mod.lua")) == "abe");
}

TEST_CASE("stage: three rocks, the owner's part goes from one to the next", "[stage]") {
  Workshop shop;
  const auto with_m = [](const std::string& name) {
    return RockParts{.name = name, .version = "1.0-1", .files = {{"lua/m.lua", name}}};
  };
  shop.deploy({with_m("b"), with_m("a"), with_m("c")});
  CHECK(deployed(shop)
        == Files{{"share/lua/5.1/m.lua", "a"},
                 {"share/lua/5.1/b_1_0_1-m.lua", "b"},
                 {"share/lua/5.1/c_1_0_1-m.lua", "c"}});
  shop.remove("a");
  CHECK(deployed(shop)
        == Files{{"share/lua/5.1/m.lua", "b"}, {"share/lua/5.1/c_1_0_1-m.lua", "c"}});
  shop.remove("b");
  CHECK(deployed(shop) == Files{{"share/lua/5.1/m.lua", "c"}});
}

TEST_CASE("stage: a file that no installed rock owns is moved to FILE~, with a warning",
          "[stage]") {
  Workshop shop;
  put(shop.in_tree("share/lua/5.1/m.lua"), "mine");
  put(shop.in_tree("share/lua/5.1/m.lua~"), "older");
  shop.deploy({.name = "a", .version = "1.0-1", .files = {{"lua/m.lua", "a"}}});
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua")) == "a");
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua~")) == "older");
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua~~")) == "mine");
  CHECK(shop.said(Level::warning, "share/lua/5.1/m.lua"));

  shop.deploy({.name = "a", .version = "1.0-1", .files = {{"lua/m.lua", "again"}}});
  CHECK_FALSE(sys::exists(shop.in_tree("share/lua/5.1/m.lua~~~")));
}

}  // namespace rockstage::stage::test
