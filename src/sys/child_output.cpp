#include "sys/child_output.hpp"

#include "sys/errno_text.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "sys/program_start.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace rockstage::sys {
namespace {

constexpr std::size_t kMostComplaints = std::size_t{16} << 10;
constexpr int kPipeBytes = 1 << 20;

/// What a child is to be born with.
class Birth {
 public:
  Birth() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }

  Birth(const Birth&) = delete;
  Birth& operator=(const Birth&) = delete;

  ~Birth() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }

  /// Standard streams, a group of its own, and signals as a program expects them. An errno, or 0.
  int prepare(int out, int err) {
    sigset_t defaults;
    ::sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE})
      ::sigaddset(&defaults, signal);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    int failed = ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, out, 1);
    if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions_, err, 2);
    return failed;
  }

  /// An errno, or 0.
  int spawn(pid_t& pid, const char* program, char* const* argv, char* const* envp) {
    return ::posix_spawn(&pid, program, &actions_, &attributes_, argv, envp);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<std::unique_ptr<ChildOutput>> ChildOutput::start(const std::vector<std::string>& argv,
                                                        const Environment& environment) {
  RS_TRY(check_interrupted());
  const auto program = find_program(argv.at(0), environment);
  const auto cannot = [&argv](Errc code, const std::string& why) {
    return fail(code, fmt::format("cannot run '{}': {}", argv[0], why));
  };
  if (program.empty()) return cannot(Errc::not_found, "there is no such program");
  const ArgumentBlock arguments(argv);
  const ArgumentBlock variables(environment);
  int out[2];
  int err[2];
  if (::pipe2(out, O_CLOEXEC) != 0) return cannot(Errc::io, errno_text(errno));
  Fd out_read(out[0]);
  const Fd out_write(out[1]);
  if (::pipe2(err, O_CLOEXEC) != 0) return cannot(Errc::io, errno_text(errno));
  Fd err_read(err[0]);
  const Fd err_write(err[1]);
  // Large pieces mean few changes between the two processes; a refusal does no harm.
  ::fcntl(out_read.get(), F_SETPIPE_SZ, kPipeBytes);
  ::fcntl(err_read.get(), F_SETFL, O_NONBLOCK);

  Birth birth;
  int failed = birth.prepare(out_write.get(), err_write.get());
  pid_t pid = -1;
  if (failed == 0) failed = birth.spawn(pid, program.c_str(), arguments.data(), variables.data());
  if (failed != 0) return cannot(failed == ENOENT ? Errc::not_found : Errc::io, errno_text(failed));
  return std::unique_ptr<ChildOutput>(
      new ChildOutput(pid, std::move(out_read), std::move(err_read)));
}

ChildOutput::~ChildOutput() {
  // One that is waiting to write sees that nobody reads any more.
  out_.close();
  if (!child_.wait(Deadline(0))) child_.end(SIGTERM);
}

Result<std::size_t> ChildOutput::read(std::span<std::byte> into) {
  for (;;) {
    RS_TRY(check_interrupted());
    pollfd fds[3] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}, {signal_fd(), POLLIN, 0}};
    if (::poll(fds, 3, -1) < 0) continue;
    if (fds[1].revents != 0) take_complaints();
    if (fds[0].revents == 0) continue;
    const auto got = ::read(out_.get(), into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR)
      return fail(Errc::io, fmt::format("cannot read from a child: {}", errno_text(errno)));
  }
}

Result<ExitStatus> ChildOutput::wait() {
  // Not until the end of its standard error: something that it has left behind may hold that open.
  constexpr double kLookSeconds = 0.05;
  while (!child_.wait(Deadline(kLookSeconds))) {
    RS_TRY(check_interrupted());
    take_complaints();
  }
  take_complaints();
  return child_.status();
}

void ChildOutput::take_complaints() {
  // As much as a pipe holds, so that one that complains without end does not keep us here.
  char block[1 << 16];
  const auto got = err_.valid() ? ::read(err_.get(), block, sizeof block) : -1;
  if (got == 0) err_.close();
  if (got <= 0) return;
  complaints_.append(block, static_cast<std::size_t>(got));
  if (complaints_.size() > kMostComplaints)
    complaints_.erase(0, complaints_.size() - kMostComplaints);
}

}  // namespace rockstage::sys
