#include "base/rules.hpp"
#include "cli/parse.hpp"
#include "support/cli/cli_run.hpp"
#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Strings = std::vector<std::string>;

/// A tree of one Lua module, and an interpreter of our own where the machine has no LuaJIT.
struct Tree {
  sys::TempDir dir = test::temp_dir();
  std::string tree = dir.path() + "/tree";
  test::CliRun run{dir.path()};

  Tree() { put("share/lua/5.1/x.lua", "return {}\n"); }

  void put(const std::string& path, const std::string& text) const {
    test::put(tree + "/" + path, text);
  }

  std::string file(const std::string& name, const std::string& text) const {
    test::put(dir.path() + "/" + name, text);
    return dir.path() + "/" + name;
  }

  [[nodiscard]] test::CliResult smoke(const Strings& more = {}) const {
    // The project file of whoever runs the tests is none of ours.
    Strings args = {"-C", dir.path(), "smoke", tree};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }
};

bool has_luajit() {
  return !sys::find_program("luajit", sys::Environment::current()).empty();
}

/// Exit code, and each of `words` is said.
void is(const test::CliResult& result, int exit, const Strings& words) {
  INFO(result.out << result.err);
  CHECK(result.exit == exit);
  for (const auto& word : words)
    CHECK_THAT(result.out + result.err, Contains(word));
}

Strings rules_of(const test::CliResult& result) {
  Strings out;
  const auto data = result.data();
  for (const auto& finding : data.at("findings"))
    out.push_back(finding.at("rule"));
  return out;
}

}  // namespace

TEST_CASE("smoke: a clean tree is exit 0 and says so", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  is(t.smoke(), 0, {"1 module in ", "LuaJIT", "  x  ok ", "0 errors, 0 warnings, 0 notes"});
}

TEST_CASE("smoke: --json has every module with file, status, seconds and memory", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  const auto data = t.smoke({"--json"}).data();
  CHECK(data.at("subject") == t.tree);
  CHECK_THAT(data.at("runtime").get<std::string>(), Contains("LuaJIT"));
  const auto& module = data.at("modules").at(0);
  CHECK(module.at("module") == "x");
  CHECK(module.at("file") == "share/lua/5.1/x.lua");
  CHECK(module.at("status") == "ok");
  CHECK(module.at("seconds").is_number());
  CHECK(module.at("rss").get<std::uint64_t>() > 100'000U);
  CHECK(data.at("findings").empty());
}

TEST_CASE("smoke bad input: no subject", "[smoke]") {
  const Tree t;
  is(t.run({"smoke"}), 2, {"which subject?", "--image REF"});
}

TEST_CASE("smoke bad input: an archive and an image name the command that does the job",
          "[smoke]") {
  const Tree t;
  const auto tar = t.file("tree.tar", "");
  is(t.run({"smoke", tar}), 2, {"'" + tar + "' is none", "tar -xf", "rockstage smoke tree"});
  is(t.run({"smoke", "tar:" + tar}), 2, {"tar -xf"});
  is(t.run({"smoke", "-"}), 2, {"is none"});
  is(t.run({"smoke", "docker-archive:" + tar}), 2, {"docker load"});
  is(t.run({"smoke", "docker://nginx:1"}), 2, {"rockstage smoke --image nginx:1"});
  is(t.run({"smoke", "nginx:1"}), 2, {"rockstage smoke --image nginx:1"});
  test::put(t.dir.path() + "/layout/oci-layout", "{}");
  is(t.run({"smoke", t.dir.path() + "/layout"}), 2, {"is an image", "docker load"});
}

TEST_CASE("smoke bad input: what is not there, and what is no tree", "[smoke]") {
  const Tree t;
  is(t.run({"smoke", t.dir.path() + "/absent"}), 4, {"there is no '"});
  is(t.run({"smoke", t.dir.path(), "--lua=luajit"}), has_luajit() ? 4 : 1, {});
}

TEST_CASE("smoke: dir: names a directory", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  is(t.run({"-C", t.dir.path(), "smoke", "dir:" + t.tree}), 0, {"1 module"});
}

TEST_CASE("smoke: nothing loaded is exit 1", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  REQUIRE(sys::remove_file(t.tree + "/share/lua/5.1/x.lua"));
  is(t.smoke(), 1, {"no module of '", "was the rock built into this tree?"});
}

TEST_CASE("smoke: findings are exit 3, and --fail-on never takes that away", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.put("share/lua/5.1/bad.lua", "error('boom')\n");
  is(t.smoke(), 3, {"error: smoke-load: share/lua/5.1/bad.lua", "bad.lua:1: boom", "1 error"});
  is(t.smoke({"--fail-on=never"}), 0, {"smoke-load"});
}

TEST_CASE("smoke: --fail-on warning counts what was skipped", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.put("share/lua/5.1/gate.lua", "return ngx.config\n");
  is(t.smoke(), 0, {"warning: smoke-skipped"});
  is(t.smoke({"--fail-on=warning"}), 3, {"--nginx"});
  is(t.smoke({"--fail-on=maybe"}), 2, {"--fail-on takes"});
}

TEST_CASE("smoke: --format writes each form", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.put("share/lua/5.1/bad.lua", "error('boom')\n");
  const auto sarif = t.dir.path() + "/out.sarif";
  const auto result =
      t.smoke({"--format=text", "--format=github", "--format=junit", "--format=sarif=" + sarif});
  is(result,
     3,
     {"2 modules in",
      "::error file=share/lua/5.1/bad.lua,title=smoke-load::",
      "<testcase",
      "<failure",
      "name=\"smoke-crash\""});
  CHECK_THAT(test::get(sarif), Contains("\"smoke-load\"") && Contains("\"version\":\"2.1.0\""));
  is(t.smoke({"--format=json"}), 3, {"\"modules\":["});
  is(t.smoke({"--format=xml"}), 2, {"unknown format 'xml'"});
}

TEST_CASE("smoke: --module loads only that one", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.put("share/lua/5.1/bad.lua", "error('boom')\n");
  is(t.smoke({"--module=x"}), 0, {"1 module in"});
  is(t.smoke({"--module=x,bad"}), 3, {"2 modules in"});
  is(t.smoke({"--module=bda"}), 1, {"the tree has no module 'bda' (did you mean 'bad'?)"});
  is(t.smoke({"--module=../x"}), 4, {});
}

TEST_CASE("smoke: smoke-script: --script runs with the tree on its path", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  is(t.smoke(
         {"--script", t.file("good.lua", "#!/usr/bin/luajit\nassert(require 'x')\nos.exit(0)\n")}),
     0,
     {"0 errors"});
  is(t.smoke({"--script", t.file("bad.lua", "\nassert(require 'x' == 1, 'not one')\n")}),
     3,
     {"error: smoke-script: ", "bad.lua fails: ", "not one"});
  is(t.smoke({"--script", t.file("exits.lua", "os.exit(1)\n")}), 3, {"it called os.exit(1)"});
  is(t.smoke({"--script", t.file("syntax.lua", "= 1\n")}), 3, {"smoke-script", "syntax.lua:1:"});
  is(t.smoke({"--script", t.dir.path() + "/absent.lua"}), 1, {"while reading the smoke script"});
}

TEST_CASE("smoke: the project's script is run, not with --module, not --isolated", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.file("rockstage.yaml", "smoke: {script: spec/smoke.lua}\n");
  t.file("spec/smoke.lua", "error('from the project')\n");
  is(t.smoke(), 3, {"error: smoke-script: spec/smoke.lua", "from the project"});
  is(t.smoke({"--module=x"}), 0, {"0 errors"});
  is(t.smoke({"--isolated"}), 0, {"0 errors"});
  t.file("rockstage.yaml", "smoke: {script: 1}\nsmok: 1\n");
  is(t.smoke(), 4, {"smok"});
}

TEST_CASE("smoke: smoke.timeout of the project is the limit, unless --timeout is given",
          "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.file("rockstage.yaml", "smoke: {script: hang.lua, timeout: 1}\n");
  t.file("hang.lua", "while true do end\n");
  is(t.smoke(), 3, {"did not come back within 1 s"});
  is(t.smoke({"--timeout=0.2"}), 3, {"did not come back within 0.2 s"});
}

TEST_CASE("smoke: --eval runs code behind the modules", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  is(t.smoke({"--eval", "assert(require 'x')"}), 0, {});
  const auto result = t.smoke({"--eval", "error('boom', 0)", "--json"});
  CHECK(result.exit == 3);
  CHECK(rules_of(result) == Strings{rules::smoke_script});
  CHECK(result.data().at("findings").at(0).at("message") == "--eval fails: boom");
  CHECK(result.data().at("findings").at(0).at("path").is_null());
}

TEST_CASE("smoke: smoke-crash: --timeout ends a module that hangs", "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.put("share/lua/5.1/hang.lua", "while true do end\n");
  is(t.smoke({"--timeout=0.3"}), 3, {"smoke-crash", "did not come back within 0.3 s"});
  for (const char* value : {"0", "-1", "x", "1s", "nan", "inf", "100000", ""}) {
    INFO(value);
    is(t.smoke({std::string("--timeout=") + value}), 2, {"--timeout"});
  }
}

TEST_CASE("smoke: --lua names the Lua or the interpreter", "[smoke]") {
  const Tree t;
  is(t.smoke({"--lua=luajt"}), 2, {"luajit"});
  is(t.smoke({"--lua", t.dir.path() + "/absent"}), 1, {"there is no interpreter at"});
  is(t.smoke({"--lua=/bin/true"}), 1, {"'/bin/true' is no Lua"});
  if (!has_luajit()) return;
  const auto path = sys::find_program("luajit", sys::Environment::current());
  is(t.smoke({"--lua", path}), 0, {path});
  is(t.smoke({"--lua-version=luajit"}), 0, {});
}

TEST_CASE("smoke: --lua is by default the one that the tree was built for", "[smoke]") {
  const auto has_lua54 = !sys::find_program("lua5.4", sys::Environment::current()).empty();
  const Tree t;
  t.put("share/lua/5.4/x.lua", "return 7 // 2\n");
  is(t.smoke(), 2, {"the tree has modules for Lua 5.1 and 5.4", "--lua 5.4"});
  REQUIRE(sys::remove_all(t.tree + "/share/lua/5.1"));
  if (has_lua54) is(t.smoke(), 0, {"(Lua 5.4)"});
  is(t.smoke({"--lua=luajit"}), has_luajit() ? 4 : 1, {});
}

TEST_CASE("smoke: a tree's build record says which Lua of one version directory", "[smoke]") {
  if (sys::find_program("lua5.1", sys::Environment::current()).empty()) return;
  const Tree t;
  t.put("lib/luarocks/rocks-5.1/x/1.0-1/rockstage.json", "{\"lua\": \"5.1\"}");
  is(t.smoke(), 0, {"(Lua 5.1)"});
}

TEST_CASE("smoke: --lua that is not here names its package", "[smoke]") {
  Tree t;
  t.run.environment.set("PATH", "/nowhere");
  is(t.smoke({"--lua=5.3"}), 1, {"no interpreter for Lua 5.3", "apt-get install lua5.3"});
}

TEST_CASE("smoke: --runtime takes the profile's Lua", "[smoke]") {
  const Tree t;
  is(t.smoke({"--runtime=apisix-debain"}), 2, {"did you mean 'apisix-debian'?"});
  if (has_luajit()) is(t.smoke({"--runtime=debian-luajit"}), 0, {"LuaJIT"});
}

TEST_CASE("smoke: --user takes a number, and needs root", "[smoke]") {
  const Tree t;
  for (const char* value : {"nobody", "-1", "4294967295", "1x"}) {
    INFO(value);
    is(t.smoke({std::string("--user=") + value}), 2, {"--user takes a numeric user id"});
  }
}

TEST_CASE("smoke: --engine goes with --image and is known", "[smoke]") {
  const Tree t;
  is(t.smoke({"--engine=docker"}), 2, {"--engine goes with --image"});
  is(t.smoke({"--image=x:1", "--engine=doker"}), 2, {"did you mean 'docker'?"});
}

TEST_CASE("smoke: --image and --nginx are two places", "[smoke]") {
  const Tree t;
  is(t.smoke({"--image=x:1", "--nginx=nginx"}), 2, {"two places"});
}

TEST_CASE("smoke: --nginx takes a file as its value, and leaves a directory to be the subject",
          "[smoke]") {
  const Tree t;
  is(t.smoke({"--nginx", "--lua=5.4"}), 2, {"--nginx runs LuaJIT, not Lua 5.4"});
  const auto parsed = cli::parse({"smoke", "--nginx", "/bin/sh", "tree"});
  REQUIRE(parsed);
  CHECK(parsed->invocation.flags.at("nginx") == Strings{"/bin/sh"});
  CHECK(parsed->invocation.arguments == Strings{"tree"});
  const auto implied = cli::parse({"smoke", "--nginx", "/tmp"});
  REQUIRE(implied);
  CHECK(implied->invocation.flags.at("nginx") == Strings{"nginx"});
  CHECK(implied->invocation.arguments == Strings{"/tmp"});
}

TEST_CASE("smoke: --nginx has LuaJIT, and an nginx that is not there is said", "[smoke]") {
  const Tree t;
  is(t.smoke({"--nginx=nginx", "--lua=5.4"}), 2, {"--nginx runs LuaJIT, not Lua 5.4"});
  is(t.smoke({"--nginx=" + t.dir.path() + "/absent"}), 1, {"absent"});
}

TEST_CASE("smoke: not smoke-script, not smoke-crash: what a module prints is no failure",
          "[smoke]") {
  if (!has_luajit()) return;
  const Tree t;
  t.put("share/lua/5.1/loud.lua", "print('a\\nb') io.stderr:write('c') return 1\n");
  is(t.smoke(), 0, {"2 modules in", "0 errors"});
}
