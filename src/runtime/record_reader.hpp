#pragma once
#include "base/result.hpp"
#include "config/yaml_document.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::runtime {

/// Takes typed values out of YAML maps. The first problem is kept, with file and line, and reading
/// goes on: what is absent or of another kind reads as empty.
class RecordReader {
 public:
  explicit RecordReader(std::string file) : file_(std::move(file)) {}

  void refuse(int line, const std::string& message);

  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

  /// Refuses every other key, with the nearest of these.
  void keys(const config::YamlNode& record, std::initializer_list<const char*> known);
  /// Refuses what is no map; `what` names it.
  bool is_map(const config::YamlNode& node, const std::string& what);
  /// nullptr when absent, null or no map.
  const config::YamlNode* map(const config::YamlNode& record, const char* key);
  std::string text(const config::YamlNode& record, const char* key);
  std::vector<std::string> list(const config::YamlNode& record, const char* key);  ///< of texts
  bool flag(const config::YamlNode& record, const char* key);
  /// A whole number from 0; -1 when absent.
  std::int64_t number(const config::YamlNode& record, const char* key);

 private:
  const config::YamlNode* value(const config::YamlNode& record,
                                const char* key,
                                config::YamlNode::Kind kind);

  std::string file_;
  std::optional<Error> problem_;
};

}  // namespace rockstage::runtime
