#include "lua/lexer.hpp"
#include "lua/lexical.hpp"

#include <cstdint>
#include <limits>

namespace rockstage::lua {

namespace {

std::uint64_t digit_value(char c) {
  return static_cast<std::uint64_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

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

Numeral split(std::string_view text, bool binary) {
  Numeral parts;
  std::size_t at = 0;
  const char marker = text.size() > 1 ? static_cast<char>(text[1] | 0x20) : '\0';
  if (text[0] == '0' && (marker == 'x' || (binary && marker == 'b'))) {
    parts.base = marker == 'x' ? 16 : 2;
    at = 2;
  }
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
    const std::uint64_t digit = digit_value(c);
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / parts.base)
      parts.fits = false;
    value = value * parts.base + digit;
  }
  const char exponent = parts.base == 16 ? 'p' : 'e';
  if (at < text.size() && parts.base != 2 && (text[at] | 0x20) == exponent) {
    std::size_t digit = at + 1;
    if (digit < text.size() && (text[digit] == '+' || text[digit] == '-')) ++digit;
    if (digit < text.size() && is_digit(text[digit])) {
      parts.exponent = true;
      while (digit < text.size() && is_digit(text[digit]))
        ++digit;
      at = digit;
    }
  }
  parts.suffix = lower(text.substr(at));
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
    out += static_cast<char>(digit_value(text[at]) * 16 + digit_value(text[at + 1]));
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
