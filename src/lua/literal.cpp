#include "lua/literal.hpp"

#include "lua/lexical.hpp"
#include "lua/table_builder.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace rockstage::lua {

namespace {

constexpr int kMaxDepth = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Parser {
 public:
  Parser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  Result<Table> assignments() {
    RS_TRY(start());
    TableBuilder globals;
    while (at_ < text_.size()) {
      const std::string key = take_name();
      if (key.empty() || is_keyword(key)) return error("expected a name");
      RS_TRY(expect('='));
      RS_TRY_ASSIGN(Value value, parse_value(0));
      globals.add_field(key, std::move(value));
      RS_TRY(skip_blanks());
      while (peek() == ';') {
        ++at_;
        RS_TRY(skip_blanks());
      }
    }
    return std::move(globals).finish();
  }

  Result<Table> module_file() {
    RS_TRY(start());
    if (take_name() != "return") return error("expected 'return'");
    RS_TRY(skip_blanks());
    if (peek() != '{') return error("expected a table");
    RS_TRY_ASSIGN(Value value, parse_value(0));
    RS_TRY(skip_blanks());
    if (peek() == ';') ++at_;
    RS_TRY(skip_blanks());
    if (at_ < text_.size()) return error("expected the end of the file");
    return std::move(*value.table());
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  [[nodiscard]] tl::unexpected<Error> error(const std::string& what) const {
    const auto line =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n') + 1;
    std::string found = " at the end of the file";
    if (at_ < text_.size())
      found = " near '"
              + std::string(text_.substr(at_, text_.substr(at_, 20).find('\n'))).substr(0, 20)
              + "'";
    return fail(Errc::invalid_input, name_ + ":" + std::to_string(line) + ": " + what + found);
  }

  Result<void> start() {
    if (text_.starts_with(kByteOrderMark))
      return fail(Errc::invalid_input,
                  name_ + ":1: the file begins with a byte order mark",
                  "save it as UTF-8 without one");
    if (text_.starts_with("#")) at_ = std::min(text_.find('\n'), text_.size());
    return skip_blanks();
  }

  Result<void> skip_blanks() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "--") {
        at_ += 2;
        if (const auto level = long_bracket_level(text_.substr(at_))) {
          RS_TRY(long_string(*level));
        } else {
          at_ = std::min(text_.find('\n', at_), text_.size());
        }
      } else {
        break;
      }
    }
    return {};
  }

  Result<void> expect(char c) {
    RS_TRY(skip_blanks());
    if (peek() != c) return error(std::string("expected '") + c + "'");
    ++at_;
    return skip_blanks();
  }

  std::string take_name() {
    const std::size_t start = at_;
    if (is_name_start(peek()))
      while (is_name_char(peek()))
        ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  Result<std::string> long_string(std::size_t level) {
    const std::string close = "]" + std::string(level, '=') + "]";
    const std::size_t begin = at_ + level + 2;
    const std::size_t end = text_.find(close, begin);
    if (end == text_.npos) return error("unfinished long string");
    at_ = end + close.size();
    // Lua reads each of \n, \r, \r\n and \n\r as one newline and drops the first one after the
    // bracket.
    std::string out;
    for (std::size_t i = begin; i < end; ++i) {
      const char c = text_[i];
      const bool newline = c == '\n' || c == '\r';
      if (!newline) {
        out += c;
        continue;
      }
      const bool first = i == begin;
      if (i + 1 < end && (text_[i + 1] == '\n' || text_[i + 1] == '\r') && text_[i + 1] != c) ++i;
      if (!first) out += '\n';
    }
    return out;
  }

  Result<std::string> quoted_string() {
    const char quote = text_[at_++];
    std::string out;
    while (peek() != quote) {
      const char c = peek();
      if (at_ >= text_.size() || c == '\n' || c == '\r') return error("unfinished string");
      ++at_;
      if (c != '\\') {
        out += c;
      } else {
        RS_TRY(escape(out));
      }
    }
    ++at_;
    return out;
  }

  /// What follows a backslash.
  Result<void> escape(std::string& out) {
    if (is_digit(peek())) return decimal_escape(out);
    constexpr std::string_view kLetters = "abfnrtv\\\"'\n";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"'\n";
    const char c = peek();
    if (const auto found = kLetters.find(c); at_ < text_.size() && found != kLetters.npos) {
      out += kMeanings[found];
      ++at_;
    } else if (c == '\r') {
      at_ += peek(1) == '\n' ? 2U : 1U;
      out += '\n';
    } else if (c == 'z') {
      ++at_;
      while (is_space(peek()))
        ++at_;
    } else if (c == 'x' && is_hex(peek(1)) && is_hex(peek(2))) {
      out += static_cast<char>(hex_value(peek(1)) * 16 + hex_value(peek(2)));
      at_ += 3;
    } else {
      return error("unknown escape sequence");
    }
    return {};
  }

  Result<void> decimal_escape(std::string& out) {
    int value = 0;
    for (int digits = 0; digits < 3 && is_digit(peek()); ++digits)
      value = value * 10 + (text_[at_++] - '0');
    if (value > 255) return error("escape sequence too large");
    out += static_cast<char>(value);
    return {};
  }

  Result<Value> number() {
    const std::size_t start = at_;
    if (peek() == '-') {
      ++at_;
      RS_TRY(skip_blanks());
    }
    const std::size_t digits = at_;
    const auto is_exponent = [&] {
      return (peek() == '-' || peek() == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
    };
    while (is_name_char(peek()) || peek() == '.' || (at_ > digits && is_exponent()))
      ++at_;
    const std::string word(text_.substr(digits, at_ - digits));
    char* end = nullptr;
    const bool hex = word.starts_with("0x") || word.starts_with("0X");
    // strtod alone would also take `inf` and `nan`.
    const bool looks_right = hex ? word.size() > 2 && std::ranges::all_of(word.substr(2), is_hex)
                                 : is_digit(word[0]) || (word[0] == '.' && word.size() > 1);
    const double value = looks_right ? std::strtod(word.c_str(), &end) : 0;
    if (!looks_right || *end != '\0') {
      at_ = start;
      return error("malformed number");
    }
    return Value{digits > start ? -value : value};
  }

  Result<Value> parse_value(int depth) {
    RS_TRY(skip_blanks());
    const char c = peek();
    if (c == '{') return table(depth + 1);
    if (c == '"' || c == '\'') {
      RS_TRY_ASSIGN(std::string text, quoted_string());
      return Value{std::move(text)};
    }
    if (const auto level = long_bracket_level(text_.substr(at_))) {
      RS_TRY_ASSIGN(std::string text, long_string(*level));
      return Value{std::move(text)};
    }
    if (is_digit(c) || c == '-' || c == '.') return number();
    const std::size_t start = at_;
    const std::string word = take_name();
    if (word == "true") return Value{true};
    if (word == "false") return Value{false};
    if (word == "nil") return Value{};
    at_ = start;
    return error("expected a value (a table, string, number or boolean)");
  }

  Result<Value> table(int depth) {
    if (depth > kMaxDepth)
      return error("more than " + std::to_string(kMaxDepth) + " levels of tables");
    RS_TRY(expect('{'));
    TableBuilder builder;
    while (peek() != '}') {
      RS_TRY(entry(builder, depth));
      RS_TRY(skip_blanks());
      if (peek() == ',' || peek() == ';') {
        ++at_;
        RS_TRY(skip_blanks());
      } else if (peek() != '}') {
        return error("expected ',' or '}'");
      }
    }
    ++at_;
    return Value{std::move(builder).finish()};
  }

  Result<void> entry(TableBuilder& builder, int depth) {
    if (peek() == '[' && !long_bracket_level(text_.substr(at_))) return keyed_entry(builder, depth);
    const std::size_t start = at_;
    std::string name = take_name();
    RS_TRY(skip_blanks());
    if (!name.empty() && peek() == '=' && !is_keyword(name)) {
      ++at_;
      RS_TRY_ASSIGN(Value value, parse_value(depth));
      builder.add_field(std::move(name), std::move(value));
      return {};
    }
    at_ = start;
    RS_TRY_ASSIGN(Value value, parse_value(depth));
    builder.add_item(std::move(value));
    return {};
  }

  Result<void> keyed_entry(TableBuilder& builder, int depth) {
    RS_TRY(expect('['));
    if (is_name_start(peek()) || peek() == '{')
      return error("expected a string or a number as key");
    RS_TRY_ASSIGN(const Value key, parse_value(depth));
    RS_TRY(expect(']'));
    RS_TRY(expect('='));
    RS_TRY_ASSIGN(Value value, parse_value(depth));
    if (const double* number = key.number())
      builder.add_number_key(*number, std::move(value));
    else
      builder.add_field(*key.string(), std::move(value));
    return {};
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Table> parse_assignments(std::string_view text, const std::string& name) {
  return Parser(text, name).assignments();
}

Result<Table> parse_return(std::string_view text, const std::string& name) {
  return Parser(text, name).module_file();
}

}  // namespace rockstage::lua
