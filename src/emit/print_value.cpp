#include "emit/print_value.hpp"

#include "base/text.hpp"
#include "emit/print_references.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::emit {

namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kShownLength = 60;

bool is_made_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return kLetters.find(c) != std::string_view::npos || kDigits.find(c) != std::string_view::npos
           || more.find(c) != std::string_view::npos;
  });
}

std::string backslashed(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// One line, short enough for a message.
std::string shown(std::string_view value) {
  std::string text = text::escape_for_terminal(value.substr(0, kShownLength));
  text = text::replace_all(text::replace_all(std::move(text), "\n", "\\n"), "\t", "\\t");
  return value.size() > kShownLength ? text + "…" : text;
}

}  // namespace

tl::unexpected<Error> bad_value(std::string_view where,
                                std::string_view value,
                                std::string_view problem,
                                std::string hint) {
  return fail(Errc::invalid_input,
              fmt::format("{}: '{}' {}", where, shown(value), problem),
              std::move(hint));
}

Result<void> check_line(std::string_view where, std::string_view value) {
  if (!text::is_valid_utf8(value)) return bad_value(where, value, "is not UTF-8");
  constexpr unsigned char kDelete = 0x7f;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      return bad_value(where, value, "has a newline, which no Dockerfile can carry there");
    if ((byte < ' ' && c != '\t') || byte == kDelete)
      return bad_value(where, value, "has a control character");
  }
  return {};
}

Result<std::string> quoted_value(std::string_view where, const Text& value) {
  RS_TRY(check_line(where, value.value));
  if (!value.value.empty() && is_made_of(value.value, "._/:@%+,-")) return value.value;
  constexpr std::string_view kSpecial = "\"$\\";
  std::string quoted = "\"";
  if (value.kind == Text::Kind::literal) {
    quoted += backslashed(value.value, kSpecial);
  } else {
    for (const Part& part : split_references(value.value))
      quoted += part.is_reference ? part.text : backslashed(part.text, kSpecial);
  }
  return quoted + '"';
}

Result<std::string> path_word(PathRole role, std::string_view path) {
  constexpr std::string_view kWhere = "COPY";
  if (path.empty()) return bad_value(kWhere, path, "is no path");
  constexpr const char* kHint = "rename the file";
  if (auto line = check_line(kWhere, path); !line) {
    line.error().hint = kHint;
    return tl::unexpected<Error>(std::move(line).error());
  }
  if (path.find('\\') != std::string_view::npos)
    return bad_value(kWhere, path, "has a backslash, which builders read in different ways", kHint);
  if (role == PathRole::destination) {
    if (!path.starts_with('/'))
      return bad_value(kWhere, path, "is no absolute path", "begin the destination with '/'");
    return backslashed(path, "\"'$<");
  }
  // Go's filepath.Match: a class of one character stands for the character.
  std::string word;
  for (const char c : path)
    word += c == '*' || c == '?' || c == '[' ? fmt::format("[{}]", c) : std::string(1, c);
  word = backslashed(word, "\"'$<");
  // The word lexer drops a byte-order mark at the beginning.
  return word.starts_with("\xEF\xBB\xBF") ? '\\' + word : word;
}

bool is_plain_path(std::string_view word) {
  return is_made_of(word, "._/@%+,:-") && !word.starts_with('-');
}

std::string json_list(const std::vector<std::string>& values) {
  std::string list = "[";
  for (const std::string& value : values) {
    if (list.size() > 1) list += ", ";
    list += nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  return list + ']';
}

Result<void> check_stage_name(std::string_view where, std::string_view name) {
  const std::string_view special = "-_.";
  if (name.empty() || !(name.front() >= 'a' && name.front() <= 'z') || !is_made_of(name, special)
      || text::to_lower(name) != name)
    return bad_value(where,
                     name,
                     "is no name of a stage",
                     "a lower-case letter, then lower-case letters, digits, '-', '_' and '.'");
  if (name == "scratch" || name == "context")
    return bad_value(where, name, "is a name that BuildKit keeps for itself");
  return {};
}

Result<void> check_reference(std::string_view where, const Text& value) {
  RS_TRY(check_line(where, value.value));
  if (value.value.empty()) return bad_value(where, value.value, "is empty");
  const std::vector<Part> parts = value.kind == Text::Kind::expansion
                                      ? split_references(value.value)
                                      : std::vector<Part>{{value.value, false}};
  for (const Part& part : parts) {
    if (!part.is_reference && !is_made_of(part.text, "._/:@+-"))
      return bad_value(where,
                       value.value,
                       "has characters that cannot stand there",
                       "letters, digits and ._/:@+- can");
  }
  if (value.kind == Text::Kind::literal && !is_made_of(value.value.substr(0, 1), ""))
    return bad_value(where, value.value, "begins with neither a letter nor a digit");
  return {};
}

}  // namespace rockstage::emit
