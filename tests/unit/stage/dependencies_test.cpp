#include "sys/files.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>

namespace rockstage::stage::test {
namespace {

using Texts = std::vector<std::string>;

Texts missing(Workshop& shop, const Texts& dependencies, lua::Lua lua = lua::Lua::luajit) {
  const auto built =
      shop.make({.name = "user", .version = "1.0-1", .files = {}, .dependencies = dependencies});
  const auto found = stage::missing_dependencies(built.spec, shop.tree(), lua);
  REQUIRE(found);
  return *found;
}

RockParts words(const std::string& version) {
  return {.name = "words", .version = version, .files = {{"lua/words.lua", version}}};
}

}  // namespace

TEST_CASE("stage: without a tree, every dependency that the Lua does not bring is missing",
          "[stage]") {
  Workshop shop;
  CHECK(missing(shop, {"lua >= 5.1", "words >= 1.0", "luabitop", "luajit >= 2.0"})
        == Texts{"words >= 1.0"});
  CHECK(missing(shop, {"luabitop", "luajit >= 2.0"}, lua::Lua::lua51)
        == Texts{"luabitop", "luajit >= 2.0"});
  CHECK(missing(shop, {"utf8", "bit32"}, lua::Lua::lua53) == Texts{"bit32"});
  CHECK(missing(shop, {"utf8", "bit32"}, lua::Lua::lua52) == Texts{"utf8"});
  CHECK_FALSE(sys::exists(shop.tree()));
}

TEST_CASE("stage: a dependency is missing unless a version that fits is installed", "[stage]") {
  Workshop shop;
  shop.deploy(words("0.9-1"));
  shop.deploy(words("1.4-2"), OtherVersions::keep);
  CHECK(missing(shop, {"words", "words >= 1.0", "words ~> 1.4", "words == 1.4-2", "words < 1.0"})
            .empty());
  CHECK(missing(shop, {"words >= 2.0", "words ~> 2", "word"})
        == Texts{"words >= 2.0", "words ~> 2", "word"});
}

TEST_CASE("stage: a dependency installed for another Lua is missing", "[stage]") {
  Workshop shop;
  auto five_four = words("1.0-1");
  five_four.lua = lua::Lua::lua54;
  shop.deploy(five_four);
  CHECK(missing(shop, {"words"}) == Texts{"words"});
  CHECK(missing(shop, {"words"}, lua::Lua::lua54).empty());
}

}  // namespace rockstage::stage::test
