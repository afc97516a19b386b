#include "sys/files.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

// Several processes at one tree at the same time.
namespace rockstage::stage::test {
namespace {

pid_t start(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  REQUIRE(child > 0);
  return child;
}

bool ended_well(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

RockParts rock(const std::string& name, const std::string& content) {
  return {.name = name,
          .version = "1.0-1",
          .files = {{"lua/" + name + ".lua", content}, {"lua/shared.lua", name}}};
}

}  // namespace

TEST_CASE("stage: of eight builds into a tree at once none is lost", "[stage]") {
  Workshop shop;
  // In a directory that holds more than a tree, they go through the journal.
  const bool by_journal = GENERATE(false, true);
  if (by_journal) put(shop.in_tree("etc/config.yaml"), "mine");
  std::vector<std::string> names;
  std::vector<build::BuiltRock> rocks;
  for (int i = 0; i < 8; ++i) {
    names.push_back("rock" + std::to_string(i));
    rocks.push_back(shop.make(rock(names.back(), "")));
  }
  std::vector<pid_t> builds;
  for (const auto& built : rocks)
    builds.push_back(start([&] {
      return stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics).has_value();
    }));
  for (const auto build : builds)
    CHECK(ended_well(build));

  const auto installed = stage::list(shop.tree(), shop.diagnostics);
  REQUIRE(installed);
  std::vector<std::string> found;
  for (const auto& one : *installed)
    found.push_back(one.name);
  CHECK(found == names);
  CHECK(get(shop.in_tree("share/lua/5.1/shared.lua")) == "rock0");
  CHECK(files_below(shop.in_tree("share/lua/5.1")).size() == 2 * names.size());
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: who lists a tree while it changes sees the old rocks or the new ones",
          "[stage]") {
  Workshop shop;
  shop.deploy({rock("a", "1"), rock("b", "1")});
  const auto stop = shop.place() + "/stop";
  const auto both = shop.make(rock("b", "2"));
  const pid_t changer = start([&] {
    for (int i = 0; !sys::exists(stop); ++i) {
      const bool removes = i % 2 == 0;
      const bool done =
          removes
              ? stage::remove({shop.tree(), "b", ""}, shop.io, shop.diagnostics).has_value()
              : stage::deploy({both}, OtherVersions::remove, shop.io, shop.diagnostics).has_value();
      if (!done) return false;
    }
    return true;
  });
  int torn = 0;
  for (int i = 0; i < 300; ++i) {
    Diagnostics heard;
    const auto seen = stage::list(shop.tree(), heard);
    // `a` is always there, and nothing is ever missing from what is read.
    const bool whole = seen && !seen->empty() && seen->size() <= 2 && seen->front().name == "a"
                       && heard.items().empty();
    torn += whole ? 0 : 1;
  }
  put(stop, "");
  CHECK(ended_well(changer));
  CHECK(torn == 0);
}

}  // namespace rockstage::stage::test
