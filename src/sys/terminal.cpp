#include "sys/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace rockstage::sys {

bool SystemTerminal::interactive() const {
  return ::isatty(err_) == 1;
}

bool SystemTerminal::stdout_is_terminal() const {
  return ::isatty(out_) == 1;
}

int SystemTerminal::columns() const {
  struct winsize size {};

  constexpr int kUnknown = 80;
  return ::ioctl(err_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUnknown;
}

void SystemTerminal::write(std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(err_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // nobody listens
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

double SystemTerminal::seconds() const {
  struct timespec now {};

  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::int64_t SystemTerminal::unix_time() const {
  return ::time(nullptr);
}

}  // namespace rockstage::sys
