#pragma once
#include <map>
#include <string>
#include <vector>

namespace rockstage {

enum class Severity { note, warning, error };

/// What a rule has to say about a file. Data, never an error.
struct Finding {
  std::string rule;  ///< a public name of base/rules.hpp
  Severity severity = Severity::warning;
  std::string path;  ///< relative to the subject; empty when it is about the whole
  std::string message;
  std::map<std::string, std::string> evidence;
  std::string fix;
};

using Findings = std::vector<Finding>;

}  // namespace rockstage
