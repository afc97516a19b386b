#pragma once
#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// What `doctor` says about a machine (docs/commands/doctor.md).
namespace rockstage::report {

/// A program, a directory or a file. Empty texts are unknown or absent.
struct ExaminedTool {
  std::string name, path, version;
  bool ok = false;
  std::string needed_for, hint;
};

/// For people: a line for each tool, then what can be done about those that are not ok, by the
/// command that misses them.
std::string doctor_text(const std::vector<ExaminedTool>& tools);

/// The record `data` of `rockstage.doctor/1`.
nlohmann::json doctor_data(const std::vector<ExaminedTool>& tools);

}  // namespace rockstage::report
