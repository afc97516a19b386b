#include "smoke/smoke.hpp"

#include "base/rules.hpp"
#include "smoke/launch.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/progress.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sstream>

using namespace rockstage;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Kind = smoke::Module::Kind;
using smoke::Status;

namespace {

/// The real world, without anything to be seen.
struct World {
  test::FakeTerminal terminal;
  sys::SystemProcessRunner processes;
  sys::Progress progress{terminal, sys::ProgressMode::off};
  std::ostringstream out;
  Io io{processes, sys::Environment::current(), terminal, progress, out};
};

/// A launcher that answers every program alike. TOKEN in the answer is the program's.
smoke::Launcher answering(smoke::Attempt answer) {
  smoke::Launcher where;
  where.runtime = "fake";
  where.tree = "/t";
  where.launch = [answer](const std::string& code, double) -> Result<smoke::Attempt> {
    auto made = answer;
    constexpr std::string_view kStart = "local token = \"";
    const auto token = code.substr(kStart.size(), 32);
    if (const auto at = made.out.find("TOKEN"); at != std::string::npos)
      made.out.replace(at, 5, token);
    return made;
  };
  return where;
}

smoke::Attempt printed(const std::string& out) {
  smoke::Attempt attempt;
  attempt.out = out;
  return attempt;
}

smoke::Report report(const smoke::Request& request, const smoke::Launcher& where) {
  World world;
  const auto made = smoke::run(request, where, world.io);
  REQUIRE(made);
  return *made;
}

const smoke::Module kNative{"x", "lib/lua/5.1/x.so", Kind::native, {}};

smoke::Request one_module(const smoke::Module& module = kNative) {
  smoke::Request request;
  request.modules = {module};
  return request;
}

}  // namespace

TEST_CASE("smoke: a module that reports is ok, with its time and memory", "[smoke]") {
  const auto made = report(one_module(), answering(printed("hello\nTOKEN ok 0.250000 4096 \n")));
  REQUIRE(made.modules.size() == 1);
  CHECK(made.modules[0].status == Status::ok);
  CHECK(made.modules[0].seconds == Approx(0.25));
  CHECK(made.modules[0].rss == 4096U * 1024U);
  CHECK(made.findings.empty());
}

TEST_CASE("smoke: smoke-crash: success without a report is none", "[smoke]") {
  const auto made = report(one_module(), answering(printed("ok\n")));
  CHECK(made.modules.at(0).status == Status::crashed);
  CHECK(made.findings.at(0).rule == rules::smoke_crash);
}

TEST_CASE("smoke: not smoke-crash: a Lua error is smoke-load", "[smoke]") {
  const auto made = report(one_module(), answering(printed("\nTOKEN failed 0.1 1 boom\n")));
  CHECK(made.modules.at(0).status == Status::failed);
  CHECK(made.findings.at(0).rule == rules::smoke_load);
}

TEST_CASE("smoke: smoke-crash: a report before a time limit does not count", "[smoke]") {
  auto attempt = printed("\nTOKEN ok 0.1 1 \n");
  attempt.timed_out = true;
  attempt.status.signal = SIGKILL;
  const auto made = report(one_module(), answering(attempt));
  CHECK(made.modules.at(0).status == Status::crashed);
  CHECK_THAT(made.findings.at(0).message, Contains("within 20 s"));
}

TEST_CASE("smoke: smoke-skipped: an FFI library that no module names", "[smoke]") {
  const auto made =
      report(one_module({"x", "lib/lua/5.1/x.so", Kind::ffi_library, {}}), answering({}));
  CHECK(made.modules.at(0).status == Status::skipped);
  REQUIRE(made.findings.size() == 1);
  CHECK(made.findings[0].rule == rules::smoke_skipped);
  CHECK(made.findings[0].severity == Severity::warning);
}

TEST_CASE("smoke: not smoke-skipped: an FFI library is as good as its wrapper", "[smoke]") {
  smoke::Request request;
  request.modules = {{"x", "lib/lua/5.1/x.so", Kind::ffi_library, {"x.lib"}},
                     {"x.lib", "share/lua/5.1/x/lib.lua", Kind::lua, {}}};
  auto made = report(request, answering(printed("\nTOKEN ok 0.1 1 \n")));
  CHECK(made.findings.empty());
  CHECK(made.modules.at(0).status == Status::ok);
  made = report(request, answering(printed("\nTOKEN failed 0.1 1 boom\n")));
  CHECK(made.findings.size() == 1);
  CHECK(made.modules.at(0).status == Status::failed);
}

TEST_CASE("smoke: smoke-script: a script that fails", "[smoke]") {
  smoke::Request request;
  request.script = "error('boom')";
  request.script_name = "spec/smoke.lua";
  const auto made =
      report(request, answering(printed("\nTOKEN failed 0.1 1 spec/smoke.lua:1: boom\n")));
  REQUIRE(made.findings.size() == 1);
  CHECK(made.findings[0].rule == rules::smoke_script);
  CHECK(made.findings[0].path == "spec/smoke.lua");
  CHECK(made.findings[0].message == "spec/smoke.lua fails: spec/smoke.lua:1: boom");
}

TEST_CASE("smoke: no smoke-script where script and --eval come to their end", "[smoke]") {
  smoke::Request request;
  request.script = request.eval = "return";
  request.script_name = "s.lua";
  CHECK(report(request, answering(printed("\nTOKEN ok 0.1 1 \n"))).findings.empty());
}

TEST_CASE("smoke: not smoke-load: a script's crash is smoke-crash", "[smoke]") {
  smoke::Request request;
  request.eval = "crash()";
  smoke::Attempt attempt;
  attempt.status.signal = SIGSEGV;
  const auto made = report(request, answering(attempt));
  CHECK(made.findings.at(0).rule == rules::smoke_crash);
  CHECK(made.findings.at(0).path.empty());
  CHECK_THAT(made.findings.at(0).message, StartsWith("--eval ends the whole process"));
}

TEST_CASE("smoke: a runtime that fails is an error of the run", "[smoke]") {
  auto where = answering({});
  where.launch = [](const std::string&, double) -> Result<smoke::Attempt> {
    return fail(Errc::not_found, "no such engine");
  };
  World world;
  const auto made = smoke::run(one_module(), where, world.io);
  REQUIRE_FALSE(made);
  CHECK(made.error().message == "no such engine");
}

TEST_CASE("smoke: findings are sorted, the worst first", "[smoke]") {
  smoke::Request request;
  request.modules = {{"a", "lib/lua/5.1/a.so", Kind::ffi_library, {}}, kNative};
  const auto made = report(request, answering(printed("\nTOKEN failed 0.1 1 boom\n")));
  REQUIRE(made.findings.size() == 2);
  CHECK(made.findings[0].severity == Severity::error);
  CHECK(made.modules[0].module.name == "a");
}

TEST_CASE("smoke: an interpreter that is not here names its package", "[smoke]") {
  World world;
  world.io.environment.set("PATH", "/nowhere");
  const auto dir = test::temp_dir();
  const auto missing = [&](lua::Lua lua) {
    const auto made = smoke::local_launcher({lua::to_string(lua), lua, dir.path(), {}}, world.io);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Errc::not_found);
    return made.error();
  };
  CHECK(missing(lua::Lua::lua54).message == "no interpreter for Lua 5.4 is installed here");
  CHECK_THAT(missing(lua::Lua::lua54).hint, Contains("apt-get install lua5.4"));
  CHECK_THAT(missing(lua::Lua::lua55).hint, Contains("from its source"));
}

TEST_CASE("smoke: an interpreter by its path: absent, no Lua, a Lua of no known version",
          "[smoke]") {
  World world;
  const auto dir = test::temp_dir();
  const auto launch = [&](const std::string& program) {
    return smoke::local_launcher({program, lua::Lua::luajit, dir.path(), {}}, world.io);
  };
  CHECK_THAT(launch("./absent").error().message, Contains("there is no interpreter at './absent'"));
  CHECK_THAT(launch("/bin/true").error().message, Contains("'/bin/true' is no Lua"));
  test::put(dir.path() + "/lua", "#!/bin/sh\necho Lua 6.0\necho\n", 0755);
  CHECK_THAT(launch(dir.path() + "/lua").error().message, Contains("Lua 6.0"));
}

TEST_CASE("smoke: a child has nothing of LD_ and LUA_, closed input, and its own time limit",
          "[smoke]") {
  World world;
  const auto dir = test::temp_dir();
  // An interpreter that says what it sees, whatever it is asked to run.
  test::put(dir.path() + "/lua",
            "#!/bin/sh\necho Lua 5.4\necho\nenv\nread line && echo input\n"
            "case \"$2\" in wait) sleep 20;; esac\n",
            0755);
  world.io.environment.set("LD_LIBRARY_PATH", "/x");
  world.io.environment.set("LUA_PATH_5_4", "/y");
  const auto where =
      smoke::local_launcher({dir.path() + "/lua", lua::Lua::lua54, dir.path(), {}}, world.io);
  REQUIRE(where);
  CHECK(where->lua == lua::Lua::lua54);
  CHECK_THAT(where->runtime, Contains("(Lua 5.4)"));
  const auto made = where->launch("code", 20);
  REQUIRE(made);
  CHECK_THAT(made->out, Contains("PATH=") && !Contains("LD_LIBRARY") && !Contains("LUA_PATH"));
  CHECK_THAT(made->out, !Contains("input"));
  const auto late = where->launch("wait", 0.2);
  REQUIRE(late);
  CHECK(late->timed_out);
  CHECK_FALSE(where->launch(std::string(200'000, ' '), 20));
}

TEST_CASE("smoke: as another user: root becomes it, anybody else is told why not", "[smoke]") {
  World world;
  sys::Command command;
  command.argv = {"/bin/sh", "-c", "id -u; id -g; id -G"};
  command.env = world.io.environment;
  const auto self = world.processes.run(command);
  REQUIRE(self);
  command.uid = 636;
  const auto made = world.processes.run(command);
  if (self->out.starts_with("0\n")) {
    REQUIRE(made);
    CHECK(made->out == "636\n636\n636\n");
  } else {
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Errc::io);
    CHECK_THAT(made.error().hint, Contains("only root"));
  }
}
