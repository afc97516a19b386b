#pragma once
#include "base/result.hpp"
#include "sys/environment.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::sys {

/// How a child process ended: by itself with `code`, or by a signal.
struct ExitStatus {
  int code = 0;
  int signal = 0;  ///< 0 when it was none

  [[nodiscard]] bool ok() const { return code == 0 && signal == 0; }
};

/// "exit code 101", "killed by signal 9 (Killed)".
std::string to_string(const ExitStatus& status);

/// A program to run. Standard input is /dev/null; it runs in a process group of its own, which is
/// ended as a whole.
struct Command {
  std::vector<std::string>
      argv;         ///< argv[0] is looked up on the PATH of `env` unless it has a slash
  std::string cwd;  ///< empty: this process's
  Environment env;  ///< the whole environment of the child
  /// Each line of the child's standard output, without its newline, as it comes. Unset: it is
  /// collected.
  std::function<void(std::string_view)> on_stdout_line;
  std::function<void(std::string_view)> on_stderr_line;
  std::optional<double>
      timeout_seconds;  ///< after it the group is killed; status.signal is SIGKILL
  /// Runs as this user and the group of the same number, without other groups; needs root, else
  /// Errc::io.
  std::optional<unsigned> uid = {};
};

struct ProcessResult {
  ExitStatus status;
  std::string out;  ///< at most the last kCollectLimit bytes; empty when a line handler was given
  std::string err;
  bool timed_out = false;
};

inline constexpr std::size_t kCollectLimit = std::size_t{16} << 20;

/// Runs child processes.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;

  /// Runs `command` to its end. Errc::not_found when there is no such program, Errc::io when it
  /// cannot be started, Errc::interrupted when SIGINT or SIGTERM came meanwhile (the child's group
  /// has then been ended and reaped). A child that ended badly is a value, not an error.
  virtual Result<ProcessResult> run(const Command& command) = 0;
};

/// The runner that really runs them.
class SystemProcessRunner final : public ProcessRunner {
 public:
  Result<ProcessResult> run(const Command& command) override;
};

/// Where `program` is on the PATH of `env`; a name with a slash is taken as it is. Empty when it is
/// nowhere, or not executable.
std::string find_program(const std::string& program, const Environment& env);

/// Runs `work` in a forked child of this very process and returns what it returned, so that code
/// which cannot be stopped from inside (a Lua C function, a parser under attack) can be.
/// Errc::invalid_input with `what` in its message when the time is over or the child died.
/// `memory_bytes` caps the child's data segment; 0 for no cap.
Result<std::string> run_isolated(const std::function<std::string()>& work,
                                 double timeout_seconds,
                                 std::size_t memory_bytes,
                                 const std::string& what);

}  // namespace rockstage::sys
