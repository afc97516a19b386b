#pragma once
#include "sys/child.hpp"

#include <memory>
#include <string>

namespace rockstage::sys {

/// A server that runs as long as the object lives; then its group gets SIGTERM, and SIGKILL after
/// five seconds. It gets SIGTERM too when this process dies.
class Background {
 public:
  /// Starts `command` (its timeout and line handlers do not count) with stdout and stderr appended
  /// to the file `output`. Errc::not_found when there is no such program, Errc::io.
  static Result<std::unique_ptr<Background>> start(const Command& command,
                                                   const std::string& output);

  explicit Background(pid_t pid) : child_(pid) {}

  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background();

  /// True when it has ended by itself; a program that could not be started ended with code 127.
  bool ended() { return child_.wait(Deadline(0)); }

 private:
  Child child_;
};

}  // namespace rockstage::sys
