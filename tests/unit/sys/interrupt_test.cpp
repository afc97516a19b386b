#include "sys/interrupt.hpp"

#include "support/support.hpp"
#include "sys/exec.hpp"
#include "sys/process.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

// Handlers and exec change the process for good, so each test has a child of its own.
namespace rockstage::sys {
namespace {

/// What waitpid says of a child that does `work` and then leaves with its result.
int status_of_child(const std::function<int()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work());
  int status = -1;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return status;
}

TEST_CASE("interrupt: the first signal is noted and can be waited for", "[sys]") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const int status = status_of_child([signal] {
      install_signal_handlers();
      if (pending_signal() != 0 || !check_interrupted()) return 1;
      ::raise(signal);
      pollfd fd{signal_fd(), POLLIN, 0};
      if (::poll(&fd, 1, 0) != 1) return 2;
      if (pending_signal() != signal) return 3;
      const auto checked = check_interrupted();
      return !checked && checked.error().code == Errc::interrupted ? 0 : 4;
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
}

TEST_CASE("interrupt: a second signal ends the process at once", "[sys]") {
  const int status = status_of_child([] {
    install_signal_handlers();
    ::raise(SIGINT);
    ::raise(SIGTERM);
    return 0;
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + SIGTERM);
}

TEST_CASE("interrupt: a closed pipe is no signal", "[sys]") {
  const int status = status_of_child([] {
    install_signal_handlers();
    ::raise(SIGPIPE);
    return 7;
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("interrupt: a signal wakes up who waits for a child", "[sys]") {
  const int status = status_of_child([] {
    install_signal_handlers();
    Command command;
    command.argv = {"/bin/sh", "-c", "kill -TERM $PPID; sleep 60"};
    command.env = Environment::current();
    const auto result = SystemProcessRunner().run(command);
    return !result && result.error().code == Errc::interrupted ? 0 : 1;
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("exec: the process becomes the program, with its arguments and environment", "[sys]") {
  const auto dir = test::temp_dir();
  const int status = status_of_child([&dir] {
    Environment environment;
    environment.set("PATH", "/usr/bin:/bin");
    environment.set("WHERE", dir.path());
    const auto error = exec_program(
        {"sh", "-c", "echo \"$1\" > \"$WHERE/out\"; exit 5", "sh", "a b"}, environment);
    return error.message.empty() ? 1 : 2;
  });
  CHECK(WEXITSTATUS(status) == 5);
  CHECK(test::get(dir.path() + "/out") == "a b\n");
}

TEST_CASE("exec: a program that is nowhere leaves us as we are", "[sys]") {
  const auto missing = exec_program({"no-such-program"}, Environment());
  CHECK(missing.code == Errc::not_found);
  CHECK(missing.message == "cannot run 'no-such-program': there is no such program on the PATH");
}

TEST_CASE("exec: a file that is no program cannot be started", "[sys]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/empty", std::string(10, '\0'), 0755);
  const int status = status_of_child([&dir] {
    const auto error = exec_program({dir.path() + "/empty"}, Environment());
    const bool right =
        error.code == Errc::io
        && error.message == "cannot run '" + dir.path() + "/empty': exec format error";
    return right ? 0 : 1;
  });
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace rockstage::sys
