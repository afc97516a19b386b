#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::sys {

/// A set of environment variables. Value semantics: a copy can be changed for one child process.
class Environment {
 public:
  Environment() = default;

  explicit Environment(std::map<std::string, std::string> values) : values_(std::move(values)) {}

  /// Those of this process (`environ`).
  static Environment current();

  [[nodiscard]] std::optional<std::string> get(const std::string& name) const;
  /// As get, but an empty value counts as absent.
  [[nodiscard]] std::optional<std::string> get_nonempty(const std::string& name) const;

  void set(const std::string& name, std::string value) { values_[name] = std::move(value); }

  void unset(const std::string& name) { values_.erase(name); }

  [[nodiscard]] const std::map<std::string, std::string>& values() const { return values_; }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace rockstage::sys
