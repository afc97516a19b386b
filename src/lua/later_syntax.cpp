#include "lua/later_syntax.hpp"

#include "lua/lexical.hpp"

#include <algorithm>
#include <vector>

namespace rockstage::lua {

namespace {

/// Splits Lua source into tokens; strings come as `""`, numerals as `0`, comments not at all.
class Tokens {
 public:
  explicit Tokens(std::string_view source) : source_(source) {}

  std::vector<std::string> take_all() {
    std::vector<std::string> tokens;
    while (at_ < source_.size()) {
      if (std::string token = next(); !token.empty()) tokens.push_back(std::move(token));
    }
    return tokens;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  std::string next() {
    const char c = peek();
    if (is_space(c)) {
      ++at_;
      return {};
    }
    if (source_.substr(at_, 2) == "--") {
      at_ += 2;
      if (!skip_long_bracket()) at_ = std::min(source_.find('\n', at_), source_.size());
      return {};
    }
    if (c == '[' && skip_long_bracket()) return "\"\"";
    if (c == '"' || c == '\'') return quoted_string();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return numeral();
    const std::size_t start = at_;
    if (is_name_start(c)) {
      while (is_name_char(peek()))
        ++at_;
      return std::string(source_.substr(start, at_ - start));
    }
    for (const std::string_view symbol :
         {"...", "..", "==", "~=", "<=", ">=", "::", "//", "<<", ">>"}) {
      if (!source_.substr(at_).starts_with(symbol)) continue;
      at_ += symbol.size();
      return std::string(symbol);
    }
    ++at_;
    return std::string(1, c);
  }

  /// False, and nothing skipped, when none opens here or it never ends.
  bool skip_long_bracket() {
    std::size_t level = 0;
    if (peek() != '[') return false;
    while (peek(level + 1) == '=')
      ++level;
    if (peek(level + 1) != '[') return false;
    const std::size_t end = source_.find("]" + std::string(level, '=') + "]", at_ + level + 2);
    if (end == source_.npos) return false;
    at_ = end + level + 2;
    return true;
  }

  /// An unfinished string stays as its opening quote, which no parser takes.
  std::string quoted_string() {
    const char quote = peek();
    std::size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote && source_[end] != '\n') {
      if (source_.substr(end, 2) == "\\z") {
        for (end += 2; end < source_.size() && is_space(source_[end]);)
          ++end;
      } else {
        end += source_[end] == '\\' ? 2U : 1U;
      }
    }
    const bool finished = end < source_.size() && source_[end] == quote;
    at_ += finished ? end + 1 - at_ : 1;
    return finished ? "\"\"" : std::string(1, quote);
  }

  /// `0` for a numeral of any Lua, the text itself for what only begins like one.
  std::string numeral() {
    const std::size_t start = at_;
    const bool hex = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
    if (hex) at_ += 2;
    while (hex ? is_hex(peek()) : is_digit(peek()))
      ++at_;
    if (peek() == '.' && peek(1) != '.') ++at_;
    while (hex ? is_hex(peek()) : is_digit(peek()))
      ++at_;
    const char exponent = static_cast<char>(peek() | 0x20);
    const bool is_signed = peek(1) == '+' || peek(1) == '-';
    if (exponent == (hex ? 'p' : 'e') && is_digit(peek(is_signed ? 2U : 1U))) {
      at_ += is_signed ? 2U : 1U;
      while (is_digit(peek()))
        ++at_;
    }
    const std::size_t suffix = at_;
    while (is_name_char(peek()))
      ++at_;
    std::string letters(source_.substr(suffix, at_ - suffix));
    std::ranges::transform(
        letters, letters.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    const bool known = letters.empty() || letters == "ll" || letters == "ull" || letters == "i";
    return known ? "0" : std::string(source_.substr(start, at_ - start));
  }

  std::string_view source_;
  std::size_t at_ = 0;
};

bool is_name(const std::string& token) {
  return is_name_start(token.front()) && (token == "goto" || !is_keyword(token));
}

}  // namespace

std::string without_later_syntax(std::string_view source) {
  std::vector<std::string> tokens = Tokens(source).take_all();
  const std::string end_of_file = " ";
  const auto at = [&](std::size_t i) -> const std::string& {
    return i < tokens.size() ? tokens[i] : end_of_file;
  };
  std::string out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    const bool attribute = token == "<" && (at(i + 1) == "const" || at(i + 1) == "close")
                           && at(i + 2) == ">" && i > 1 && is_name(tokens[i - 1])
                           && (tokens[i - 2] == "local" || tokens[i - 2] == ",");
    if (token == "goto" && is_name(at(i + 1))) {
      out += "do end";
      i += 1;
    } else if (token == "::" && is_name(at(i + 1)) && at(i + 2) == "::") {
      i += 2;
    } else if (attribute) {
      i += 2;
    } else if (token == "break") {
      out += "do break end";
    } else if (token == "//") {
      out += '/';
    } else if (token == "~") {
      out += '-';  // 5.1's only operator that is unary and binary
    } else if (token == "&" || token == "|" || token == "<<" || token == ">>") {
      out += '+';
    } else {
      out += token;
    }
    out += ' ';
  }
  return out;
}

}  // namespace rockstage::lua
