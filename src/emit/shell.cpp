#include "emit/shell.hpp"

#include "base/text.hpp"
#include "emit/print_references.hpp"

#include <string_view>

namespace rockstage::emit {

namespace {

/// A backslash before each character that double quotes leave special.
std::string escaped_in_double_quotes(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$' || c == '`') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string in_double_quotes(const Text& word) {
  if (word.kind == Text::Kind::literal) return '"' + escaped_in_double_quotes(word.value) + '"';
  std::string quoted = "\"";
  for (const Part& part : split_references(word.value))
    quoted += part.is_reference ? part.text : escaped_in_double_quotes(part.text);
  return quoted + '"';
}

/// ShellCheck takes `'$x'` and `'\'` for mistakes (SC2016, SC1003), and `'it'\''s'` is hard to
/// read.
bool wants_double_quotes(const Text& word) {
  return word.kind == Text::Kind::expansion || word.value.ends_with('\\')
         || word.value.find_first_of("'$`") != std::string::npos;
}

}  // namespace

std::string shell_word(const Text& word) {
  const bool twice = wants_double_quotes(word);
  std::string quoted = twice ? in_double_quotes(word) : text::shell_quote(word.value);
  // BuildKit looks for here-documents in every RUN that holds `<<` somewhere.
  if (quoted.find("<<") == std::string::npos) return quoted;
  return text::replace_all(std::move(quoted), "<", twice ? "<\"\"" : "<''");
}

Result<std::string> shell_line(const ShellCommand& command) {
  std::string line;
  for (const Text& word : command.words) {
    if (!line.empty()) line += ' ';
    line += shell_word(word);
  }
  if (command.words.empty()) line = text::trim(command.script);
  if (line.find('\0') != std::string::npos)
    return fail(Errc::invalid_input, "a shell command cannot hold a NUL byte");
  return line;
}

}  // namespace rockstage::emit
