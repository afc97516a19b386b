#include "lua/lexer.hpp"

#include "lua/lexical.hpp"

#include <algorithm>

namespace rockstage::lua {
namespace {

/// Digits with at most one point and an exponent, or hexadecimal digits: every Lua reads these, and
/// ends at the same place.
bool is_plain_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X"))
    return text.size() > 2 && std::ranges::all_of(text.substr(2), is_hex);
  const auto skip_digits = [&] {
    while (!text.empty() && is_digit(text.front()))
      text.remove_prefix(1);
  };
  skip_digits();
  if (text.starts_with('.')) text.remove_prefix(1);
  skip_digits();
  if (text.empty()) return true;
  if ((text.front() | 0x20) != 'e') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

}  // namespace

Dialect dialect_of(Lua lua) {
  switch (lua) {
    case Lua::luajit:
    case Lua::openresty:
      return Dialect::luajit;
    case Lua::lua51:
      return Dialect::lua51;
    case Lua::lua52:
      return Dialect::lua52;
    case Lua::lua53:
      return Dialect::lua53;
    case Lua::lua54:
      return Dialect::lua54;
    case Lua::lua55:
      break;
  }
  return Dialect::lua55;
}

std::string_view without_first_line(std::string_view source, Dialect dialect) {
  if (dialect != Dialect::lua51 && source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  if (!source.starts_with("#")) return source;
  const auto end = source.find_first_of(dialect == Dialect::luajit ? "\r\n" : "\n");
  return end == source.npos ? std::string_view{} : source.substr(end);
}

void Lexer::fail(std::string message) {
  if (!error_) error_ = SyntaxError{line_, std::move(message)};
  at_ = source_.size();
}

char Lexer::peek(std::size_t ahead) const {
  return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
}

// 5.1 takes a NUL for a character of every set.
bool Lexer::take_if(std::string_view set) {
  if (at_end()) return false;
  const char c = peek();
  if (set.find(c) == set.npos && (c != '\0' || dialect_ != Dialect::lua51)) return false;
  ++at_;
  return true;
}

bool Lexer::at_name_char() const {
  return is_name_char(peek())
         || (dialect_ == Dialect::luajit && static_cast<unsigned char>(peek()) >= 0x80);
}

Token Lexer::token(Token::Kind kind, std::size_t start) const {
  if (error_) return {Token::Kind::end, {}, line_};
  return {kind, source_.substr(start, at_ - start), line_};
}

Token Lexer::next() {
  while (skip_blank()) {
  }
  const std::size_t start = at_;
  if (at_end()) return {Token::Kind::end, {}, line_};
  const char c = peek();
  if (c == '"' || c == '\'') {
    quoted(c);
    return token(Token::Kind::string, start);
  }
  if (c == '[') {
    if (const auto level = long_bracket_level(source_.substr(at_))) {
      long_bracket(*level);
      return token(Token::Kind::string, start);
    }
    if (peek(1) == '=') {
      fail("invalid long string delimiter near '[='");
      return token(Token::Kind::end, start);
    }
  }
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
    number(start);
    return token(Token::Kind::number, start);
  }
  if (at_name_char()) return name_or_keyword();
  symbol();
  return token(Token::Kind::symbol, start);
}

Token Lexer::name_or_keyword() {
  const std::size_t start = at_;
  while (at_name_char())
    ++at_;
  Token name = token(Token::Kind::name, start);
  if (name.text == "goto" || name.text == "global" || !std::ranges::all_of(name.text, is_name_char))
    note_peculiar();
  const bool soft =
      name.text == "goto" && (dialect_ == Dialect::lua51 || dialect_ == Dialect::luajit);
  if (is_keyword(name.text) && !soft) name.kind = Token::Kind::symbol;
  return name;
}

/// False when a token starts here.
bool Lexer::skip_blank() {
  if (at_end()) return false;
  const char c = peek();
  if (c == '\n' || c == '\r') {
    skip_newline();
  } else if (is_space(c)) {
    ++at_;
  } else if (c == '-' && peek(1) == '-') {
    skip_comment();
  } else {
    return false;
  }
  return true;
}

void Lexer::skip_comment() {
  at_ += 2;
  if (const auto level = long_bracket_level(source_.substr(at_)))
    long_bracket(*level);
  else
    at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
}

/// `\n`, `\r`, `\r\n` and `\n\r` end one line.
void Lexer::skip_newline() {
  const char first = peek();
  ++at_;
  if (!at_end() && (peek() == '\n' || peek() == '\r') && peek() != first) ++at_;
  ++line_;
}

void Lexer::long_bracket(std::size_t level) {
  at_ += level + 2;
  const std::string close = "]" + std::string(level, '=') + "]";
  const std::size_t end = source_.find(close, at_);
  if (level == 0 && source_.substr(at_, end - at_).find("[[") != source_.npos) {
    if (dialect_ == Dialect::lua51) return fail("nesting of [[...]] is deprecated near '['");
    note_peculiar();
  }
  const std::size_t stop = std::min(end, source_.size());
  while (at_ < stop) {
    if (peek() == '\n' || peek() == '\r')
      skip_newline();
    else
      ++at_;
  }
  if (end == source_.npos) return fail("unfinished long string or comment near <eof>");
  at_ = end + close.size();
}

void Lexer::quoted(char quote) {
  for (++at_; !at_end() && peek() != quote;) {
    if (peek() == '\n' || peek() == '\r') return fail("unfinished string");
    if (peek() == '\\')
      escape();
    else
      ++at_;
  }
  if (at_end()) return fail("unfinished string near <eof>");
  ++at_;
}

void Lexer::escape() {
  ++at_;
  if (at_end()) return fail("unfinished string near <eof>");
  const char c = peek();
  if (c == '\n' || c == '\r') return skip_newline();
  if (is_digit(c)) return decimal_escape();
  ++at_;
  if (dialect_ == Dialect::lua51) return;
  if (std::string_view("abfnrtv\\\"'").find(c) != std::string_view::npos) return;
  note_peculiar();
  const bool unicode = dialect_ != Dialect::lua52;
  if (c == 'x') return hex_escape();
  if (c == 'u' && unicode) return unicode_escape();
  if (c != 'z') return fail("invalid escape sequence '\\" + std::string(1, c) + "'");
  while (!at_end() && is_space(peek())) {
    if (peek() == '\n' || peek() == '\r')
      skip_newline();
    else
      ++at_;
  }
}

void Lexer::hex_escape() {
  if (!is_hex(peek()) || !is_hex(peek(1))) return fail("hexadecimal digit expected");
  at_ += 2;
}

void Lexer::decimal_escape() {
  int value = 0;
  for (int i = 0; i < 3 && is_digit(peek()); ++i, ++at_)
    value = value * 10 + (peek() - '0');
  if (value > 255) fail("decimal escape too large");
}

void Lexer::unicode_escape() {
  if (peek() != '{' || !is_hex(peek(1))) return fail("missing '{' or digits in \\u{xxxx}");
  const bool wide = dialect_ == Dialect::lua54 || dialect_ == Dialect::lua55;
  const std::uint64_t most = wide ? 0x7FFFFFFF : 0x10FFFF;
  std::uint64_t value = 0;
  for (++at_; is_hex(peek()); ++at_) {
    value = value * 16 + hex_value(peek());
    if (value > most) return fail("UTF-8 value too large");
  }
  if (peek() != '}') return fail("missing '}' in \\u{xxxx}");
  ++at_;
  if (dialect_ == Dialect::luajit && value >= 0xD800 && value < 0xE000)
    fail("invalid escape sequence: a surrogate");
}

void Lexer::number(std::size_t start) {
  if (peek() == '.') ++at_;
  const bool hex = peek() == '0' && (peek(1) | 0x20) == 'x';
  number_extent(hex);
  const std::string_view whole = source_.substr(start, at_ - start);
  const std::string_view text = whole.substr(0, whole.find('\0'));
  if (!is_plain_number(whole)) note_peculiar();
  if (!is_numeral(text, dialect_)) fail("malformed number near '" + std::string(text) + "'");
}

/// As far as read_numeral of the dialect reads, whether or not that makes sense.
void Lexer::number_extent(bool hex) {
  if (dialect_ == Dialect::lua51)
    number_extent_51();
  else if (dialect_ == Dialect::luajit)
    number_extent_luajit(hex ? 'p' : 'e');
  else
    number_extent_later(hex);
}

void Lexer::number_extent_51() {
  while (is_digit(peek()) || peek() == '.')
    ++at_;
  if (take_if("Ee")) static_cast<void>(take_if("+-"));
  while (is_name_char(peek()))
    ++at_;
}

void Lexer::number_extent_luajit(char exponent) {
  for (char before = '\0'; !at_end(); ++at_) {
    const bool sign = (peek() == '+' || peek() == '-') && (before | 0x20) == exponent;
    if (!sign && !at_name_char() && peek() != '.') return;
    before = peek();
  }
}

void Lexer::number_extent_later(bool hex) {
  at_ += hex ? 2 : 1;
  while (true) {
    if (take_if(hex ? "Pp" : "Ee")) static_cast<void>(take_if("+-"));
    if (!is_hex(peek()) && peek() != '.') break;
    ++at_;
  }
  const bool greedy = dialect_ == Dialect::lua54 || dialect_ == Dialect::lua55;
  if (greedy && is_name_start(peek())) ++at_;
}

void Lexer::symbol() {
  const std::string_view rest = source_.substr(at_);
  if (rest[0] == '.') {
    ++at_;
    if (take_if(".")) static_cast<void>(take_if("."));
    return;
  }
  const bool has_labels = dialect_ != Dialect::lua51;
  const bool has_bits =
      dialect_ == Dialect::lua53 || dialect_ == Dialect::lua54 || dialect_ == Dialect::lua55;
  const std::string_view two = rest.substr(0, 2);
  if (two == "::" || two == "//" || two == "<<" || two == ">>") note_peculiar();
  const bool comparison = two == "==" || two == "~=" || two == "<=" || two == ">=";
  const bool bits = two == "//" || two == "<<" || two == ">>";
  at_ += comparison || (has_labels && two == "::") || (has_bits && bits) ? 2U : 1U;
}

}  // namespace rockstage::lua
