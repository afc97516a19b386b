#include "sys/exec.hpp"

#include "sys/errno_text.hpp"
#include "sys/process.hpp"

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
  std::vector<char*> arguments;
  for (const auto& argument : argv)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : environment.values())
    pairs.push_back(name + "=" + value);
  std::vector<char*> variables;
  for (auto& pair : pairs)
    variables.push_back(pair.data());
  variables.push_back(nullptr);
  // An ignored SIGPIPE would be inherited.
  std::signal(SIGPIPE, SIG_DFL);
  ::execve(program.c_str(), arguments.data(), variables.data());
  return {Errc::io, fmt::format("cannot run '{}': {}", program, errno_text(errno)), {}, {}};
}

}  // namespace rockstage::sys
