#include "elf/crate_object.hpp"

#include "elf/elf_file.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;

namespace {

std::vector<elf::ListedCrate> two_crates() {
  elf::ListedCrate helper{"helper", "0.2.0", "crates.io", true, false, {}};
  elf::ListedCrate root{"root", "1.0.0", "local", false, true, {0}};
  return {helper, root};
}

elf::ElfFacts facts_of(const std::string& bytes) {
  const auto facts = elf::read_elf(bytes);
  if (!facts) FAIL(facts.error().message);
  return *facts;
}

int status_of(const std::vector<std::string>& argv) {
  sys::SystemProcessRunner processes;
  sys::Command command;
  command.argv = argv;
  command.env = sys::Environment::current();
  const auto result = processes.run(command);
  REQUIRE(result);
  INFO(result->err);
  return result->status.ok() ? 0 : 1;
}

}  // namespace

TEST_CASE("crate object: what was listed is read back, for each processor", "[elf][crates]") {
  for (const auto& [target, machine] : {std::pair("x86_64-unknown-linux-gnu", "x86_64"),
                                        std::pair("aarch64-unknown-linux-musl", "aarch64")}) {
    INFO(target);
    REQUIRE(elf::has_crate_object(target));
    const auto object = elf::crate_object(target, two_crates());
    REQUIRE(object);
    const auto facts = facts_of(*object);
    CHECK(elf::machine_name(facts) == machine);
    CHECK(facts.has_dep_v0);
    REQUIRE(facts.crates.size() == 2);
    CHECK(facts.crates[0].name == "helper");
    CHECK(facts.crates[0].version == "0.2.0");
    CHECK(facts.crates[1].source == "local");
    CHECK(facts.damage.empty());
  }
}

TEST_CASE("crate object: equal lists give equal bytes, others do not", "[elf][crates]") {
  const auto first = elf::crate_object("x86_64-a", two_crates());
  auto changed = two_crates();
  changed[0].build_only = false;
  CHECK(*first == *elf::crate_object("x86_64-b", two_crates()));
  CHECK(*first != *elf::crate_object("x86_64-a", changed));
}

TEST_CASE("crate object: another processor is an error that names the target", "[elf][crates]") {
  CHECK_FALSE(elf::has_crate_object("s390x-unknown-linux-gnu"));
  CHECK_FALSE(elf::has_crate_object(""));
  const auto object = elf::crate_object("s390x-unknown-linux-gnu", two_crates());
  REQUIRE_FALSE(object);
  CHECK(object.error().message.find("s390x-unknown-linux-gnu") != std::string::npos);
}

#ifdef __x86_64__
TEST_CASE("crate object: the list stays in a library that is linked sparingly and stripped",
          "[elf][crates]") {
  const auto home = test::temp_dir();
  const auto object = elf::crate_object("x86_64-unknown-linux-gnu", two_crates());
  REQUIRE(object);
  test::put(home.path() + "/crates.o", *object);
  test::put(home.path() + "/a.c", "int answer(void) { return 42; }\n");
  const auto library = home.path() + "/liba.so";
  if (status_of({"sh", "-c", "command -v cc"}) != 0) {
    WARN("no C compiler here");
    return;
  }
  REQUIRE(status_of({"cc",
                     "-shared",
                     "-fPIC",
                     "-Wl,--gc-sections,--strip-all,--fatal-warnings",
                     std::string("-u") + elf::kCrateSymbol,
                     "-o",
                     library,
                     home.path() + "/a.c",
                     home.path() + "/crates.o"})
          == 0);
  const auto facts = facts_of(test::get(library));
  CHECK(facts.crates.size() == 2);
  CHECK_FALSE(facts.executable_stack);
  CHECK_FALSE(elf::exports_symbol(facts, elf::kCrateSymbol));
  CHECK(test::get(library).find(home.path()) == std::string::npos);
}
#endif
