#pragma once
#include "base/result.hpp"
#include "config/schema.hpp"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rockstage::config {

/// What stands at one key, in the form of its kind: one text for text, path, number and flag;
/// several for a list; pairs for a map.
struct Setting {
  std::vector<std::string> texts;
  std::vector<std::pair<std::string, std::string>> pairs;  ///< sorted
  int line = 0;                                            ///< 1-based
};

enum class UnknownKeys { refuse, skip };

/// Reads a YAML file whose keys are `keys`, by their dotted path. Strings are literal.
/// Errc::not_found when there is no such file; Errc::invalid_input with `path:line` for bad YAML,
/// an unknown key (with the nearest name), a key that stands twice, a value of another kind, a path
/// that is absolute or has `..`.
Result<std::map<std::string, Setting>> read_yaml(const std::string& path,
                                                 std::span<const Key> keys,
                                                 UnknownKeys unknown);

}  // namespace rockstage::config
