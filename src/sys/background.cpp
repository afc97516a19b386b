#include "sys/background.hpp"

#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace rockstage::sys {
namespace {

constexpr int kCannotStart = 127;

struct Start {
  const char* program;
  const char* cwd;
  std::optional<unsigned> uid;
  std::vector<char*> argv, envp;
  int output;
  pid_t parent;
};

/// In the child, after fork: nothing but system calls.
[[noreturn]] void become(const Start& start) {
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDONLY);
  const bool ready = ::dup2(null, 0) == 0 && ::dup2(start.output, 1) == 1
                     && ::dup2(start.output, 2) == 2 && ::chdir(start.cwd) == 0
                     && (!start.uid
                         || (::setgroups(0, nullptr) == 0 && ::setgid(*start.uid) == 0
                             && ::setuid(*start.uid) == 0))
                     // After setuid, which takes it back; the parent may be gone before it counts.
                     && ::prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && ::getppid() == start.parent;
  if (null > 2) ::close(null);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE})
    std::signal(signal, SIG_DFL);
  if (ready) ::execve(start.program, start.argv.data(), start.envp.data());
  ::_exit(kCannotStart);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const auto& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
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
  const auto cwd = command.cwd.empty() ? std::string(".") : command.cwd;
  std::vector<std::string> pairs;
  for (const auto& [name, value] : command.env.values())
    pairs.push_back(name + "=" + value);
  const Fd log(::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!log.valid()) return fail_errno(errno, "write", output);
  const Start start{program.c_str(),
                    cwd.c_str(),
                    command.uid,
                    pointers(command.argv),
                    pointers(pairs),
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
