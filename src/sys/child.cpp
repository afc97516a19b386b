#include "sys/child.hpp"

#include "sys/interrupt.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>

namespace rockstage::sys {
namespace {

double now() {
  struct timespec time {};

  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

Deadline::Deadline(std::optional<double> seconds) {
  if (seconds) at_ = now() + *seconds;
}

int Deadline::milliseconds() const {
  if (!at_) return -1;
  return static_cast<int>(std::clamp(std::ceil((*at_ - now()) * 1000), 0.0, 1e9));
}

Child::~Child() {
  if (!reaped_) end(SIGKILL);
}

bool Child::reap(int options) {
  if (reaped_) return true;
  int raw = 0;
  const auto found = ::waitpid(pid_, &raw, options);
  if (found == 0 || (found < 0 && errno == EINTR)) return false;
  reaped_ = true;
  if (found > 0 && WIFSIGNALED(raw))
    status_ = {0, WTERMSIG(raw)};
  else if (found > 0)
    status_ = {WEXITSTATUS(raw), 0};
  return true;
}

bool Child::has_ended() const {
  siginfo_t info{};
  return reaped_
         || ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0
         || info.si_pid == pid_;
}

bool Child::wait(const Deadline& deadline) {
  // Its output has ended, so the child nearly always has, too: look soon, then ever less often.
  for (int pause = 1; !reap(WNOHANG); pause = std::min(pause * 2, 50)) {
    if (pending_signal() != 0 || deadline.passed()) return false;
    ::poll(nullptr, 0, pause);
  }
  return true;
}

void Child::end(int signal) {
  ::kill(-pid_, signal);
  constexpr double kPatienceSeconds = 5;
  const Deadline patience(kPatienceSeconds);
  while (!has_ended() && !patience.passed())
    ::poll(nullptr, 0, 5);
  // Grandchildren that stayed behind go too. As long as the child is not reaped, nobody else can
  // have got the group's number.
  ::kill(-pid_, SIGKILL);
  while (!reap(0)) {
  }
}

}  // namespace rockstage::sys
