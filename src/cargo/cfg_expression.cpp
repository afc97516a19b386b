#include "cargo/cfg_expression.hpp"

#include "base/text.hpp"

namespace rockstage::cargo {
namespace {

constexpr int kMaxDepth = 64;

bool is_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Recursive descent; `ok_` is false from the first syntax error on.
class CfgParser {
 public:
  CfgParser(std::string_view text, const CfgSet& values) : rest_(text), values_(values) {}

  std::optional<bool> whole() {
    if (identifier() != "cfg" || !take('(')) return std::nullopt;
    const bool value = expression(0);
    take_comma();
    if (!take(')')) return std::nullopt;
    skip_blanks();
    if (!ok_ || !rest_.empty()) return std::nullopt;
    return value;
  }

 private:
  bool expression(int depth) {
    const std::string name = identifier();
    if (name.empty() || depth > kMaxDepth) return error();
    if (name == "all" || name == "any" || name == "not") {
      if (take('(')) return group(name, depth);
    }
    if (take('=')) return values_.count(name + "=" + quoted()) > 0;
    if (name == "true" || name == "false") return name == "true";
    return values_.count(name) > 0;
  }

  bool group(const std::string& name, int depth) {
    std::size_t members = 0;
    std::size_t held = 0;
    while (ok_ && !take(')')) {
      if (members > 0 && !take(',')) return error();
      if (members > 0 && take(')')) break;
      held += expression(depth + 1) ? 1U : 0U;
      ++members;
    }
    if (name == "not") return members == 1 ? held == 0 : error();
    return name == "all" ? held == members : held > 0;
  }

  /// With its quotes, as rustc prints it.
  std::string quoted() {
    skip_blanks();
    if (rest_.empty() || rest_.front() != '"') return error_text();
    const auto end = rest_.find('"', 1);
    if (end == std::string_view::npos) return error_text();
    const std::string value(rest_.substr(0, end + 1));
    rest_.remove_prefix(end + 1);
    return value;
  }

  std::string identifier() {
    skip_blanks();
    std::size_t length = 0;
    while (length < rest_.size() && is_identifier(rest_[length]))
      ++length;
    const std::string name(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return name;
  }

  bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void take_comma() { static_cast<void>(take(',')); }

  void skip_blanks() {
    while (!rest_.empty()
           && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
  }

  bool error() {
    ok_ = false;
    return false;
  }

  std::string error_text() {
    ok_ = false;
    return {};
  }

  std::string_view rest_;
  const CfgSet& values_;
  bool ok_ = true;
};

}  // namespace

std::optional<bool> matches_cfg(std::string_view text, const CfgSet& values) {
  return CfgParser(text, values).whole();
}

bool target_key_applies(std::string_view key, std::string_view triple, const CfgSet& values) {
  return key == triple || matches_cfg(key, values).value_or(false);
}

}  // namespace rockstage::cargo
