#include "support/cli/cli_run.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

/// A machine with no program at all.
struct Bare {
  sys::TempDir dir = test::temp_dir();
  test::CliRun run{dir.path()};

  Bare() {
    for (const char* variable : {"CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "SSL_CERT_FILE"})
      run.environment.unset(variable);
    run.environment.set("PATH", dir.path() + "/bin");
    run.environment.set("HOME", dir.path());
  }

  void program(const std::string& name, const std::string& script) const {
    test::put(dir.path() + "/bin/" + name, "#!/bin/sh\n" + script + "\n", 0755);
  }

  [[nodiscard]] test::CliResult doctor(std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"-C", dir.path(), "doctor"};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }
};

nlohmann::json tool(const nlohmann::json& data, const std::string& name) {
  for (const auto& one : data.at("tools"))
    if (one.at("name") == name) return one;
  FAIL("no tool " << name);
  return {};
}

}  // namespace

TEST_CASE("doctor: exit code 1 where nothing can be built, with the table all the same",
          "[doctor]") {
  const Bare bare;
  const auto result = bare.doctor();
  CHECK(result.exit == 1);
  CHECK_THAT(result.out, Contains("cargo ") && Contains("missing") && Contains("cargo-web"));
  CHECK_THAT(result.err, Contains("no rock with Rust in it can be built here"));
}

TEST_CASE("doctor: exit code 0 where a build is possible, whatever else is missing", "[doctor]") {
  const Bare bare;
  bare.program("cargo", "echo 'cargo 1.95.0'");
  bare.program("rustc",
               "case $1 in -vV) echo 'host: x86_64-unknown-linux-gnu';;\n--print) echo "
                   + bare.dir.path() + ";;\n*) echo 'rustc 1.95.0';; esac");
  bare.program("cc", "case $1 in -print*) echo /usr/lib/Scrt1.o;; *) echo 'cc 12.2.0';; esac");
  test::put(bare.dir.path() + "/lib/rustlib/x86_64-unknown-linux-gnu/lib/libstd-1.rlib", "");
  const auto result = bare.doctor({"--json"});
  INFO(result.out);
  CHECK(result.exit == 0);
  const auto data = result.data();
  CHECK(tool(data, "cargo")["ok"] == true);
  CHECK(tool(data, "docker")["ok"] == false);
  CHECK(tool(data, "docker")["path"].is_null());
}

TEST_CASE("doctor: the cache directory is the one that a build would take", "[doctor]") {
  Bare bare;
  CHECK(tool(bare.doctor({"--json"}).data(), "cache directory")["path"]
        == bare.dir.path() + "/cache/rockstage");
  SECTION("the environment") {
    bare.run.environment.set("ROCKSTAGE_CACHE_DIR", bare.dir.path() + "/elsewhere");
    const auto place = bare.dir.path() + "/elsewhere";
    CHECK(tool(bare.doctor({"--json"}).data(), "cache directory")["path"] == place);
  }
  SECTION("the project file") {
    test::put(bare.dir.path() + "/rockstage.yaml", "cache: {dir: mine}\n");
    CHECK(tool(bare.doctor({"--json"}).data(), "cache directory")["path"]
          == bare.dir.path() + "/mine");
    CHECK(tool(bare.doctor({"--json", "--isolated"}).data(), "cache directory")["path"]
          == bare.dir.path() + "/cache/rockstage");
  }
  SECTION("a project file with a mistake does not keep the doctor away") {
    test::put(bare.dir.path() + "/rockstage.yaml", "cache: [\n");
    CHECK(bare.doctor().exit == 1);
  }
}

TEST_CASE("doctor bad input: it takes no argument", "[doctor]") {
  const Bare bare;
  CHECK(bare.doctor({"cargo"}).exit == 2);
}
