#include "cargo/toml_file.hpp"

#include "base/text.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cargo {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{4} << 20;

/// The end of the string that begins at `at`: behind its closing quote, or the end of the text.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const auto quote = text.substr(at, 1);
  const std::string triple(3, quote[0]);
  const bool multi_line = text.substr(at).starts_with(triple);
  const auto closing = multi_line ? std::string_view(triple) : quote;
  for (at += closing.size(); at < text.size(); ++at) {
    if (quote == "\"" && text[at] == '\\')
      ++at;
    else if (text.substr(at).starts_with(closing))
      return at + closing.size();
    else if (!multi_line && text[at] == '\n')
      return at;  // bad syntax, and toml++ will say so
  }
  return text.size();
}

}  // namespace

int line_of_bare_non_ascii(std::string_view text) {
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = skip_string(text, at);
    } else if (c == '#') {
      at = std::min(text.size(), text.find('\n', at));
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      return static_cast<int>(
          1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    } else {
      ++at;
    }
  }
  return 0;
}

Result<toml::table> read_toml(const std::string& path) {
  RS_TRY_ASSIGN(const auto content, sys::read_file(path, kLargestFile));
  const auto bad = [&path](auto line, std::string_view what) {
    return fail(Errc::invalid_input,
                fmt::format("{}:{}: {}", path, line, text::escape_for_terminal(what)),
                "correct the TOML");
  };
  // toml++ 3.3 has undefined behaviour at some of these.
  if (const int line = line_of_bare_non_ascii(content); line != 0)
    return bad(line, "a character beyond ASCII outside of quotes");
  toml::parse_result parsed = toml::parse(std::string_view(content));
  if (!parsed) return bad(parsed.error().source().begin.line, parsed.error().description());
  return std::move(parsed).table();
}

}  // namespace rockstage::cargo
