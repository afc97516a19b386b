#pragma once
#include "sys/process.hpp"

#include <sys/types.h>

#include <ctime>
#include <optional>

namespace rockstage::sys {

/// A point in time after which waiting is over; none when it was made without seconds.
class Deadline {
 public:
  explicit Deadline(std::optional<double> seconds);

  [[nodiscard]] bool passed() const { return milliseconds() == 0; }

  /// Until then, for poll(2): -1 for ever, 0 when it has passed.
  [[nodiscard]] int milliseconds() const;

 private:
  std::optional<double> at_;
};

/// A child that leads a process group of its own. Whatever happens, the group is ended and the
/// child reaped.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// False when the deadline passed or a signal came before the child ended.
  bool wait(const Deadline& deadline);
  /// Sends `signal` to the group; what has not ended after five seconds is killed. Reaps.
  void end(int signal);

  [[nodiscard]] const ExitStatus& status() const { return status_; }

 private:
  bool reap(int options);
  [[nodiscard]] bool has_ended() const;  ///< it may still have to be reaped

  pid_t pid_;
  bool reaped_ = false;
  ExitStatus status_;
};

}  // namespace rockstage::sys
