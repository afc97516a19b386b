#include "smoke/image_container.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sstream>

using namespace rockstage;

namespace {

struct World {
  sys::TempDir bin = test::temp_dir();
  test::FakeProcessRunner runner;
  test::FakeTerminal terminal;
  sys::Progress progress{terminal, sys::ProgressMode::off};
  std::ostringstream out;
  Io io{runner, {}, terminal, progress, out};

  World() {
    for (const auto* engine : {"docker", "podman", "buildah"})
      test::put(bin.path() + "/" + engine, "", 0755);
    io.environment.set("PATH", bin.path());
  }

  /// The words of the n-th command that begin with `prefix`.
  [[nodiscard]] bool has(std::size_t command, const std::string& word) const {
    const auto& argv = runner.seen.at(command).argv;
    return std::find(argv.begin(), argv.end(), word) != argv.end();
  }
};

sys::ProcessResult says(int code, std::string out, std::string err = {}) {
  return {{code, 0}, std::move(out), std::move(err), false};
}

smoke::ImageRunRequest request() {
  smoke::ImageRunRequest request;
  request.image = "x:1";
  request.engine = smoke::Engine::docker;
  return request;
}

}  // namespace

TEST_CASE("image: only the codes of crashes are signals", "[smoke]") {
  for (const int signal : {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGSYS})
    CHECK(smoke::status_of_code(128 + signal).signal == signal);
  for (const int code : {0, 1, 7, 125, 127, 128, 129, 142, 255}) {
    CHECK(smoke::status_of_code(code).signal == 0);
    CHECK(smoke::status_of_code(code).code == code);
  }
}

TEST_CASE("image: buildah's word for a signal is read and taken from the messages", "[smoke]") {
  std::string err = "panic\nsubprocess exited on aborted\nsubprocess exited with status 1\n";
  const auto aborted = smoke::take_buildah_status(1, err);
  CHECK(aborted.signal == SIGABRT);
  CHECK(err == "panic\n");
  err = "subprocess exited with status 7\nError: exit status 7\n";
  const auto ended = smoke::take_buildah_status(7, err);
  CHECK(ended.signal == 0);
  CHECK(ended.code == 7);
  CHECK(err.empty());
}

TEST_CASE("image: the engine's failure is told from the program's", "[smoke]") {
  CHECK(smoke::is_engine_failure("Error: failed to start containers: c1\n", "c1"));
  CHECK(smoke::is_engine_failure("Error: unable to start container \"0a\": crun: x\n", "c1"));
  CHECK(smoke::is_engine_failure("Error response from daemon: OCI runtime\n", "c1"));
  CHECK_FALSE(smoke::is_engine_failure("luajit: Error in c2\n", "c1"));
  CHECK_FALSE(smoke::is_engine_failure("", "c1"));
}

TEST_CASE("image: a program gets a container without network, with the tree copied in", "[smoke]") {
  World world;
  world.runner.expected = {
      {{"docker", "version"}, says(0, "20.10")},
      {{"docker", "image", "inspect"}, says(0, "[{}]")},
      {{"docker", "create", "--rm", "--name"}, says(0, "id")},
      {{"docker", "start", "--attach"}, says(127, "", "[FATAL tini (7)] exec failed")},
      {{"docker", "rm", "--force", "--volumes"}, says(0, "")},
      {{"docker", "create"}, says(0, "id")},
      {{"docker", "start"}, says(0, "Lua 5.1\nLuaJIT 2.1\n")},
      {{"docker", "create"}, says(0, "id")},
      {{"docker", "cp"}, says(0, "")},
      {{"docker", "start"}, says(139, "said")},
  };
  auto asked = request();
  asked.tree = "/a \"b\",c";
  asked.uid = 636;
  const auto launcher = smoke::image_launcher(asked, world.io);
  REQUIRE(launcher);
  CHECK(launcher->runtime == "docker image x:1 (luajit, LuaJIT 2.1)");
  CHECK(launcher->tree == "/a \"b\",c");
  const auto attempt = launcher->launch("return 1", 5);
  REQUIRE(attempt);
  CHECK(attempt->status.signal == SIGSEGV);
  CHECK(attempt->out == "said");
  constexpr std::size_t kLastCreate = 7;
  for (const std::size_t create : {2U, 5U, 7U})
    CHECK(world.has(create, "--network=none"));
  CHECK(world.has(kLastCreate, "--user=636"));
  CHECK(world.has(kLastCreate, "--mount=type=volume,\"target=/a \"\"b\"\",c\""));
  CHECK(world.runner.seen.at(kLastCreate).argv.back() == "return 1");
}

TEST_CASE("image: a container that runs too long is removed", "[smoke]") {
  World world;
  auto late = says(0, "");
  late.status = {0, SIGKILL};
  late.timed_out = true;
  world.runner.expected = {{{"docker", "create"}, says(0, "id")},
                           {{"docker", "start"}, late},
                           {{"docker", "rm", "--force", "--volumes"}, says(0, "")}};
  auto runner = smoke::make_image_runner(smoke::Engine::docker, request(), world.io);
  REQUIRE(runner);
  const auto attempt = (*runner)->run("luajit", "while true do end", 1, smoke::Purpose::program);
  REQUIRE(attempt);
  CHECK(attempt->timed_out);
  CHECK(world.runner.seen.back().argv.back() == world.runner.seen.at(0).argv.at(4));
}

TEST_CASE("image: an engine without an init process runs programs without", "[smoke]") {
  World world;
  world.runner.expected = {
      {{"podman", "create"}, says(125, "", "Error: container-init binary not found on the host")},
      {{"podman", "create"}, says(0, "id")},
      {{"podman", "start"}, says(0, "")}};
  auto runner = smoke::make_image_runner(smoke::Engine::podman, request(), world.io);
  REQUIRE(runner);
  REQUIRE((*runner)->run("luajit", "", 1, smoke::Purpose::probe));
  CHECK(world.has(0, "--init"));
  CHECK_FALSE(world.has(1, "--init"));
}

TEST_CASE("image: an engine that cannot start a container is an error, not a result", "[smoke]") {
  World world;
  world.runner.expected = {
      {{"podman", "create"}, says(0, "id")},
      {{"podman", "start"},
       says(126, "", "Error: unable to start container \"0a\": crun: setrlimit: not permitted")},
      {{"podman", "rm"}, says(0, "")}};
  auto runner = smoke::make_image_runner(smoke::Engine::podman, request(), world.io);
  REQUIRE(runner);
  const auto attempt = (*runner)->run("luajit", "", 1, smoke::Purpose::probe);
  REQUIRE_FALSE(attempt);
  CHECK(attempt.error().code == Errc::subprocess);
  CHECK(attempt.error().message.find("setrlimit") != std::string::npos);
}

TEST_CASE("image: buildah's container goes with the runner", "[smoke]") {
  World world;
  world.runner.expected = {
      {{"buildah", "from", "--pull-never", "--", "x:1"}, says(0, "x-working-container\n")},
      {{"buildah", "run", "--isolation=chroot", "x-working-container", "--", "lua", "-e", "code"},
       says(1, "", "subprocess exited on segmentation fault\nError: exit status 1\n")},
      {{"buildah", "rm", "x-working-container"}, says(0, "")}};
  {
    auto runner = smoke::make_image_runner(smoke::Engine::buildah, request(), world.io);
    REQUIRE(runner);
    const auto attempt = (*runner)->run("lua", "code", 1, smoke::Purpose::program);
    REQUIRE(attempt);
    CHECK(attempt->status.signal == SIGSEGV);
  }
  CHECK(world.runner.seen.size() == 3);
}

TEST_CASE("image: its label names its modules, each once", "[smoke]") {
  World world;
  world.runner.expected = {
      {{"docker", "version"}, says(0, "")},
      {{"docker", "image", "inspect"},
       says(0, R"([{"Config":{"Labels":{"io.rockstage.modules":" b  a.c b "}}}])")}};
  const auto modules = smoke::modules_of_image(request(), world.io);
  REQUIRE(modules);
  REQUIRE(modules->size() == 2);
  CHECK(modules->front().name == "a.c");
  CHECK(modules->back().name == "b");
}
