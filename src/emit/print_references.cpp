#include "emit/print_references.hpp"

#include <algorithm>

namespace rockstage::emit {

namespace {

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The length of the name that `text` begins with.
std::size_t name_length(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return 0;
  const auto* const end = std::find_if_not(
      text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
  return static_cast<std::size_t>(end - text.begin());
}

bool is_default_word(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return is_letter(c) || is_digit(c)
           || std::string_view("./:@+-").find(c) != std::string_view::npos;
  });
}

/// The length of the reference that `text`, which begins with `$`, begins with; 0 for none.
std::size_t reference_length(std::string_view text) {
  const std::size_t bare = name_length(text.substr(1));
  if (bare != 0) return 1 + bare;
  if (!text.starts_with("${")) return 0;
  const std::size_t name = name_length(text.substr(2));
  const std::size_t close = text.find('}');
  if (name == 0 || close == std::string_view::npos) return 0;
  std::string_view rest = text.substr(2 + name, close - 2 - name);
  if (rest.empty()) return close + 1;
  if (!rest.starts_with(":-") && !rest.starts_with(":+")) return 0;
  return is_default_word(rest.substr(2)) ? close + 1 : 0;
}

}  // namespace

std::vector<Part> split_references(std::string_view text) {
  std::vector<Part> parts;
  const auto add_text = [&parts](std::string_view piece) {
    if (piece.empty()) return;
    if (parts.empty() || parts.back().is_reference) parts.push_back({});
    parts.back().text += piece;
  };
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    add_text(text.substr(0, dollar));
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const std::size_t length = reference_length(text);
    if (length == 0) {
      add_text("$");
      text.remove_prefix(1);
    } else {
      parts.push_back({std::string(text.substr(0, length)), true});
      text.remove_prefix(length);
    }
  }
  return parts;
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && name_length(text) == text.size();
}

}  // namespace rockstage::emit
