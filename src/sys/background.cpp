#include "sys/background.hpp"

#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "sys/program_start.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace rockstage::sys {
namespace {

constexpr int kCannotStart = 127;

struct Start {
  const std::string& program;
  const Command& command;
  ArgumentBlock argv, envp;
  int output;
  pid_t parent;
};

/// In the child, after fork: nothing but system calls.
[[noreturn]] void become(const Start& start) {
  const bool ready = become_child(start.command, start.output, start.output)
                     // After setuid, which takes it back; the parent may be gone before it counts.
                     && ::prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && ::getppid() == start.parent;
  if (ready) ::execve(start.program.c_str(), start.argv.data(), start.envp.data());
  ::_exit(kCannotStart);
}

}  // namespace

Result<std::unique_ptr<Background>> Background::start(const Command& command,
                                                      const std::string& output) {
  RS_TRY(check_interrupted());
  const auto found = find_program(command.argv.at(0), command.env);
  if (found.empty())
    return fail(Errc::not_found,
                fmt::format("cannot run '{}': there is no such program", command.argv[0]));
  const auto program = join(current_directory(), found);
  const Fd log(::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!log.valid()) return fail_errno(errno, "write", output);
  const Start start{program,
                    command,
                    ArgumentBlock(command.argv),
                    ArgumentBlock(command.env),
                    log.get(),
                    ::getpid()};
  const pid_t pid = ::fork();
  if (pid < 0)
    return fail(Errc::io, fmt::format("cannot run '{}': {}", program, errno_text(errno)));
  if (pid == 0) become(start);
  ::setpgid(pid, pid);  // whoever comes first, parent or child
  return std::make_unique<Background>(pid);
}

Background::~Background() {
  if (!ended()) child_.end(SIGTERM);
}

}  // namespace rockstage::sys
