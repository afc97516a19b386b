#pragma once
#include "base/result.hpp"
#include "config/types.hpp"
#include "sys/environment.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::config {

/// What the sources are asked for: an option's name without dashes ("cache-dir"), what it may be,
/// and its default.
struct OptionInfo {
  enum class Shape { single, list, flag };
  std::string name;
  Shape shape = Shape::single;
  std::vector<std::string> fallback;
  bool from_files = true;  ///< false: only flag and environment (verify's gate)
};

struct Sources {
  std::map<std::string, std::vector<std::string>> flags;  ///< only those given
  const sys::Environment* environment = nullptr;          ///< nullptr with --isolated
  const ProjectFile* project = nullptr;  ///< nullptr when there is none, or with --isolated
  const ProjectFile* user = nullptr;
};

/// `ROCKSTAGE_CACHE_DIR` for "cache-dir".
std::string environment_name(const std::string& option);

/// Variables that begin with ROCKSTAGE_ and name none of `options` (nor anything else of ours),
/// sorted.
std::vector<std::string> unknown_variables(const sys::Environment& environment,
                                           const std::vector<std::string>& options);

/// The effective value of every option: flag, environment, project file, user file, default. A list
/// in the environment is comma-separated; a switch takes 1, true, yes, on, 0, false, no, off
/// (Errc::usage otherwise).
Result<std::map<std::string, Value>> effective(const std::vector<OptionInfo>& options,
                                               const Sources& sources);

}  // namespace rockstage::config
