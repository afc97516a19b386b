#include "sys/interrupt.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace rockstage::sys {
namespace {

volatile std::sig_atomic_t g_signal = 0;
int g_pipe[2] = {-1, -1};

void note_signal(int signal) {
  const int saved = errno;
  if (g_signal != 0) ::_exit(128 + signal);  // a second one means it
  g_signal = signal;
  const char byte = 1;
  [[maybe_unused]] const auto ignored = ::write(g_pipe[1], &byte, 1);
  errno = saved;
}

}  // namespace

void install_signal_handlers() {
  if (::pipe2(g_pipe, O_CLOEXEC | O_NONBLOCK) != 0) g_pipe[0] = g_pipe[1] = -1;

  struct sigaction action {};

  action.sa_handler = note_signal;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int pending_signal() {
  return g_signal;
}

int signal_fd() {
  return g_pipe[0];
}

Result<void> check_interrupted() {
  if (const int signal = pending_signal(); signal != 0)
    return fail(Errc::interrupted,
                fmt::format("interrupted by {}", signal == SIGTERM ? "SIGTERM" : "SIGINT"));
  return {};
}

Result<void> wait_interruptibly(double seconds) {
  pollfd fd{signal_fd(), POLLIN, 0};
  ::poll(&fd, 1, static_cast<int>(seconds * 1000));
  return check_interrupted();
}

void simulate_signal(int signal) {
  g_signal = signal;
}

}  // namespace rockstage::sys
