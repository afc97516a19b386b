#include "sys/files.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>

// A tree that cannot be exchanged is changed file by file; what a killed process left there is
// finished or taken back.
namespace rockstage::stage::test {
namespace {

RockParts rock(const std::string& version, const std::map<std::string, std::string>& files) {
  return {.name = "rock", .version = version, .files = files};
}

/// A directory that holds more than a tree.
void make_shared_directory(const Workshop& shop) {
  put(shop.in_tree("etc/config.yaml"), "mine");
}

void leave_journal(const Workshop& shop, std::string_view journal) {
  put(shop.in_tree(".rockstage-journal/journal"), journal);
}

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

}  // namespace

TEST_CASE("stage: through the journal, a directory that loses its only file can get another",
          "[stage]") {
  Workshop shop;
  make_shared_directory(shop);
  shop.deploy(rock("1.0-1", {{"lua/a/b/old.lua", "old"}, {"lib/a/old.so", "old"}}));
  shop.deploy(rock("1.0-1", {{"lua/a/b/new.lua", "new"}, {"lib/a/new.so", "new"}}));
  CHECK(files_below(shop.in_tree("share")) == std::vector<std::string>{"lua/5.1/a/b/new.lua"});
  CHECK(files_below(shop.in_tree("lib/lua")) == std::vector<std::string>{"5.1/a/new.so"});
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a file takes the place of a directory, and the reverse", "[stage]") {
  Workshop shop;
  const bool by_journal = GENERATE(false, true);
  if (by_journal) make_shared_directory(shop);
  const auto as_directory = rock("1.0-1", {{"bin/tool/deep/sub", "x = 1"}});
  const auto as_file = rock("1.1-1", {{"bin/tool", "x = 2"}});
  shop.deploy(as_directory);
  shop.deploy(as_file);
  CHECK(files_below(shop.in_tree("bin")) == std::vector<std::string>{"tool"});
  shop.deploy(as_directory);
  CHECK(files_below(shop.in_tree("bin")) == std::vector<std::string>{"tool/deep/sub"});
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a directory of somebody else where a rock has a file is an error", "[stage]") {
  Workshop shop;
  const bool by_journal = GENERATE(false, true);
  if (by_journal) make_shared_directory(shop);
  put(shop.in_tree("bin/tool/mine"), "mine");
  const auto before = snapshot(shop.tree());
  const auto staged = shop.try_deploy(rock("1.0-1", {{"bin/tool", "x = 1"}}));
  REQUIRE_FALSE(staged);
  CHECK(staged.error().message.find("'bin/tool' is a directory") != std::string::npos);
  CHECK(snapshot(shop.tree()) == before);
}

TEST_CASE("stage: new files without a journal are thrown away, and that is said", "[stage]") {
  Workshop shop;
  make_shared_directory(shop);
  shop.deploy(rock("1.0-1", {{"lua/m.lua", "1"}}));
  put(shop.in_tree(".rockstage-journal/new/share/lua/5.1/m.lua"), "half");
  shop.deploy({.name = "other", .version = "1.0-1", .files = {{"lua/other.lua", ""}}});
  CHECK(shop.said(Level::note, "took back a change"));
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua")) == "1");
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a journal is carried out by the next change, and list tells of it", "[stage]") {
  Workshop shop;
  make_shared_directory(shop);
  shop.deploy(rock("1.0-1", {{"lua/m.lua", "1"}, {"lua/gone.lua", ""}}));
  put(shop.in_tree(".rockstage-journal/new/share/lua/5.1/m.lua"), "2");
  // As after a kill half-way: `gone.lua` is gone already.
  leave_journal(shop, "remove\0share/lua/5.1/gone.lua\0put\0share/lua/5.1/m.lua\0"sv);
  REQUIRE(sys::remove_file(shop.in_tree("share/lua/5.1/gone.lua")));

  REQUIRE(stage::list(shop.tree(), shop.diagnostics));
  CHECK(shop.said(Level::warning, "interrupted half-way"));
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua")) == "1");

  shop.deploy({.name = "other", .version = "1.0-1", .files = {{"lua/other.lua", ""}}});
  CHECK(shop.said(Level::note, "finished a change"));
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua")) == "2");
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a journal that leads out of the tree is refused", "[stage]") {
  Workshop shop;
  make_shared_directory(shop);
  shop.deploy(rock("1.0-1", {{"lua/m.lua", "1"}}));
  put(shop.place() + "/outside/file", "mine");
  SECTION("by its path") {
    leave_journal(shop, "remove\0../outside/file\0"sv);
  }
  SECTION("by an absolute path") {
    leave_journal(shop, "remove\0"s + shop.place() + "/outside/file" + '\0');
  }
  SECTION("through a link in the tree") {
    REQUIRE(sys::make_link("../outside", shop.in_tree("share/link")));
    leave_journal(shop, "remove\0share/link/file\0"sv);
  }
  SECTION("by words of another version") {
    leave_journal(shop, "shred\0share/lua/5.1/m.lua\0"sv);
  }
  const auto staged = shop.try_deploy(rock("1.1-1", {{"lua/m.lua", "2"}}));
  CHECK_FALSE(staged);
  CHECK(get(shop.place() + "/outside/file") == "mine");
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua")) == "1");
}

}  // namespace rockstage::stage::test
