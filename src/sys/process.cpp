#include "sys/process.hpp"

#include "base/text.hpp"
#include "sys/child.hpp"
#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "sys/program_start.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace rockstage::sys {
namespace {

/// The last kCollectLimit bytes.
void keep_last(std::string& collected) {
  if (collected.size() > kCollectLimit) collected.erase(0, collected.size() - kCollectLimit);
}

/// One of the child's output streams: handed on by lines, or collected.
class Stream {
 public:
  Stream(Fd fd, const std::function<void(std::string_view)>& on_line, std::string& collected)
      : fd_(std::move(fd)), on_line_(on_line), collected_(collected) {}

  [[nodiscard]] int fd() const { return fd_.get(); }

  [[nodiscard]] bool open() const { return fd_.valid(); }

  /// Takes what is there; closes at the end.
  void read() {
    char block[1 << 16];
    const auto count = ::read(fd_.get(), block, sizeof block);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count > 0) {
      take({block, static_cast<std::size_t>(count)});
      return;
    }
    if (!partial_.empty()) on_line_(std::exchange(partial_, {}));
    fd_.close();
  }

 private:
  void take(std::string_view bytes) {
    if (!on_line_) {
      collected_ += bytes;
      // Moving all of it for every block would be slow.
      if (collected_.size() > 2 * kCollectLimit) keep_last(collected_);
      return;
    }
    constexpr std::size_t kLongestLine = std::size_t{1} << 20;
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      partial_ += bytes.substr(0, end);
      on_line_(std::exchange(partial_, {}));
      bytes.remove_prefix(end + 1);
    }
    partial_ += bytes;
    if (partial_.size() > kLongestLine) on_line_(std::exchange(partial_, {}));
  }

  Fd fd_;
  const std::function<void(std::string_view)>& on_line_;
  std::string& collected_;
  std::string partial_;
};

/// Reads both streams to their end. False when the deadline passed or a signal came first.
class Pump {
 public:
  Pump(Stream& out, Stream& err, const Deadline& deadline)
      : out_(out), err_(err), deadline_(deadline) {}

  bool run() {
    while (out_.open() || err_.open()) {
      if (pending_signal() != 0 || deadline_.passed()) return false;
      pollfd fds[3] = {{out_.open() ? out_.fd() : -1, POLLIN, 0},
                       {err_.open() ? err_.fd() : -1, POLLIN, 0},
                       {signal_fd(), POLLIN, 0}};
      if (::poll(fds, 3, deadline_.milliseconds()) < 0) continue;
      if (fds[0].revents != 0) out_.read();
      if (fds[1].revents != 0) err_.read();
    }
    return true;
  }

 private:
  Stream& out_;
  Stream& err_;
  const Deadline& deadline_;
};

struct Pipe {
  Fd read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Errc::io, fmt::format("cannot make a pipe: {}", errno_text(errno)));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

struct Launch {
  const std::string& program;
  const Command& command;
  ArgumentBlock argv, envp;
};

/// In the child, after fork: nothing but system calls. Tells through `report` why it could not
/// become the program.
[[noreturn]] void become(const Launch& launch, int out, int err, int report) {
  if (become_child(launch.command, out, err))
    ::execve(launch.program.c_str(), launch.argv.data(), launch.envp.data());
  const int number = errno;
  [[maybe_unused]] const auto ignored = ::write(report, &number, sizeof number);
  ::_exit(127);
}

/// The error that the child reported before it became the program; 0 when it did.
int launch_error(const Fd& report) {
  int number = 0;
  while (::read(report.get(), &number, sizeof number) < 0 && errno == EINTR) {
  }
  return number;
}

Error cannot_start(const Command& command, const std::string& program, int number) {
  const bool no_directory = number == ENOENT && !command.cwd.empty() && !is_directory(command.cwd);
  if (no_directory)
    return {Errc::not_found,
            fmt::format("cannot run '{}' in '{}': no such directory", program, command.cwd),
            {},
            {}};
  if (number == EPERM && command.uid)
    return {
        Errc::io,
        fmt::format("cannot run '{}' as user {}: {}", program, *command.uid, errno_text(number)),
        "only root can run it as another user",
        {}};
  return {number == ENOENT ? Errc::not_found : Errc::io,
          fmt::format("cannot run '{}': {}", program, errno_text(number)),
          {},
          {}};
}

struct Started {
  std::unique_ptr<Child> child;
  Fd out, err;  ///< its standard output and error, to read from
};

/// A child that has become the program.
Result<Started> start(const Command& command) {
  const auto found = find_program(command.argv.at(0), command.env);
  if (found.empty())
    return fail(Errc::not_found,
                fmt::format("cannot run '{}': there is no such program{}",
                            command.argv[0],
                            command.argv[0].find('/') == std::string::npos ? " on the PATH" : ""));
  // From here, not from `cwd`: the child must not take a program of the same name that lies there.
  const auto program = join(current_directory(), found);
  const Launch launch{program, command, ArgumentBlock(command.argv), ArgumentBlock(command.env)};
  RS_TRY_ASSIGN(auto out, make_pipe());
  RS_TRY_ASSIGN(auto err, make_pipe());
  RS_TRY_ASSIGN(auto report, make_pipe());
  const pid_t pid = ::fork();
  if (pid < 0)
    return fail(Errc::io, fmt::format("cannot run '{}': {}", program, errno_text(errno)));
  if (pid == 0) become(launch, out.write.get(), err.write.get(), report.write.get());
  ::setpgid(pid, pid);  // whoever comes first, parent or child
  Started started{std::make_unique<Child>(pid), std::move(out.read), std::move(err.read)};
  report.write.close();
  if (const int number = launch_error(report.read); number != 0)
    return tl::unexpected<Error>(cannot_start(command, program, number));
  return started;
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  if (status.signal == 0) return fmt::format("exit code {}", status.code);
  return fmt::format("killed by signal {} ({})",
                     status.signal,
                     ::sigabbrev_np(status.signal) == nullptr ? "?" : ::sigdescr_np(status.signal));
}

std::string find_program(const std::string& program, const Environment& env) {
  const auto runnable = [](const std::string& path) {
    return is_file(path) && ::access(path.c_str(), X_OK) == 0;
  };
  if (program.find('/') != std::string::npos) return runnable(program) ? program : std::string();
  for (const auto& directory :
       text::split(env.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin"), ':'))
    if (auto path = join(directory.empty() ? "." : directory, program); runnable(path)) return path;
  return {};
}

Result<ProcessResult> SystemProcessRunner::run(const Command& command) {
  RS_TRY(check_interrupted());
  RS_TRY_ASSIGN(auto started, start(command));
  ProcessResult result;
  Stream stdout_stream(std::move(started.out), command.on_stdout_line, result.out);
  Stream stderr_stream(std::move(started.err), command.on_stderr_line, result.err);
  const Deadline deadline(command.timeout_seconds);
  const bool complete =
      Pump(stdout_stream, stderr_stream, deadline).run() && started.child->wait(deadline);
  if (!complete) {
    const int signal = pending_signal();
    started.child->end(signal == 0 ? SIGKILL : signal);
    RS_TRY(check_interrupted());
    result.timed_out = true;
  }
  keep_last(result.out);
  keep_last(result.err);
  result.status = started.child->status();
  return result;
}

}  // namespace rockstage::sys
