#include "report/inspect.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace rockstage::report {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("inspect text: the floor with the symbols that set it", "[report]") {
  InspectedFile file;
  file.path = "x.so";
  file.kind = "native-module";
  file.machine = "x86_64";
  file.libc = "glibc";
  file.floor = "GLIBC_2.39";
  file.floor_symbols = {"pidfd_spawnp"};
  file.strong_floor = "GLIBC_2.34";
  file.lua = {"luajit", "5.1"};
  const auto text = inspect_text({file});
  CHECK_THAT(text, Contains("x.so: native-module, x86_64, 64 bits\n"));
  CHECK_THAT(text,
             Contains("glibc, at least GLIBC_2.39 (for pidfd_spawnp); without weak references "
                      "GLIBC_2.34"));
  CHECK_THAT(text, Contains("luajit, 5.1"));
}

TEST_CASE("inspect json: every key is there, null for nothing", "[report]") {
  InspectedFile file;
  file.crates = {{"mlua", "0.11.0"}};
  const auto record = inspect_data({file}).at("files").at(0);
  for (const auto* key : {"libc", "floor", "strong_floor", "runpath", "rustc", "lua_reason"})
    CHECK(record.at(key).is_null());
  for (const auto* key : {"needed", "exports", "lua", "floor_symbols"})
    CHECK(record.at(key).empty());
  CHECK(record.at("crates").at(0).at("version") == "0.11.0");
}

TEST_CASE("inspect text: control bytes do not reach the terminal", "[report]") {
  InspectedFile file;
  file.path = "\x1b[2J";
  CHECK_THAT(inspect_text({file}), !Contains("\x1b"));
}

}  // namespace
}  // namespace rockstage::report
