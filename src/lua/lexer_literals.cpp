#include "lua/lexer.hpp"
#include "lua/lexical.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace rockstage::lua {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (is_letter(c)) c = static_cast<char>(c | 0x20);
  return out;
}

/// The parts of a numeral, and whether its digits fit 64 bits.
struct Numeral {
  bool digits = false, fraction = false, exponent = false, fits = true;
  unsigned base = 10;
  std::string suffix;
};

/// Digits with at most one point; returns the place behind them.
std::size_t read_digits(std::string_view text, std::size_t at, Numeral& parts) {
  std::uint64_t value = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !parts.fraction) {
      parts.fraction = true;
      continue;
    }
    if (parts.base == 16 ? !is_hex(c) : !is_digit(c)) break;
    parts.digits = true;
    if (parts.base == 2 && c > '1') parts.fits = false;
    const std::uint64_t digit = hex_value(c);
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / parts.base)
      parts.fits = false;
    value = value * parts.base + digit;
  }
  return at;
}

/// The place behind the exponent that starts at `at`; `at` itself when none does.
std::size_t exponent_end(std::string_view text, std::size_t at, unsigned base) {
  const char letter = base == 16 ? 'p' : 'e';
  if (base == 2 || at >= text.size() || (text[at] | 0x20) != letter) return at;
  std::size_t digits = at + 1;
  if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
  const std::size_t end = std::min(text.find_first_not_of("0123456789", digits), text.size());
  return end > digits ? end : at;
}

Numeral split(std::string_view text, bool binary) {
  Numeral parts;
  const char marker = text.size() > 1 ? static_cast<char>(text[1] | 0x20) : '\0';
  const bool marked = text[0] == '0' && (marker == 'x' || (binary && marker == 'b'));
  if (marked) parts.base = marker == 'x' ? 16 : 2;
  const std::size_t digits_end = read_digits(text, marked ? 2 : 0, parts);
  const std::size_t end = exponent_end(text, digits_end, parts.base);
  parts.exponent = end > digits_end;
  parts.suffix = lower(text.substr(end));
  return parts;
}

/// One character from behind a backslash, or more for `\z`; `at` moves on.
void append_escape(std::string_view text, std::size_t& at, std::string& out) {
  constexpr std::string_view kNames = "abfnrtv";
  constexpr std::string_view kBytes = "\a\b\f\n\r\t\v";
  const char c = text[at];
  if (is_digit(c)) {
    int value = 0;
    for (int i = 0; i < 3 && at < text.size() && is_digit(text[at]); ++i, ++at)
      value = value * 10 + (text[at] - '0');
    out += static_cast<char>(value);
    return;
  }
  ++at;
  if (c == 'z') {
    while (at < text.size() && is_space(text[at]))
      ++at;
  } else if (c == 'x' && at + 1 < text.size() && is_hex(text[at]) && is_hex(text[at + 1])) {
    out += static_cast<char>(hex_value(text[at]) * 16 + hex_value(text[at + 1]));
    at += 2;
  } else if (const auto name = kNames.find(c); name != kNames.npos) {
    out += kBytes[name];
  } else if (c == 'u') {
    out += "\\u";
  } else {
    out += c;
  }
}

}  // namespace

// LuaJIT's lj_strscan.c; the others use C99's strtod.
bool is_numeral(std::string_view text, Dialect dialect) {
  if (text.empty()) return false;
  const bool luajit = dialect == Dialect::luajit;
  const Numeral parts = split(text, luajit);
  if (!parts.digits) return false;
  if (parts.base == 2 && (parts.fraction || !parts.fits)) return false;
  if (parts.suffix.empty()) return true;
  if (!luajit) return false;
  if (parts.suffix == "i") return true;
  const bool integer = !parts.fraction && !parts.exponent && parts.fits;
  return integer && (parts.suffix == "ll" || parts.suffix == "ull" || parts.suffix == "llu");
}

std::string string_value(std::string_view literal) {
  if (literal.size() < 2) return {};
  if (literal[0] == '[') {
    const std::size_t edge = literal.find('[', 1) + 1;
    if (edge == 0 || literal.size() < 2 * edge) return {};
    std::string_view text = literal.substr(edge, literal.size() - 2 * edge);
    if (text.starts_with("\r\n") || text.starts_with("\n\r"))
      text.remove_prefix(2);
    else if (text.starts_with('\n') || text.starts_with('\r'))
      text.remove_prefix(1);
    return std::string(text);
  }
  const std::string_view text = literal.substr(1, literal.size() - 2);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\\' && at + 1 < text.size())
      append_escape(text, ++at, out);
    else
      out += text[at++];
  }
  return out;
}

}  // namespace rockstage::lua
