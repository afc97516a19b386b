#pragma once
#include "lint/doctor.hpp"

#include <string>
#include <vector>

// The parts of `examine_machine`.
namespace rockstage::lint {

/// What a program answered.
struct Answer {
  std::string path;     ///< empty: there is no such program
  bool ok = false;      ///< it ended with exit code 0, in time
  std::string text;     ///< what it printed, to stderr where stdout is empty
  std::string problem;  ///< why it is not ok
};

/// Asks programs with an empty locale and a time limit.
class Prober {
 public:
  Prober(const DoctorRequest& request, Io& io) : request_(request), io_(io) {}

  /// Errc::interrupted only.
  Result<Answer> ask(const std::vector<std::string>& argv) const;

  [[nodiscard]] const sys::Environment& environment() const { return io_.environment; }

  [[nodiscard]] const DoctorRequest& request() const { return request_; }

 private:
  const DoctorRequest& request_;
  Io& io_;
};

/// The first line of `text`, without blanks at its ends.
std::string first_line(const std::string& text);

/// The first word of `answer` that begins with a number and a dot, not counting parentheses:
/// "cmake version 3.25.1" → "3.25.1"; empty when there is none.
std::string version_in(const std::string& answer);

/// cargo, rustc, the standard libraries that are installed, a C compiler that can link.
Result<void> examine_rust(const Prober& prober, std::vector<Tool>& tools);

/// make, cmake, git, the Luas, nginx with its Lua module, container engines.
Result<void> examine_programs(const Prober& prober, std::vector<Tool>& tools);

/// HOME, the cache directory, the umask, the certificates, LuaRocks' configuration.
void examine_places(const Prober& prober, std::vector<Tool>& tools);

}  // namespace rockstage::lint
