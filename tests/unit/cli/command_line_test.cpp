#include "cli/command_table.hpp"
#include "support/cli/cli_run.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using Catch::Matchers::Contains;
using test::CliRun;

namespace {

struct Fixture {
  sys::TempDir dir = test::temp_dir();
  CliRun run{dir.path()};
};

}  // namespace

TEST_CASE("cli: an unknown command is exit 2 and names the nearest", "[cli]") {
  Fixture f;
  const auto result = f.run({"biuld", "."});
  CHECK(result.exit == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains("unknown command 'biuld' (did you mean 'build'?)"));
}

TEST_CASE("cli: an unknown option is exit 2 and names the nearest", "[cli]") {
  Fixture f;
  const auto result = f.run({"build", "--tere", "x"});
  CHECK(result.exit == 2);
  CHECK_THAT(result.err, Contains("unknown option '--tere' (did you mean '--tree'?)"));
}

TEST_CASE("cli: an option without its value is exit 2 and named", "[cli]") {
  Fixture f;
  const auto result = f.run({"build", "--tree"});
  CHECK(result.exit == 2);
  CHECK_THAT(result.err, Contains("--tree") && Contains("needs a value"));
}

TEST_CASE("cli: a superfluous argument is exit 2 and shows the usage", "[cli]") {
  Fixture f;
  const auto result = f.run({"list", "--tree", "t", "a", "b"});
  CHECK(result.exit == 2);
  CHECK_THAT(result.err, Contains("unexpected argument 'b'") && Contains("usage: rockstage list"));
}

TEST_CASE("cli: a build without --tree is exit 2 and says so", "[cli]") {
  Fixture f;
  const auto result = f.run({"build", "."});
  CHECK(result.exit == 2);
  CHECK_THAT(result.err, Contains("--tree DIR is missing"));
}

TEST_CASE("cli: what does not exist yet is exit 2 and says what works", "[cli]") {
  Fixture f;
  for (const auto& command : cli::commands()) {
    if (*command.later == 0) continue;
    const auto result = f.run({command.name});
    INFO(command.name);
    CHECK(result.exit == 2);
    CHECK_THAT(result.err, Contains("does not exist yet") && Contains("hint: "));
  }
  const auto option = f.run({"build", ".", "--tree", "t", "--sccache"});
  CHECK(option.exit == 2);
  CHECK_THAT(option.err,
             Contains("option '--sccache' does not exist yet") && Contains("RUSTC_WRAPPER"));
}

TEST_CASE("cli: --json gives one record on one line, in failure too", "[cli]") {
  Fixture f;
  for (const auto& args :
       std::vector<std::vector<std::string>>{{"--json", "nonsense"},
                                             {"list", "--json", "--tree", f.dir.path() + "/none"},
                                             {"help", "--json"},
                                             {"build", "--json"}}) {
    const auto result = f.run(args);
    CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 1);
    const auto record = result.json();
    CHECK(record.at("ok") == (result.exit == 0));
    CHECK(record.at("exit") == result.exit);
    CHECK(record.contains("data"));
    for (const auto& item : record.at("diagnostics"))
      for (const auto* key : {"level", "message", "hint", "context", "file", "line"})
        CHECK(item.contains(key));
  }
  CHECK(f.run({"list", "--json", "--tree", f.dir.path() + "/none"}).json().at("schema")
        == "rockstage.list/1");
}

TEST_CASE("cli: --version prints the version", "[cli]") {
  Fixture f;
  const auto result = f.run({"--version"});
  CHECK(result.exit == 0);
  CHECK_THAT(result.out,
             Catch::Matchers::StartsWith("rockstage ") && Catch::Matchers::EndsWith("\n"));
}

TEST_CASE("cli: help pages are as written down", "[cli][golden]") {
  Fixture f;
  auto pages = f.run({"help"}).out;
  for (const auto& command : cli::commands())
    pages += "\n----\n\n" + f.run({"help", command.name}).out;
  test::golden("help.txt", pages);
}

TEST_CASE("cli: help, --help and -h are the same page", "[cli]") {
  Fixture f;
  CHECK(f.run({"help", "build"}).out == f.run({"build", "--help"}).out);
  CHECK(f.run({"help", "build"}).out == f.run({"build", "-h"}).out);
  CHECK(f.run({"help"}).out == f.run({}).out);
}

TEST_CASE("cli: -C works in another directory and comes back", "[cli]") {
  Fixture f;
  const auto before = sys::Environment::current().get("PWD");
  const auto result = f.run({"-C", f.dir.path(), "list", "--tree", "t", "--json"});
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, Contains(f.dir.path() + "/t"));
  CHECK(f.run({"-C", f.dir.path() + "/nowhere", "config"}).exit == 1);
}

TEST_CASE("cli: --color is always, never or auto, and NO_COLOR is heeded", "[cli]") {
  Fixture f;
  CHECK_THAT(f.run({"list", "--tree", f.dir.path() + "/x", "--color=always"}).err,
             Contains("\x1b[1;31merror:"));
  CHECK_THAT(f.run({"list", "--tree", f.dir.path() + "/x", "--color=never"}).err,
             !Contains("\x1b["));
  const auto wrong = f.run({"config", "--color=red"});
  CHECK(wrong.exit == 2);
  CHECK_THAT(wrong.err, Contains("--color takes auto, always or never, not 'red'"));
}

TEST_CASE("cli: every option comes from flag, environment, user file or default, in that order",
          "[cli]") {
  Fixture f;
  const auto origin = [&f](const std::vector<std::string>& args, const std::string& name) {
    const auto data = f.run(args).data();
    for (const auto& option : data.at("options"))
      if (option.at("name") == name)
        return std::make_pair(option.at("origin").get<std::string>(),
                              option.at("values").at(0).get<std::string>());
    return std::make_pair(std::string(), std::string());
  };
  const std::vector<std::string> ask = {"-C", f.dir.path(), "config", "--show-origin", "--json"};
  CHECK(origin(ask, "lua") == std::make_pair(std::string("default"), std::string("luajit")));
  test::put(f.dir.path() + "/config/rockstage/config.yaml", "lua: ['5.3']\n");
  CHECK(origin(ask, "lua") == std::make_pair(std::string("user file"), std::string("5.3")));
  test::put(f.dir.path() + "/rockstage.yaml", "lua: ['5.2']\n");
  CHECK(origin(ask, "lua") == std::make_pair(std::string("project file"), std::string("5.2")));
  f.run.environment.set("ROCKSTAGE_LUA", "5.4");
  CHECK(origin(ask, "lua") == std::make_pair(std::string("environment"), std::string("5.4")));
  auto isolated = ask;
  isolated.emplace_back("--isolated");
  CHECK(origin(isolated, "lua") == std::make_pair(std::string("default"), std::string("luajit")));
}

TEST_CASE("cli: a ROCKSTAGE_ variable that names no option is a warning with the nearest name",
          "[cli]") {
  Fixture f;
  f.run.environment.set("ROCKSTAGE_LAU", "5.4");
  CHECK_THAT(f.run({"-C", f.dir.path(), "config"}).err,
             Contains("'ROCKSTAGE_LAU' names no option (did you mean 'ROCKSTAGE_LUA'?)"));
}

TEST_CASE("cli: values that an option cannot take are exit 2 and named", "[cli]") {
  Fixture f;
  const auto tree = f.dir.path() + "/t";
  CHECK_THAT(f.run({"build", "--tree", tree, "--lua", "5.9"}).err, Contains("5.9"));
  CHECK(f.run({"build", "--tree", tree, "--lua", "5.9"}).exit == 2);
  CHECK_THAT(f.run({"build", "--tree", tree, "-j", "0"}).err,
             Contains("--jobs takes a whole number from 1 up, not '0'"));
  CHECK_THAT(f.run({"build", "--tree", tree, "--var", "X"}).err,
             Contains("--var takes NAME=VALUE, not 'X'"));
  CHECK_THAT(f.run({"build", "--tree", tree, "--deps-mode", "most"}).err,
             Contains("--deps-mode takes none, one, order or all"));
  CHECK_THAT(f.run({"lint", "--format", "xml"}).err, Contains("unknown format 'xml'"));
  CHECK_THAT(f.run({"lint", "--fail-on", "never-ever"}).err, Contains("--fail-on takes"));
  CHECK_THAT(f.run({"completion", "bsh"}).err, Contains("did you mean 'bash'?"));
  CHECK(f.run({"completion"}).exit == 2);
}

TEST_CASE("cli: run without a command or without a tree is told", "[cli]") {
  Fixture f;
  CHECK_THAT(f.run({"run", "--tree", f.dir.path()}).err, Contains("which command?"));
  CHECK(f.run({"run", "--tree", f.dir.path() + "/none", "--", "true"}).exit == 1);
  const auto result = f.run({"run", "--tree", f.dir.path(), "--", "no-such-program-here"});
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, Contains("cannot run 'no-such-program-here'"));
}

TEST_CASE("cli: path prints shell lines that put the tree first", "[cli]") {
  Fixture f;
  f.run.environment.set("LUA_PATH", "/x/?.lua");
  const auto result = f.run({"path", "--tree", "/it's/tree"});
  CHECK(result.exit == 0);
  CHECK_THAT(
      result.out,
      Contains("export LUA_PATH='/it'\\''s/tree/share/lua/5.1/?.lua;") && Contains(";/x/?.lua'"));
  CHECK_THAT(result.out, Contains("lib/lua/5.1/?.so;;'"));
  CHECK_THAT(f.run({"path", "--tree", "/t", "--lua", "5.4"}).out, Contains("export LUA_PATH_5_4="));
}

namespace {

/// A rock of one Lua file, and the arguments that build it.
std::vector<std::string> build_of(const Fixture& f) {
  const auto source = f.dir.path() + "/rock";
  test::put(source + "/x.lua", "return {}");
  test::put(source + "/x-1.0-1.rockspec",
            "package = 'x'\nversion = '1.0-1'\nsource = {url = '.'}\n"
            "build = {type = 'builtin', modules = {x = 'x.lua'}}\n");
  return {"build", source, "--tree", f.dir.path() + "/tree"};
}

}  // namespace

TEST_CASE("cli: --dry-run prints the plan and stages nothing", "[cli]") {
  Fixture f;
  auto args = build_of(f);
  args.emplace_back("--dry-run");
  const auto result = f.run(args);
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, Contains("copy {work}/x.lua to lua/x.lua"));
  CHECK(f.run({"list", "--tree", f.dir.path() + "/tree"}).exit == 1);
}

TEST_CASE("cli: --verbose says what each step runs", "[cli]") {
  Fixture f;
  auto args = build_of(f);
  CHECK_THAT(f.run(args).err, !Contains("copy {work}/x.lua"));
  args.emplace_back("--verbose");
  CHECK_THAT(f.run(args).err, Contains("copy {work}/x.lua to lua/x.lua"));
}

TEST_CASE("cli: --cache-dir is an effective option, --man is the manual page", "[cli]") {
  Fixture f;
  f.run.environment.set("ROCKSTAGE_CACHE_DIR", "/somewhere/else");
  CHECK_THAT(f.run({"-C", f.dir.path(), "config", "--show-origin"}).out,
             Contains("/somewhere/else") && Contains("ROCKSTAGE_CACHE_DIR"));
  CHECK_THAT(f.run({"help", "--man"}).out, Catch::Matchers::StartsWith(".TH ROCKSTAGE 1"));
  CHECK(f.run({"--directory", f.dir.path(), "config"}).exit == 0);
}
