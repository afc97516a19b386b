#include "support/cli/cli_run.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

using Strings = std::vector<std::string>;

constexpr const char* kCdylib = "[lib]\ncrate-type = [\"cdylib\"]\n";

/// A project, on a machine without cargo.
struct Project {
  sys::TempDir dir = test::temp_dir();
  test::CliRun run{dir.path() + "/home"};
  std::string root = dir.path() + "/project";

  Project() {
    run.environment.set("PATH", dir.path() + "/no-programs");
    test::put(root + "/.keep", "");
  }

  void put(const std::string& path, const std::string& text) const {
    test::put(root + "/" + path, text);
  }

  /// A package with a library for Lua.
  void crate(const std::string& folder, const std::string& name) const {
    put(folder + "Cargo.toml",
        "[package]\nname = \"" + name + "\"\nversion = \"1.2.0\"\nedition = \"2021\"\n" + kCdylib);
    put(folder + "src/lib.rs", "");
  }

  void rockspec(const std::string& path, const std::string& name, const std::string& rest) const {
    put(path,
        "rockspec_format = '3.0'\npackage = '" + name
            + "'\nversion = '1.0-1'\nsource = {url = 'git+https://example.org/x.git'}\n" + rest);
  }

  [[nodiscard]] test::CliResult init(const Strings& more = {}) const {
    Strings args = {"-C", root, "init"};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }

  [[nodiscard]] std::string file(const std::string& name = "rockstage.yaml") const {
    return test::get(root + "/" + name);
  }
};

}  // namespace

TEST_CASE("init: a crate without a rockspec is described, with the name its Lua files use",
          "[init]") {
  const Project project;
  project.crate("", "textkit-core");
  project.put("lua/textkit/init.lua", "local core = require('textkit.core')\nreturn core\n");
  const auto result = project.init();
  INFO(result.err);
  REQUIRE(result.exit == 0);
  CHECK(result.out == "wrote rockstage.yaml\n");
  CHECK_THAT(project.file(),
             Contains("\n    textkit.core: textkit_core\n")
                 && Contains("\n    textkit: lua/textkit/init.lua\n")
                 && Contains("\nlua: [luajit]\n"));
}

TEST_CASE("init: what it writes is read by the other commands", "[init]") {
  const Project project;
  project.crate("", "fast");
  project.put("lua/fast.lua", "return require('fast.core')\n");
  REQUIRE(project.init({"--runtime", "openresty-bookworm"}).exit == 0);
  const auto config = project.run({"-C", project.root, "--json", "config", "--show-origin"});
  INFO(config.err);
  REQUIRE(config.exit == 0);
  for (const auto& option : config.data().at("options"))
    if (option.at("name") == "lua") {
      CHECK(option.at("origin") == "project file");
      CHECK(option.at("values") == nlohmann::json::array({"luajit"}));
    }
}

TEST_CASE("init: the rockspec is named where there is one, wherever it lies", "[init]") {
  const Project project;
  project.rockspec("rockspecs/qjson-1.0-1.rockspec",
                   "qjson",
                   "build = {type = 'builtin', modules = {qjson = 'qjson.lua'}}\n");
  project.put("qjson.lua", "return {}\n");
  REQUIRE(project.init().exit == 0);
  CHECK_THAT(project.file(), Contains("\nrock: rockspecs/qjson-1.0-1.rockspec\n"));
  CHECK_THAT(project.file(), !Contains("\nbuild:"));
}

TEST_CASE("init: a rock that does not take Lua 5.1 is built for the newest that it takes",
          "[init]") {
  const Project project;
  project.rockspec("new-1.0-1.rockspec",
                   "new",
                   "dependencies = {'lua >= 5.2, < 5.4'}\n"
                   "build = {type = 'builtin', modules = {new = 'new.lua'}}\n");
  project.put("new.lua", "return {}\n");
  REQUIRE(project.init().exit == 0);
  CHECK_THAT(project.file(), Contains("\nlua: [\"5.3\"]\n") && Contains("runtime: generic-5.3\n"));
}

TEST_CASE("init: the runtime is that of the gateway which the Lua files ask for", "[init]") {
  const auto [module, runtime] = GENERATE(table<std::string, std::string>({
      {"apisix.core", "runtime: apisix-debian\n"},
      {"kong.plugins.base", "runtime: kong-ubuntu\n"},
      {"resty.lrucache", "runtime: openresty-bookworm\n"},
      {"resty_like", "runtime: apisix-debian\n"},
  }));
  const Project project;
  project.rockspec(
      "x-1.0-1.rockspec", "x", "build = {type = 'builtin', modules = {x = 'x.lua'}}\n");
  project.put("x.lua", "local m = require('" + module + "')\nreturn m\n");
  const auto result = project.init();
  REQUIRE(result.exit == 0);
  CHECK_THAT(project.file(), Contains(runtime));
  // A guess without a reason is said.
  CHECK((result.err.find("nothing here says") != std::string::npos) == (module == "resty_like"));
}

TEST_CASE("init: a smoke script is found, and one in the root is rockstage's own name", "[init]") {
  const Project project;
  project.crate("", "x");
  SECTION("spec") {
    project.put("spec/smoke.lua", "");
    REQUIRE(project.init().exit == 0);
    CHECK_THAT(project.file(), Contains("\nsmoke:\n  script: spec/smoke.lua\n"));
  }
  SECTION("root") {
    project.put("smoke.lua", "");
    REQUIRE(project.init().exit == 0);
    CHECK_THAT(project.file(), !Contains("\nsmoke:"));
  }
}

TEST_CASE("init: of a workspace with several libraries one is taken and the others named",
          "[init]") {
  const Project project;
  project.put("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
  project.crate("b/", "beta");
  project.crate("a/", "alpha");
  const auto result = project.init();
  INFO(result.err);
  REQUIRE(result.exit == 0);
  CHECK_THAT(project.file(),
             Contains("\n  package: alpha\n") && Contains("Others with a cdylib: beta."));
}

TEST_CASE("init: nothing is overwritten without --force", "[init]") {
  const Project project;
  project.crate("", "x");
  project.put("rockstage.yaml", "lua: luajit\n");
  const auto result = project.init();
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, Contains("'rockstage.yaml' is there already") && Contains("--force"));
  CHECK(project.file() == "lua: luajit\n");
  CHECK(project.init({"--force"}).exit == 0);
  CHECK_THAT(project.file(), Contains("\nbuild:\n"));
}

TEST_CASE("init: a project file with a mistake can be written anew", "[init]") {
  const Project project;
  project.crate("", "x");
  project.put("rockstage.yaml", "lua: [\n");
  CHECK(project.init().exit == 1);
  CHECK(project.init({"--force"}).exit == 0);
}

TEST_CASE("init: a second run changes nothing and is no failure", "[init]") {
  const Project project;
  project.crate("", "x");
  const Strings args = {"--ci", "github", "--json"};
  const auto first = project.init(args).data();
  REQUIRE(first.at("files").size() == 2);
  CHECK(first["files"][0]["path"] == ".github/workflows/rockstage.yml");
  CHECK(first["files"][0]["bytes"] == project.file(".github/workflows/rockstage.yml").size());
  CHECK(first["files"][0]["changed"] == true);
  CHECK(first["files"][1]["path"] == "rockstage.yaml");
  const auto second = project.init(args);
  CHECK(second.exit == 0);
  CHECK(second.data()["files"][0]["changed"] == false);
  CHECK(project.init().exit == 0);
}

TEST_CASE("init: --ci beside a project file that stays takes what the file says", "[init]") {
  const Project project;
  project.crate("", "x");
  project.put("rockstage.yaml",
              "lua: '5.4'\nruntime: debian-lua5.4\nbuild: {modules: {x.fast: x}}\n");
  const auto result = project.init({"--ci", "gitlab"});
  INFO(result.err);
  REQUIRE(result.exit == 0);
  CHECK_THAT(project.file(), Contains("lua: '5.4'"));
  CHECK_THAT(project.file(".gitlab-ci.yml"),
             Contains("--lua=5.4") && Contains("--runtime=debian-lua5.4 --require=x.fast "));
}

TEST_CASE("init: a .gitlab-ci.yml that is there stays, and how to include is said", "[init]") {
  const Project project;
  project.crate("", "x");
  project.put(".gitlab-ci.yml", "test: {script: [true]}\n");
  const auto result = project.init({"--ci", "gitlab"});
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, Contains("include: [{local: .gitlab/rockstage.yml}]"));
  // Nothing was written before that was known.
  CHECK_FALSE(sys::exists(project.root + "/rockstage.yaml"));
}

TEST_CASE("init: modules of a rock that its own commands install are required by its name",
          "[init]") {
  const Project project;
  project.rockspec(
      "scan-1.0-1.rockspec",
      "scan",
      "build = {type = 'command', build_command = 'true', install_command = 'true'}\n");
  project.put("lua/scan.lua", "return {}\n");
  project.put("lua/helper.lua", "return {}\n");
  REQUIRE(project.init({"--ci", "github"}).exit == 0);
  const auto workflow = project.file(".github/workflows/rockstage.yml");
  CHECK_THAT(workflow, Contains("--require=scan --format") && !Contains("helper"));
}

TEST_CASE("init: with no module to require a warning says so", "[init]") {
  const Project project;
  project.rockspec(
      "scan-1.0-1.rockspec",
      "scan",
      "build = {type = 'command', build_command = 'true', install_command = 'true'}\n");
  project.put("Makefile", "");
  const auto result = project.init({"--ci", "github"});
  CHECK(result.exit == 0);
  CHECK_THAT(result.err, Contains("--require=MODULE"));
}

TEST_CASE("init bad input: there is no rock", "[init]") {
  const Project project;
  const auto result = project.init();
  CHECK(result.exit == 4);
  CHECK_THAT(result.err, Contains("there is no rock in"));
}

TEST_CASE("init bad input: unknown values have their nearest name said", "[init]") {
  const Project project;
  project.crate("", "x");
  const auto ci = project.init({"--ci", "githb"});
  CHECK(ci.exit == 2);
  CHECK_THAT(ci.err, Contains("did you mean 'github'?"));
  const auto runtime = project.init({"--runtime", "apisix-debain"});
  CHECK(runtime.exit == 2);
  CHECK_THAT(runtime.err, Contains("apisix-debian"));
}
