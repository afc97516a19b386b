#include "cargo/query.hpp"

#include "base/text.hpp"

namespace rockstage::cargo {

Result<sys::ProcessResult> ask(std::vector<std::string> argv,
                               const std::string& directory,
                               Io& io) {
  sys::Command command;
  command.argv = std::move(argv);
  command.cwd = directory;
  command.env = io.environment;
  command.env.set("RUSTUP_AUTO_INSTALL", "0");
  command.env.set("RUST_BACKTRACE", "0");
  command.env.set("CARGO_TERM_COLOR", "never");
  command.env.set("LC_ALL", "C.UTF-8");
  return io.processes.run(command);
}

std::string first_error(std::string_view output) {
  constexpr std::size_t kLongest = 300;
  std::string first;
  for (const std::string& line : text::split(output, '\n')) {
    const std::string_view trimmed = text::trim(line);
    if (trimmed.starts_with("error: ")) return std::string(trimmed.substr(7, kLongest));
    if (first.empty()) first = trimmed.substr(0, kLongest);
  }
  return first;
}

}  // namespace rockstage::cargo
