#pragma once
#include "sys/child.hpp"
#include "sys/fd.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rockstage::sys {

/// A program whose standard output is read as it comes, for output that is too large to collect.
/// Standard input is /dev/null. It runs in a process group of its own; when the object goes before
/// it has ended, the group gets SIGTERM, SIGKILL after five seconds, and is reaped.
class ChildOutput {
 public:
  /// argv[0] is looked up on the PATH of `environment`, which is the whole environment of the
  /// child. Errc::not_found when there is no such program, Errc::io, Errc::interrupted.
  static Result<std::unique_ptr<ChildOutput>> start(const std::vector<std::string>& argv,
                                                    const Environment& environment);

  ChildOutput(const ChildOutput&) = delete;
  ChildOutput& operator=(const ChildOutput&) = delete;
  ~ChildOutput();

  /// Reads on, as much as fits or is there now, and waits where nothing is; 0 at the end.
  /// Errc::interrupted when SIGINT or SIGTERM came, Errc::io.
  Result<std::size_t> read(std::span<std::byte> into);

  /// How it ended; waits until it has. To be called when read() has come to the end.
  /// Errc::interrupted.
  Result<ExitStatus> wait();

  /// The last 16 KiB of its standard error so far.
  [[nodiscard]] const std::string& complaints() const { return complaints_; }

 private:
  ChildOutput(pid_t pid, Fd out, Fd err)
      : out_(std::move(out)), err_(std::move(err)), child_(pid) {}

  void take_complaints();

  Fd out_, err_;
  Child child_;
  std::string complaints_;
};

}  // namespace rockstage::sys
