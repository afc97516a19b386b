#include "sys/files.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>

namespace rockstage::stage::test {
namespace {

RockParts rock(const std::string& name,
               const std::string& version,
               const std::vector<std::string>& dependencies = {}) {
  return {.name = name,
          .version = version,
          .files = {{"lua/" + name + ".lua", ""}, {"bin/run-" + name, "print(1)\n"}},
          .dependencies = dependencies};
}

std::vector<std::string> names(const std::vector<InstalledRock>& rocks) {
  std::vector<std::string> out;
  for (const auto& one : rocks)
    out.push_back(one.name + " " + one.version + " " + one.v);
  return out;
}

}  // namespace

TEST_CASE("stage: list is sorted by name, newest version first", "[stage]") {
  Workshop shop;
  shop.deploy(rock("words", "0.9-1"));
  shop.deploy(rock("words", "0.10-1"), OtherVersions::keep);
  shop.deploy(rock("alpha", "1.0-1"));
  const auto found = stage::list(shop.tree(), shop.diagnostics);
  REQUIRE(found);
  CHECK(names(*found)
        == std::vector<std::string>{"alpha 1.0-1 5.1", "words 0.10-1 5.1", "words 0.9-1 5.1"});
  CHECK((*found)[0].rocks_dir == shop.in_tree("lib/luarocks/rocks-5.1"));
}

TEST_CASE("stage: list without a tree is an error, of an empty tree it is empty", "[stage]") {
  Workshop shop;
  const auto none = stage::list(shop.tree(), shop.diagnostics);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::not_found);
  CHECK(none.error().message.find(shop.tree()) != std::string::npos);

  REQUIRE(sys::make_directories(shop.tree()));
  const auto empty = stage::list(shop.tree(), shop.diagnostics);
  REQUIRE(empty);
  CHECK(empty->empty());
}

TEST_CASE("stage: show tells modules, commands and dependencies with their files", "[stage]") {
  Workshop shop;
  shop.deploy(rock("low", "3.0-1"));
  shop.deploy(rock("mid", "2.0-1", {"low"}));
  shop.deploy(rock("top", "1.0-1", {"lua >= 5.1", "mid >= 1.0", "gone"}));
  const auto found = stage::show(shop.tree(), "top", "", shop.diagnostics);
  REQUIRE(found);
  CHECK(found->summary == "the rock top");
  CHECK(found->license == "MIT");
  CHECK(found->modules
        == std::map<std::string, std::string>{{"top", shop.in_tree("share/lua/5.1/top.lua")}});
  CHECK(found->commands
        == std::map<std::string, std::string>{{"run-top", shop.in_tree("bin/run-top")}});
  CHECK(found->dependencies
        == std::vector<std::pair<std::string, std::string>>{
            {"lua >= 5.1", "5.1-1"}, {"mid >= 1.0", "2.0-1"}, {"gone", ""}});
  // All that is installed, as LuaRocks lists it.
  CHECK(found->indirect_dependencies
        == std::map<std::string, std::string>{{"low", "3.0-1"}, {"mid", "2.0-1"}});
}

TEST_CASE("stage: show names the file under its versioned name where another rock owns the module",
          "[stage]") {
  Workshop shop;
  shop.deploy({{.name = "abe", .version = "1.0-1", .files = {{"lua/m.lua", ""}}},
               {.name = "zed", .version = "1.0-1", .files = {{"lua/m.lua", ""}}}});
  const auto found = stage::show(shop.tree(), "zed", "", shop.diagnostics);
  REQUIRE(found);
  CHECK(found->modules.at("m") == shop.in_tree("share/lua/5.1/zed_1_0_1-m.lua"));
}

TEST_CASE("stage: show of a rock that is not installed suggests the nearest name", "[stage]") {
  Workshop shop;
  shop.deploy(rock("textkit", "1.0-1"));
  const auto found = stage::show(shop.tree(), "textkti", "", shop.diagnostics);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::not_found);
  CHECK((found.error().message + found.error().hint).find("textkit") != std::string::npos);

  const auto other_version = stage::show(shop.tree(), "textkit", "9.9-1", shop.diagnostics);
  REQUIRE_FALSE(other_version);
  CHECK(other_version.error().code == Errc::not_found);
}

TEST_CASE("stage: remove leaves no file and no empty directory of the rock", "[stage]") {
  Workshop shop;
  shop.deploy(rock("stays", "1.0-1"));
  const auto before = snapshot(shop.tree());
  shop.deploy({.name = "goes",
               .version = "1.0-1",
               .files = {{"lua/goes/a/b.lua", ""}, {"lib/goes/c.so", ""}, {"bin/goes", "x = 1"}}});
  shop.remove("goes");
  CHECK(snapshot(shop.tree()) == before);
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: remove takes one version when it is named, else all", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a", "1.0-1"));
  shop.deploy(rock("a", "2.0-1"), OtherVersions::keep);
  SECTION("one") {
    shop.remove("a", "1.0-1");
    CHECK(names(*stage::list(shop.tree(), shop.diagnostics))
          == std::vector<std::string>{"a 2.0-1 5.1"});
  }
  SECTION("all") {
    shop.remove("a");
    CHECK(stage::list(shop.tree(), shop.diagnostics)->empty());
  }
}

TEST_CASE("stage: remove refuses what another rock needs, unless forced", "[stage]") {
  Workshop shop;
  shop.deploy(rock("words", "1.0-1"));
  shop.deploy(rock("greet", "1.0-1", {"words >= 1.0"}));
  const auto before = snapshot(shop.tree());
  RemoveRequest request = {shop.tree(), "words", ""};
  const auto refused = stage::remove(request, shop.io, shop.diagnostics);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::invalid_input);
  CHECK(refused.error().message.find("greet") != std::string::npos);
  CHECK(refused.error().hint.find("--force") != std::string::npos);
  CHECK(snapshot(shop.tree()) == before);

  request.force = true;
  CHECK(stage::remove(request, shop.io, shop.diagnostics));
  CHECK(names(*stage::list(shop.tree(), shop.diagnostics))
        == std::vector<std::string>{"greet 1.0-1 5.1"});
}

TEST_CASE("stage: remove of one version is fine when another satisfies the dependency", "[stage]") {
  Workshop shop;
  shop.deploy(rock("words", "1.0-1"));
  shop.deploy(rock("words", "2.0-1"), OtherVersions::keep);
  shop.deploy(rock("greet", "1.0-1", {"words >= 1.0"}));
  shop.remove("words", "1.0-1");
  CHECK(stage::list(shop.tree(), shop.diagnostics)->size() == 2);
}

TEST_CASE("stage: remove of what is not there changes nothing", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a", "1.0-1"));
  const auto before = snapshot(shop.tree());
  const auto removed = stage::remove({shop.tree(), "b", ""}, shop.io, shop.diagnostics);
  REQUIRE_FALSE(removed);
  CHECK(removed.error().code == Errc::not_found);
  CHECK(snapshot(shop.tree()) == before);

  const auto no_tree = stage::remove({shop.place() + "/none", "b", ""}, shop.io, shop.diagnostics);
  REQUIRE_FALSE(no_tree);
  CHECK(no_tree.error().code == Errc::not_found);
  CHECK_FALSE(sys::exists(shop.place() + "/none"));
}

TEST_CASE("stage: purge removes every rock of every Lua and leaves empty manifests", "[stage]") {
  Workshop shop;
  auto five_four = rock("b", "1.0-1");
  five_four.lua = lua::Lua::lua54;
  shop.deploy({rock("a", "1.0-1"), five_four});
  const auto removed = stage::purge(shop.tree(), shop.io, shop.diagnostics);
  REQUIRE(removed);
  CHECK(names(*removed) == std::vector<std::string>{"a 1.0-1 5.1", "b 1.0-1 5.4"});
  CHECK(files_below(shop.tree())
        == std::vector<std::string>{"lib/luarocks/rocks-5.1/manifest",
                                    "lib/luarocks/rocks-5.4/manifest"});
  CHECK(get(shop.in_tree("lib/luarocks/rocks-5.4/manifest"))
        == "commands = {}\ndependencies = {}\nmodules = {}\nrepository = {}\n");
}

TEST_CASE("stage: search paths name the tree's directories", "[stage]") {
  const auto paths = stage::search_paths("/opt/tree", "5.4");
  CHECK(paths.lua_path == "/opt/tree/share/lua/5.4/?.lua;/opt/tree/share/lua/5.4/?/init.lua");
  CHECK(paths.lua_cpath == "/opt/tree/lib/lua/5.4/?.so");
  CHECK(paths.bin == "/opt/tree/bin");
}

}  // namespace rockstage::stage::test
