#pragma once
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockstage::config {

/// A YAML value as plain data.
struct YamlNode {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  int line = 0;         ///< 1-based
  bool quoted = false;  ///< a scalar that is a text whatever it looks like
  std::string scalar;
  std::vector<YamlNode> items;                           ///< of a list
  std::vector<std::pair<std::string, YamlNode>> fields;  ///< of a map, in file order

  // Clang 14 cannot default it while the pair above needs the whole type.
  YamlNode() {}

  [[nodiscard]] const YamlNode* find(std::string_view key) const;  ///< nullptr when absent
};

/// Reads a YAML file of one document; an empty one is null. Aliases are refused, for a small text
/// could become a large document by them. Errc::not_found when there is no such file;
/// Errc::invalid_input with `path:line` for bad YAML, aliases, a key that stands twice or is no
/// text, more than 1 MiB, 100 000 values or 64 levels.
Result<YamlNode> read_yaml_document(const std::string& path);
/// The same for a text; `name` stands in messages.
Result<YamlNode> parse_yaml_document(const std::string& content, const std::string& name);

}  // namespace rockstage::config
