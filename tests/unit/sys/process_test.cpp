#include "sys/process.hpp"

#include "base/text.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

namespace rockstage::sys {
namespace {

using Lines = std::vector<std::string>;

Command shell(const std::string& script) {
  Command command;
  command.argv = {"/bin/sh", "-c", script};
  command.env = Environment::current();
  return command;
}

Result<ProcessResult> run(const Command& command) {
  return SystemProcessRunner().run(command);
}

ProcessResult run_shell(const std::string& script) {
  auto result = run(shell(script));
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The process `pid` exists and is no zombie.
bool alive(const std::string& pid) {
  const auto stat = read_file("/proc/" + pid + "/stat");
  return stat && stat->find(") Z ") == std::string::npos;
}

/// Whether it ends within the five seconds that a loaded machine may take to bury it.
bool ends_soon(const std::string& pid) {
  for (int i = 0; i < 500 && alive(pid); ++i)
    ::usleep(10'000);
  return !alive(pid);
}

/// A signal as if it had come, for as long as the object lives.
struct Signalled {
  explicit Signalled(int signal) { simulate_signal(signal); }

  Signalled(const Signalled&) = delete;
  Signalled& operator=(const Signalled&) = delete;

  ~Signalled() { simulate_signal(0); }
};

TEST_CASE("process: output is collected by stream, and the exit code is a value", "[sys]") {
  const auto result = run_shell("echo out; echo err >&2; exit 3");
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.status.code == 3);
  CHECK(result.status.signal == 0);
  CHECK_FALSE(result.status.ok());
  CHECK_FALSE(result.timed_out);
  CHECK(run_shell("true").status.ok());
}

TEST_CASE("process: a child that is killed tells by which signal", "[sys]") {
  const auto result = run_shell("kill -9 $$");
  CHECK(result.status.signal == SIGKILL);
  CHECK_FALSE(result.status.ok());
  CHECK(to_string(result.status) == "killed by signal 9 (Killed)");
  CHECK(to_string(ExitStatus{101, 0}) == "exit code 101");
  CHECK(to_string(ExitStatus{0, 11}) == "killed by signal 11 (Segmentation fault)");
  CHECK(to_string(ExitStatus{0, 200}) == "killed by signal 200 (?)");
}

TEST_CASE("process: lines come as they are, the last one also without a newline", "[sys]") {
  Lines out;
  Lines err;
  auto command = shell("printf 'one\\n\\nthree\\r\\nfour'; printf 'a\\nb\\n' >&2");
  command.on_stdout_line = [&out](std::string_view line) { out.emplace_back(line); };
  command.on_stderr_line = [&err](std::string_view line) { err.emplace_back(line); };
  const auto result = run(command);
  REQUIRE(result);
  CHECK(out == Lines{"one", "", "three\r", "four"});
  CHECK(err == Lines{"a", "b"});
  CHECK(result->out.empty());
  CHECK(result->err.empty());
}

TEST_CASE("process: a line that comes in pieces is one line", "[sys]") {
  Lines out;
  auto command = shell("printf one; sleep 0.1; printf ' two\\n'");
  command.on_stdout_line = [&out](std::string_view line) { out.emplace_back(line); };
  REQUIRE(run(command));
  CHECK(out == Lines{"one two"});
}

TEST_CASE("process: a line without end is handed on in pieces, not collected for ever", "[sys]") {
  std::size_t total = 0;
  std::size_t longest = 0;
  auto command = shell("head -c 5000000 /dev/zero | tr '\\0' x");
  command.on_stdout_line = [&](std::string_view line) {
    total += line.size();
    longest = std::max(longest, line.size());
  };
  REQUIRE(run(command));
  CHECK(total == 5'000'000);
  CHECK(longest < 2'000'000);
}

TEST_CASE("process: of endless output the last part is kept", "[sys]") {
  const auto result = run_shell("head -c 40000000 /dev/zero; printf END");
  CHECK(result.out.size() <= kCollectLimit);
  CHECK(result.out.ends_with("END"));
}

TEST_CASE("process: standard input is empty", "[sys]") {
  CHECK(run_shell("cat; echo done").out == "done\n");
}

TEST_CASE("process: the environment is the one given and nothing else", "[sys]") {
  Command command;
  command.argv = {"env"};
  command.env = Environment({{"PATH", "/usr/bin:/bin"}, {"ONLY", "a b=c"}});
  const auto result = run(command);
  REQUIRE(result);
  CHECK(result->out == "ONLY=a b=c\nPATH=/usr/bin:/bin\n");
}

TEST_CASE("process: arguments are not read by a shell", "[sys]") {
  Command command;
  command.argv = {"printf", "%s|", "a b", "$HOME", "*", "", "'\""};
  command.env = Environment::current();
  CHECK(run(command)->out == "a b|$HOME|*||'\"|");
}

TEST_CASE("process: it runs where it was told to", "[sys]") {
  const auto dir = test::temp_dir();
  auto command = shell("pwd -P");
  command.cwd = dir.path();
  CHECK(run(command)->out == absolute(dir.path()) + "\n");
}

TEST_CASE("process: a directory that is not there is named", "[sys]") {
  auto command = shell("true");
  command.cwd = "/no/such/dir";
  const auto result = run(command);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::not_found);
  CHECK(result.error().message == "cannot run '/bin/sh' in '/no/such/dir': no such directory");
}

TEST_CASE("process: a program that is nowhere is not found", "[sys]") {
  Command command;
  command.argv = {"no-such-program"};
  command.env.set("PATH", "/usr/bin");
  const auto result = run(command);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::not_found);
  CHECK(result.error().message
        == "cannot run 'no-such-program': there is no such program on the PATH");
  command.argv = {"/no/such/program"};
  CHECK(run(command).error().message == "cannot run '/no/such/program': there is no such program");
}

TEST_CASE("process: a file that is no program cannot be started", "[sys]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/empty", std::string(10, '\0'), 0755);
  Command command;
  command.argv = {dir.path() + "/empty"};
  const auto result = run(command);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::io);
  CHECK(result.error().message == "cannot run '" + command.argv[0] + "': exec format error");
}

TEST_CASE("process: a script without its interpreter is not found", "[sys]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/script", "#!/no/such/interpreter\n", 0755);
  Command command;
  command.argv = {dir.path() + "/script"};
  const auto result = run(command);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::not_found);
}

TEST_CASE("process: find_program looks along the PATH for what can be executed", "[sys]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/a/tool", "#!/bin/sh\n", 0644);
  test::put(dir.path() + "/b/tool", "#!/bin/sh\n", 0755);
  REQUIRE(make_directories(dir.path() + "/c/tool"));
  Environment env;
  env.set("PATH",
          dir.path() + "/none:" + dir.path() + "/c:" + dir.path() + "/a:" + dir.path() + "/b");
  CHECK(find_program("tool", env) == dir.path() + "/b/tool");
  CHECK(find_program("other", env).empty());
  CHECK(find_program(dir.path() + "/b/tool", Environment()) == dir.path() + "/b/tool");
  CHECK(find_program(dir.path() + "/none", env).empty());
  CHECK_FALSE(find_program("sh", Environment()).empty());
}

TEST_CASE("process: after the timeout the whole group is killed, grandchildren too", "[sys]") {
  const auto dir = test::temp_dir();
  auto command = shell("sleep 60 & echo $! > grandchild; echo $$ > child; echo before; wait");
  command.cwd = dir.path();
  command.timeout_seconds = 1;
  const double seconds = seconds_of([&] {
    const auto result = run(command);
    REQUIRE(result);
    CHECK(result->timed_out);
    CHECK(result->status.signal == SIGKILL);
    CHECK(result->out == "before\n");
  });
  CHECK(seconds < 20);
  for (const char* name : {"/child", "/grandchild"})
    CHECK(ends_soon(std::string(text::trim(test::get(dir.path() + name)))));
}

TEST_CASE("process: a child that closes its output and goes on is waited for, and timed out",
          "[sys]") {
  auto quick = shell("exec >&- 2>&-; sleep 0.2; exit 4");
  quick.timeout_seconds = 30;
  CHECK(run(quick)->status.code == 4);
  auto slow = shell("exec >&- 2>&-; sleep 60");
  slow.timeout_seconds = 0.3;
  CHECK(run(slow)->timed_out);
}

TEST_CASE("process: a signal ends the child's group and is an error of its own", "[sys]") {
  const auto dir = test::temp_dir();
  auto command = shell("trap 'echo ended > ended; exit 0' TERM; echo go; sleep 60 & wait");
  command.cwd = dir.path();
  command.on_stdout_line = [](std::string_view) { simulate_signal(SIGTERM); };
  Result<ProcessResult> result = fail(Errc::internal, "");
  const double seconds = seconds_of([&] { result = run(command); });
  simulate_signal(0);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::interrupted);
  CHECK(result.error().message == "interrupted by SIGTERM");
  CHECK(test::get(dir.path() + "/ended") == "ended\n");
  CHECK(seconds < 20);
}

TEST_CASE("process: nothing is started once a signal has come", "[sys]") {
  const auto dir = test::temp_dir();
  auto command = shell("echo ran > ran");
  command.cwd = dir.path();
  {
    const Signalled signalled(SIGINT);
    const auto result = run(command);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::interrupted);
    CHECK(result.error().message == "interrupted by SIGINT");
  }
  CHECK_FALSE(exists(dir.path() + "/ran"));
  CHECK(check_interrupted());
}

TEST_CASE("process: children do not inherit our ignored signals", "[sys]") {
  auto* const before = std::signal(SIGPIPE, SIG_IGN);
  const auto result = run_shell("kill -PIPE $$; echo survived");
  std::signal(SIGPIPE, before);
  CHECK(result.status.signal == SIGPIPE);
  CHECK(result.out.empty());
}

TEST_CASE("process: no descriptor leaks into the child or stays behind", "[sys]") {
  const auto count = [] { return list_directory("/proc/self/fd").value().size(); };
  const auto before = count();
  // What whoever runs the tests left open for children is not ours.
  std::size_t inheritable = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (fd <= 2 || (flags >= 0 && (flags & FD_CLOEXEC) == 0)) ++inheritable;
  }
  const auto seen = text::split(text::trim(run_shell("exec ls /proc/self/fd").out), '\n');
  CHECK(seen.size() == inheritable + 1);  // one more: the directory that ls reads
  for (int i = 0; i < 20; ++i)
    run_shell("true");
  Command missing = shell("");
  missing.cwd = "/no/such/dir";
  CHECK_FALSE(run(missing));
  CHECK(count() == before);
}

}  // namespace
}  // namespace rockstage::sys
