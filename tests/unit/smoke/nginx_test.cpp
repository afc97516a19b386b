#include "smoke/launch.hpp"
#include "smoke/nginx_server.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sstream>

using namespace rockstage;

namespace {

struct World {
  sys::SystemProcessRunner runner;
  sys::SystemTerminal terminal{2, 1};
  sys::Progress progress{terminal, sys::ProgressMode::off};
  std::ostringstream out;
  Io io{runner, sys::Environment::current(), terminal, progress, out};
};

constexpr const char* kLog =
    "2026/01/01 10:00:00 [notice] 10#10: start worker process 11\n"
    "thread panicked\n"
    "2026/01/01 10:00:01 [error] 11#11: *1 lua entry thread aborted: x\n"
    "2026/01/01 10:00:01 [alert] 10#10: worker process 11 exited on signal 11 (core dumped)\n"
    "2026/01/01 10:00:01 [notice] 10#10: worker process 12 exited with code 3\n";

}  // namespace

TEST_CASE("nginx: its log tells how a worker ended", "[smoke]") {
  const auto crashed = smoke::worker_end(kLog, "11");
  REQUIRE(crashed);
  CHECK(crashed->signal == SIGSEGV);
  const auto left = smoke::worker_end(kLog, "12");
  REQUIRE(left);
  CHECK(left->code == 3);
  CHECK(left->signal == 0);
  CHECK_FALSE(smoke::worker_end(kLog, "1"));
  CHECK_FALSE(smoke::worker_end(kLog, ""));
  CHECK_FALSE(smoke::worker_end("worker process 1 exited ", "1"));
}

TEST_CASE("nginx: its own notices are no messages of the program", "[smoke]") {
  const auto said = smoke::program_messages(kLog);
  CHECK(said.starts_with("thread panicked\n"));
  CHECK(said.find("notice") == std::string::npos);
  CHECK(said.find("entry thread aborted: x\n") != std::string::npos);
}

TEST_CASE("nginx: a response has a status and a body, anything else none", "[smoke]") {
  const auto response = smoke::read_response("HTTP/1.1 200 OK\r\nA: b\r\n\r\n42");
  CHECK(response.status == 200);
  CHECK(response.body == "42");
  for (const auto* text : {"", "HTTP/1.1", "HTTP/1.\r\n\r\n", "HTTP/1.1 x\r\n\r\n", "200\r\n\r\n"})
    CHECK(smoke::read_response(text).status == 0);
}

TEST_CASE("nginx: the version and what was left out are read", "[smoke]") {
  const auto nginx = smoke::read_nginx_version(
      "nginx version: openresty/1.25.3.2\nbuilt by gcc\n"
      "configure arguments: --prefix=/x --without-http_uwsgi_module --with-threads\n");
  CHECK(nginx.version == "openresty/1.25.3.2");
  CHECK(nginx.left_out == std::vector<std::string>{"http_uwsgi_module"});
  const auto config = smoke::nginx_config(nginx, "");
  CHECK(config.find("uwsgi_temp_path") == std::string::npos);
  CHECK(config.find("scgi_temp_path temp/scgi;") != std::string::npos);
  CHECK(config.find("user ") == std::string::npos);
  CHECK(smoke::nginx_config(nginx, "root").find("user root;\n") != std::string::npos);
}

TEST_CASE("nginx: one that is not there is named with the packages", "[smoke]") {
  World world;
  const auto found = smoke::find_nginx("/nowhere/nginx", world.io);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::not_found);
  CHECK(found.error().message == "there is no nginx at '/nowhere/nginx'");
  CHECK(found.error().hint.find("libnginx-mod-http-lua") != std::string::npos);
}

TEST_CASE("nginx: what is no nginx is refused", "[smoke]") {
  World world;
  const auto found = smoke::find_nginx("/bin/true", world.io);
  REQUIRE_FALSE(found);
  CHECK(found.error().message == "'/bin/true' is no nginx: exit code 0");
}

TEST_CASE("nginx: a worker's output, error, end and time are told apart", "[smoke]") {
  World world;
  if (!smoke::find_nginx("", world.io)) return;  // the end-to-end tests insist
  const auto launcher = smoke::nginx_launcher({}, world.io);
  REQUIRE(launcher);
  const auto run = [&](const std::string& code, double timeout = 20) {
    const auto attempt = launcher->launch(code, timeout);
    REQUIRE(attempt);
    return *attempt;
  };
  const auto good = run("print('a', 1) io.write('b') io.stdout:write('c')");
  CHECK(good.status.ok());
  CHECK(good.out == "a\t1\nbc");
  CHECK(good.err.empty());

  const auto wrong = run("print('before') error('no good')");
  CHECK(wrong.status.code == 1);
  CHECK(wrong.out == "before\n");
  CHECK(wrong.err.find("no good") != std::string::npos);

  const auto left = run("io.write('said') os.exit(3)");
  CHECK(left.status.code == 3);
  CHECK(left.out == "said");

  const auto crashed = run("local ffi = require 'ffi' ffi.cdef 'void abort(void);' ffi.C.abort()");
  CHECK(crashed.status.signal == SIGABRT);

  const auto late = run("while true do end", 0.3);
  CHECK(late.timed_out);
}
