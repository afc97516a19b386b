#pragma once
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

// Characters and words of Lua, in the C locale.
namespace rockstage::lua {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_name_start(char c) {
  return is_letter(c) || c == '_';
}

constexpr bool is_name_char(char c) {
  return is_name_start(c) || is_digit(c);
}

constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Of a hexadecimal digit.
constexpr unsigned hex_value(char c) {
  return static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

/// The number of `=` in the long bracket that `text` begins with, if it does.
constexpr std::optional<std::size_t> long_bracket_level(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  const auto end = text.find_first_not_of('=', 1);
  if (end == text.npos || text[end] != '[') return std::nullopt;
  return end - 1;
}

/// The 22 words that LuaRocks never writes as bare keys: Lua 5.1's keywords and `goto`.
constexpr bool is_keyword(std::string_view word) {
  constexpr std::string_view kKeywords[] = {
      "and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
      "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
      "repeat",   "return", "then", "true", "until",  "while"};
  return std::ranges::find(kKeywords, word) != std::end(kKeywords);
}

}  // namespace rockstage::lua
