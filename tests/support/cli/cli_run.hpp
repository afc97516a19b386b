#pragma once
#include "sys/environment.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace rockstage::test {

/// What one run of the program gave.
struct CliResult {
  int exit = 0;
  std::string out;  ///< stdout
  std::string err;  ///< what was said to the person

  /// stdout as the one record of `--json`.
  [[nodiscard]] nlohmann::json json() const;
  /// `data` of that record.
  [[nodiscard]] nlohmann::json data() const;
};

/// A run of the whole program in this process, with real child processes. The environment holds
/// PATH, HOME and what a test adds; XDG_CACHE_HOME and XDG_CONFIG_HOME point into `home`, so that
/// nothing of the machine's user is read or written.
struct CliRun {
  sys::Environment environment;

  explicit CliRun(const std::string& home);
  CliResult operator()(const std::vector<std::string>& args) const;
};

}  // namespace rockstage::test
