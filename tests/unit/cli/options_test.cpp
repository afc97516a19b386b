#include "support/cli/cli_run.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

// A test for each option, named after it.

using namespace rockstage;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Strings = std::vector<std::string>;

/// Two projects and a tree beside them: `kit`, a crate without dependencies, and `plain`, a rock of
/// one Lua file.
struct World {
  sys::TempDir dir = test::temp_dir();
  std::string kit = dir.path() + "/kit";
  std::string plain = dir.path() + "/plain";
  std::string tree = dir.path() + "/tree";
  test::CliRun run{dir.path()};

  World() {
    test::put(kit + "/Cargo.toml",
              "[package]\nname = 'kit'\nversion = '1.0.0'\nedition = '2021'\n"
              "[lib]\ncrate-type = ['cdylib']\n"
              "[features]\ndefault = ['simd']\nsimd = []\nextra = []\nluajit = []\nlua54 = []\n");
    test::put(kit + "/Cargo.lock",
              "version = 3\n\n[[package]]\nname = \"kit\"\nversion = \"1.0.0\"\n");
    test::put(kit + "/src/lib.rs", "pub fn f() {}\n");
    test::put(kit + "/kit-1.0-1.rockspec", rockspec("kit", "1.0-1", "rust-mlua", "kit"));
    put_plain("1.0-1");
  }

  static std::string rockspec(const std::string& name,
                              const std::string& version,
                              const std::string& type,
                              const std::string& file) {
    return "rockspec_format = '3.0'\npackage = '" + name + "'\nversion = '" + version
           + "'\nsource = {url = 'git+https://example.org/x'}\ndescription = {license = 'MIT'}\n"
             "build = {type = '"
           + type + "', modules = {" + name + " = '" + file + "'}}\n";
  }

  void put_plain(const std::string& version) const {
    test::put(plain + "/plain.lua", "return {}");
    test::put(plain + "/plain-" + version + ".rockspec",
              rockspec("plain", version, "builtin", "plain.lua"));
  }

  /// The plan of a build of the crate.
  [[nodiscard]] nlohmann::json plan(const Strings& more) const {
    Strings args = {"build", kit, "--tree", tree, "--dry-run", "--json"};
    args.insert(args.end(), more.begin(), more.end());
    const auto result = run(args);
    INFO(result.err);
    REQUIRE(result.exit == 0);
    return result.data().at("plan");
  }

  /// What cargo would be called with.
  [[nodiscard]] Strings cargo(const Strings& more) const {
    return plan(more).at("variants").at(0).at("compiles").at(0).at("argv").get<Strings>();
  }

  [[nodiscard]] test::CliResult build_plain(const Strings& more = {}) const {
    Strings args = {"build", plain, "--tree", tree};
    args.insert(args.end(), more.begin(), more.end());
    auto result = run(args);
    INFO(result.err);
    REQUIRE(result.exit == 0);
    return result;
  }

  [[nodiscard]] Strings rules_of_lint(const Strings& more = {}) const {
    Strings args = {"lint", kit, "--json"};
    args.insert(args.end(), more.begin(), more.end());
    Strings out;
    const auto data = run(args).data();
    for (const auto& finding : data.at("findings"))
      out.push_back(finding.at("rule"));
    return out;
  }
};

bool has(const Strings& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

/// What follows `option` in an argument vector; empty when it is not there.
std::string after(const Strings& argv, const std::string& option) {
  const auto at = std::ranges::find(argv, option);
  return at == argv.end() || at + 1 == argv.end() ? std::string() : *(at + 1);
}

}  // namespace

// build, install, make

TEST_CASE("build --tree: the tree is where the plan stages to, and {lua} is filled in",
          "[options]") {
  const World w;
  CHECK(w.plan({}).at("variants").at(0).at("tree") == w.tree);
  CHECK(w.plan({"--tree", w.tree + "-{lua}"}).at("variants").at(0).at("tree")
        == w.tree + "-luajit");
}

TEST_CASE("build --lua: a variant for each, with the crate's feature for it", "[options]") {
  const World w;
  const auto variants = w.plan({"--lua", "luajit,5.4"}).at("variants");
  REQUIRE(variants.size() == 2);
  CHECK(variants.at(0).at("lua") == "luajit");
  CHECK(variants.at(1).at("lua") == "5.4");
  CHECK(variants.at(1).at("compiles").at(0).at("features") == Strings{"lua54"});
}

TEST_CASE("build --lua-version: LuaRocks' name of --lua", "[options]") {
  CHECK(World().plan({"--lua-version", "5.4"}).at("variants").at(0).at("lua") == "5.4");
}

TEST_CASE("build --target: the triple goes to cargo; an unknown one is told", "[options]") {
  const World w;
  const auto host = after(w.cargo({}), "--target");
  CHECK(after(w.cargo({"--target", host}), "--target") == host);
  const auto unknown =
      w.run({"build", w.kit, "--tree", w.tree, "--dry-run", "--target", "pdp11-unknown-linux-gnu"});
  CHECK(unknown.exit != 0);
  CHECK_THAT(unknown.err, Contains("pdp11-unknown-linux-gnu"));
}

TEST_CASE("build --profile: the profile goes to cargo; release is the default", "[options]") {
  const World w;
  CHECK(after(w.cargo({}), "--profile") == "release");
  CHECK(after(w.cargo({"--profile", "dev"}), "--profile") == "dev");
}

TEST_CASE("build --target-dir: cargo compiles there, else in the cache", "[options]") {
  const World w;
  const auto own = w.dir.path() + "/own";
  CHECK(after(w.cargo({"--target-dir", own}), "--target-dir") == own);
  CHECK_THAT(after(w.cargo({}), "--target-dir"), StartsWith(w.dir.path() + "/cache/rockstage"));
}

TEST_CASE("build --features: and -F, beside the one of the Lua", "[options]") {
  const World w;
  CHECK(after(w.cargo({"--features", "extra,simd"}), "--features") == "extra,simd,luajit");
  CHECK(after(w.cargo({"-F", "extra"}), "--features") == "extra,luajit");
}

TEST_CASE("build --no-default-features: goes to cargo", "[options]") {
  const World w;
  CHECK_FALSE(has(w.cargo({}), "--no-default-features"));
  CHECK(has(w.cargo({"--no-default-features"}), "--no-default-features"));
}

TEST_CASE("build --all-features: goes to cargo", "[options]") {
  const World w;
  CHECK_FALSE(has(w.cargo({}), "--all-features"));
  CHECK(has(w.cargo({"--all-features"}), "--all-features"));
}

TEST_CASE("build --package: and -p, names the crate; an unknown one lists those there are",
          "[options]") {
  const World w;
  CHECK(after(w.cargo({"--package", "kit"}), "--package") == "kit@1.0.0");
  const auto unknown = w.run({"build", w.kit, "--tree", w.tree, "--dry-run", "-p", "kti"});
  CHECK(unknown.exit == 2);
  CHECK_THAT(unknown.err, Contains("no package 'kti'") && Contains("kit"));
}

TEST_CASE("build --manifest-path: the crate's manifest, relative to SOURCE", "[options]") {
  const World w;
  for (const auto* file : {"Cargo.toml", "Cargo.lock", "src/lib.rs"})
    test::put(w.kit + "/sub/" + file, test::get(w.kit + "/" + file));
  CHECK(after(w.cargo({"--manifest-path", "sub/Cargo.toml"}), "--manifest-path")
        == w.kit + "/sub/Cargo.toml");
  const auto missing =
      w.run({"build", w.kit, "--tree", w.tree, "--dry-run", "--manifest-path", "none/Cargo.toml"});
  CHECK(missing.exit == 1);
  CHECK_THAT(missing.err, Contains("none/Cargo.toml"));
}

TEST_CASE("build --locked: fails where there is no lock file", "[options]") {
  const World w;
  CHECK(has(w.cargo({"--locked"}), "--locked"));
  REQUIRE(sys::remove_file(w.kit + "/Cargo.lock"));
  const auto result = w.run({"build", w.kit, "--tree", w.tree, "--dry-run", "--locked"});
  CHECK(result.exit != 0);
  CHECK_THAT(result.err, Contains("Cargo.lock") || Contains("lock file"));
}

TEST_CASE("build --offline: goes to cargo", "[options]") {
  const World w;
  CHECK_FALSE(has(w.cargo({}), "--offline"));
  CHECK(has(w.cargo({"--offline"}), "--offline"));
}

TEST_CASE("build --frozen: is --locked and --offline", "[options]") {
  const World w;
  const auto argv = w.cargo({"--frozen"});
  CHECK(has(argv, "--locked"));
  CHECK(has(argv, "--offline"));
}

TEST_CASE("build --jobs: and -j, goes to cargo; 0 and words are refused", "[options]") {
  const World w;
  CHECK(after(w.cargo({"--jobs", "3"}), "--jobs") == "3");
  CHECK(after(w.cargo({"-j", "5"}), "--jobs") == "5");
  for (const auto* wrong : {"0", "many", "-1"})
    CHECK(w.run({"build", w.kit, "--tree", w.tree, "--jobs", wrong}).exit == 2);
}

TEST_CASE("build --var: a variable of the rockspec", "[options]") {
  const World w;
  test::put(w.plain + "/plain-1.0-1.rockspec",
            "package = 'plain'\nversion = '1.0-1'\nsource = {url = '.'}\n"
            "build = {type = 'command', build_command = 'echo $(GREETING)'}\n");
  const auto shown = [&w](const Strings& more) {
    Strings args = {"build", w.plain, "--tree", w.tree, "--dry-run"};
    args.insert(args.end(), more.begin(), more.end());
    return w.run(args).out;
  };
  CHECK_THAT(shown({"--var", "GREETING=good-morning"}), Contains("good-morning"));
  CHECK_THAT(shown({}), !Contains("good-morning"));
}

TEST_CASE("build --doc: stages the documents too", "[options]") {
  const World w;
  test::put(w.plain + "/doc/guide.md", "# Guide\n");
  const auto guide = w.tree + "/lib/luarocks/rocks-5.1/plain/1.0-1/doc/guide.md";
  static_cast<void>(w.build_plain());
  CHECK_FALSE(sys::exists(guide));
  static_cast<void>(w.build_plain({"--doc"}));
  CHECK(sys::exists(guide));
}

TEST_CASE("build --keep: an older version stays", "[options]") {
  const World w;
  const auto versions = [&w] {
    return w.run({"list", "--tree", w.tree, "--json"}).data().at("rocks").size();
  };
  static_cast<void>(w.build_plain());
  w.put_plain("1.1-1");
  static_cast<void>(w.build_plain({"--keep"}));
  CHECK(versions() == 2);
  w.put_plain("1.2-1");
  static_cast<void>(w.build_plain());
  CHECK(versions() == 1);
}

TEST_CASE("build --cache-dir: cargo's own directory lies in it", "[options]") {
  const World w;
  const auto cache = w.dir.path() + "/elsewhere";
  CHECK_THAT(after(w.cargo({"--cache-dir", cache}), "--target-dir"), StartsWith(cache + "/"));
}

TEST_CASE("build --dry-run: prints the plan and writes nothing", "[options]") {
  const World w;
  const auto result = w.run({"build", w.plain, "--tree", w.tree, "--dry-run"});
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, Contains("plain.lua"));
  CHECK_FALSE(sys::exists(w.tree));
}

TEST_CASE("build --deps-mode: none is taken, the others say what does the job", "[options]") {
  const World w;
  static_cast<void>(w.build_plain({"--deps-mode", "none"}));
  for (const auto* mode : {"one", "order", "all"}) {
    const auto result = w.run({"build", w.plain, "--tree", w.tree, "--deps-mode", mode});
    CHECK(result.exit == 2);
    CHECK_THAT(result.err, Contains("does not exist yet") && Contains("hint:"));
  }
}

TEST_CASE("build --verify-reproducible: what is the same in two builds is staged", "[options]") {
  const World w;
  CHECK(w.build_plain({"--json"}).data().at("reproducible").is_null());
  const auto data = w.build_plain({"--verify-reproducible", "--json"}).data();
  CHECK(data.at("reproducible") == true);
  CHECK(data.at("differences").empty());
  CHECK(data.at("rocks").at(0).at("name") == "plain");
}

TEST_CASE("build: options that do not exist yet say what does the job", "[options]") {
  const World w;
  for (const Strings& option : {Strings{"--only-deps"},
                                {"--server", "x"},
                                {"--only-server", "x"},
                                {"--lockfile", "x"},
                                {"--vendor-dir", "x"},
                                {"--no-cache"},
                                {"--sccache"}}) {
    Strings args = {"build", w.plain, "--tree", w.tree};
    args.insert(args.end(), option.begin(), option.end());
    const auto result = w.run(args);
    INFO(option.front());
    CHECK(result.exit == 2);
    CHECK_THAT(result.err, Contains("option '" + option.front() + "' does not exist yet"));
  }
}

TEST_CASE("make: is build, of the directory or the rockspec named", "[options]") {
  const World w;
  const auto result =
      w.run({"make", w.plain + "/plain-1.0-1.rockspec", "--tree", w.tree, "--json"});
  CHECK(result.exit == 0);
  CHECK(result.data().at("rocks").at(0).at("name") == "plain");
}

TEST_CASE("install: of a directory is build; of a name it says what works", "[options]") {
  const World w;
  CHECK(w.run({"install", w.plain, "--tree", w.tree}).exit == 0);
  CHECK(w.run({"install", "some-rock", "1.0", "--tree", w.tree}).exit == 2);
  CHECK(w.run({"install", "--tree", w.tree}).exit == 2);
}

// lint

TEST_CASE("lint --lua: a Lua that the crate has no feature for is found", "[options]") {
  const World w;
  CHECK_FALSE(has(w.rules_of_lint({"--lua", "5.4"}), "rock-lua-feature"));
  CHECK(w.run({"lint", w.kit, "--lua", "5.6"}).exit == 2);
}

TEST_CASE("lint --target: is taken as build takes it", "[options]") {
  const World w;
  CHECK(w.run({"lint", w.plain, "--target", "x86_64-unknown-linux-gnu"}).exit == 0);
}

TEST_CASE("lint --profile: the profile that would be built is judged", "[options]") {
  const World w;
  // Stands for the real one, so that no registry is asked.
  test::put(w.dir.path() + "/mlua/Cargo.toml",
            "[package]\nname = 'mlua'\nversion = '0.11.0'\nedition = '2021'\n"
            "[features]\nmodule = []\nluajit = []\n");
  test::put(w.dir.path() + "/mlua/src/lib.rs", "");
  test::put(w.kit + "/Cargo.toml",
            test::get(w.kit + "/Cargo.toml")
                + "[dependencies]\nmlua = {path = '../mlua', features = ['module']}\n"
                  "[profile.small]\ninherits = 'release'\npanic = 'abort'\n");
  CHECK_FALSE(has(w.rules_of_lint(), "rock-panic-abort"));
  CHECK(has(w.rules_of_lint({"--profile", "small"}), "rock-panic-abort"));
}

TEST_CASE("lint --features: one that the crate does not have is told", "[options]") {
  const World w;
  CHECK(w.run({"lint", w.kit, "--features", "extra"}).exit == 0);
  CHECK(w.run({"lint", w.kit, "-F", "extra", "--no-default-features"}).exit == 0);
}

TEST_CASE("lint --package and --manifest-path: choose the crate", "[options]") {
  const World w;
  CHECK(w.run({"lint", w.kit, "--package", "kit"}).exit == 0);
  CHECK(w.run({"lint", w.kit, "--package", "kti"}).exit == 2);
  CHECK(w.run({"lint", w.kit, "--manifest-path", "Cargo.toml"}).exit == 0);
}

TEST_CASE("lint --format FORM=FILE: into files, several in one run", "[options]") {
  const World w;
  const auto file = [&w](const char* name) { return w.dir.path() + "/" + name; };
  const auto result = w.run({"lint",
                             w.kit,
                             "--format",
                             "json=" + file("r.json"),
                             "--format",
                             "github=" + file("r.txt"),
                             "--format",
                             "junit=" + file("r.xml"),
                             "--format",
                             "sarif=" + file("r.sarif"),
                             "--format",
                             "text"});
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, Contains("0 errors"));
  CHECK(nlohmann::json::parse(test::get(file("r.json"))).contains("findings"));
  CHECK_THAT(test::get(file("r.txt")), Contains("rock-licence"));
  CHECK_THAT(test::get(file("r.xml")), StartsWith("<?xml"));
  CHECK(nlohmann::json::parse(test::get(file("r.sarif"))).at("version") == "2.1.0");
}

TEST_CASE("lint --fail-on: what exit code 3 needs", "[options]") {
  const World w;
  CHECK(w.run({"lint", w.kit}).exit == 0);
  CHECK(w.run({"lint", w.kit, "--fail-on", "warning"}).exit == 0);
  CHECK(w.run({"lint", w.kit, "--fail-on", "note"}).exit == 3);  // no licence file
  CHECK(w.run({"lint", w.kit, "--fail-on", "never"}).exit == 0);
}

// list, show, remove, purge, path, run

TEST_CASE("list --tree and --porcelain: the rocks of that tree, as LuaRocks prints them",
          "[options]") {
  const World w;
  static_cast<void>(w.build_plain());
  CHECK(w.run({"list", "--tree", w.tree, "--porcelain"}).out
        == "plain\t1.0-1\tinstalled\t" + w.tree + "/lib/luarocks/rocks-5.1\n");
  CHECK(w.run({"list", "--tree", w.tree + "-not"}).exit == 1);
}

TEST_CASE("show --tree and --porcelain: one rock, as LuaRocks prints it", "[options]") {
  const World w;
  static_cast<void>(w.build_plain());
  CHECK_THAT(w.run({"show", "plain", "--tree", w.tree, "--porcelain"}).out,
             Contains("package\tplain\n") && Contains("version\t1.0-1\n"));
  CHECK(w.run({"show", "palin", "--tree", w.tree}).exit == 1);
}

TEST_CASE("remove --force: although another rock depends on it", "[options]") {
  const World w;
  static_cast<void>(w.build_plain());
  test::put(w.dir.path() + "/user/user.lua", "return require 'plain'");
  test::put(w.dir.path() + "/user/user-1.0-1.rockspec",
            World::rockspec("user", "1.0-1", "builtin", "user.lua")
                + "dependencies = {'plain >= 1.0'}\n");
  REQUIRE(w.run({"build", w.dir.path() + "/user", "--tree", w.tree}).exit == 0);
  const auto refused = w.run({"remove", "plain", "--tree", w.tree});
  CHECK(refused.exit == 4);
  CHECK_THAT(refused.err, Contains("plain is needed by user"));
  CHECK(sys::is_file(w.tree + "/share/lua/5.1/plain.lua"));
  CHECK(w.run({"remove", "plain", "--tree", w.tree, "--force"}).exit == 0);
  CHECK_FALSE(sys::exists(w.tree + "/share/lua/5.1/plain.lua"));
}

TEST_CASE("purge --tree: every rock of that tree", "[options]") {
  const World w;
  static_cast<void>(w.build_plain());
  CHECK(w.run({"purge"}).exit == 2);
  CHECK(w.run({"purge", "--tree", w.tree}).exit == 0);
  CHECK_FALSE(sys::exists(w.tree + "/share/lua/5.1/plain.lua"));
}

TEST_CASE("path --tree and --lua: the paths of that Lua", "[options]") {
  const World w;
  CHECK_THAT(w.run({"path", "--tree", w.tree, "--lua", "5.4"}).out,
             Contains("LUA_PATH_5_4=") && Contains(w.tree + "/share/lua/5.4/?.lua"));
  CHECK(w.run({"path", "--tree", w.tree, "--lua", "6"}).exit == 2);
}

TEST_CASE("run --tree and --lua: the command sees the paths of that Lua", "[options]") {
  const World w;
  static_cast<void>(w.build_plain());
  // The command takes the place of the process that runs it.
  const auto exit_of = [&w](const Strings& more, const std::string& condition) {
    Strings args = {"run", "--tree", w.tree};
    args.insert(args.end(), more.begin(), more.end());
    args.insert(args.end(), {"--", "sh", "-c", condition});
    const auto child = ::fork();
    if (child == 0) ::_exit(200 + w.run(args).exit);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  CHECK(exit_of({}, "case $LUA_PATH in *tree/share/lua/5.1/*) ;; *) exit 9;; esac") == 0);
  CHECK(
      exit_of({"--lua", "5.4"}, "case $LUA_PATH_5_4 in *tree/share/lua/5.4/*) ;; *) exit 9;; esac")
      == 0);
  CHECK(exit_of({}, "exit 7") == 7);
}

// config, completion, help

TEST_CASE("config --show-origin: says where each value came from", "[options]") {
  World w;
  w.run.environment.set("ROCKSTAGE_JOBS", "2");
  test::put(w.plain + "/rockstage.yaml", "rock: plain-1.0-1.rockspec\nlua: '5.3'\n");
  const auto shown = w.run({"-C", w.plain, "config", "--show-origin"}).out;
  CHECK_THAT(shown, Contains("environment ROCKSTAGE_JOBS"));
  CHECK_THAT(shown, Contains("project file") && Contains("rockstage.yaml:2"));
  CHECK_THAT(w.run({"-C", w.plain, "config"}).out, !Contains("ROCKSTAGE_JOBS"));
}

TEST_CASE("completion: each shell gets every option of verify", "[options]") {
  const World w;
  for (const auto* shell : {"bash", "zsh", "fish"})
    CHECK_THAT(w.run({"completion", shell}).out, Contains("against") && Contains("inspect"));
}

TEST_CASE("help --man: the manual page", "[options]") {
  const auto page = World().run({"help", "--man"});
  CHECK(page.exit == 0);
  CHECK_THAT(page.out, StartsWith(".TH ROCKSTAGE 1") && Contains("rockstage verify"));
}

// options of every command

TEST_CASE("every command: --json: before or after the command, one record", "[options]") {
  const World w;
  CHECK(w.run({"--json", "list", "--tree", w.tree}).json().at("schema") == "rockstage.list/1");
  CHECK(w.run({"list", "--tree", w.tree, "--json"}).json().at("exit") == 1);
}

TEST_CASE("every command: -C: and --directory, work in another directory", "[options]") {
  const World w;
  for (const auto* option : {"-C", "--directory"})
    CHECK(w.run({option, w.plain, "build", "--tree", "t", "--dry-run"}).exit == 0);
  CHECK(w.run({"-C", w.plain + "/none", "list", "--tree", "t"}).exit == 1);
}

TEST_CASE("every command: --quiet: and -q, says no notes; errors are said all the same",
          "[options]") {
  const World w;
  test::put(w.plain + "/plain-1.0-1.rockspec",
            World::rockspec("plain", "1.0-1", "builtin", "plain.lua")
                + "dependencies = {'other >= 1.0'}\n");
  CHECK_THAT(w.build_plain().err, Contains("depends on 'other"));
  CHECK(w.build_plain({"--quiet"}).err.empty());
  CHECK(w.build_plain({"-q"}).err.empty());
  CHECK_THAT(w.run({"-q", "list", "--tree", w.tree + "-none"}).err, Contains("error:"));
}

TEST_CASE("every command: --verbose: and -v, says what each step does", "[options]") {
  const World w;
  CHECK_THAT(w.build_plain().err, !Contains("copy {work}/plain.lua"));
  CHECK_THAT(w.build_plain({"--verbose"}).err, Contains("copy {work}/plain.lua"));
  CHECK_THAT(w.build_plain({"-v"}).err, Contains("copy {work}/plain.lua"));
}

TEST_CASE("every command: --color: always and never; another word is refused", "[options]") {
  const World w;
  const auto said = [&w](const std::string& color) {
    return w.run({"list", "--tree", w.tree, "--color", color}).err;
  };
  CHECK_THAT(said("always"), Contains("\x1b["));
  CHECK_THAT(said("never"), !Contains("\x1b["));
  CHECK_THAT(said("auto"), !Contains("\x1b["));
  CHECK_THAT(said("sometimes"), Contains("--color takes auto, always or never"));
}

TEST_CASE("every command: --isolated: no file and no ROCKSTAGE_ variable is read", "[options]") {
  World w;
  w.run.environment.set("ROCKSTAGE_JOBS", "7");
  test::put(w.dir.path() + "/config/rockstage/config.yaml", "profile: dev\n");
  const auto open = w.cargo({});
  CHECK(after(open, "--jobs") == "7");
  CHECK(after(open, "--profile") == "dev");
  const auto isolated = w.cargo({"--isolated"});
  CHECK_FALSE(has(isolated, "--jobs"));
  CHECK(after(isolated, "--profile") == "release");
}

TEST_CASE("every command: --version: and -V, the version", "[options]") {
  const World w;
  CHECK_THAT(w.run({"--version"}).out, StartsWith("rockstage "));
  CHECK(w.run({"-V"}).out == w.run({"--version"}).out);
}

TEST_CASE("every command: --help: and -h, the command's page", "[options]") {
  const World w;
  CHECK_THAT(w.run({"verify", "--help"}).out, StartsWith("rockstage verify"));
  CHECK(w.run({"verify", "-h"}).out == w.run({"help", "verify"}).out);
}
