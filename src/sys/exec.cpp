#include "sys/exec.hpp"

#include "sys/errno_text.hpp"
#include "sys/program_start.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace rockstage::sys {

Error exec_program(const std::vector<std::string>& argv, const Environment& environment) {
  const auto program = find_program(argv.at(0), environment);
  if (program.empty())
    return {Errc::not_found,
            fmt::format("cannot run '{}': there is no such program on the PATH", argv[0]),
            {},
            {}};
  const ArgumentBlock arguments(argv);
  const ArgumentBlock variables(environment);
  // An ignored SIGPIPE would be inherited.
  std::signal(SIGPIPE, SIG_DFL);
  ::execve(program.c_str(), arguments.data(), variables.data());
  return {Errc::io, fmt::format("cannot run '{}': {}", program, errno_text(errno)), {}, {}};
}

}  // namespace rockstage::sys
