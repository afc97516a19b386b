#include "emit/print_run.hpp"

#include "base/text.hpp"
#include "emit/print_value.hpp"
#include "emit/shell.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::emit {

namespace {

Result<std::string> print_mount(const Mount& mount) {
  std::string text = mount.type == Mount::Type::cache ? "type=cache" : "type=secret";
  const auto add = [&text](std::string_view key, const std::string& value) -> Result<void> {
    if (value.empty()) return {};
    RS_TRY(check_reference(fmt::format("RUN --mount {}", key), expansion(value)));
    text += fmt::format(",{}={}", key, value);
    return {};
  };
  if (!mount.target.empty() && !mount.target.starts_with('/') && !mount.target.starts_with('$'))
    return bad_value("RUN --mount target", mount.target, "is no absolute path");
  RS_TRY(add("id", mount.id));
  RS_TRY(add("target", mount.target));
  RS_TRY(add("sharing", mount.sharing));
  if (mount.required) text += ",required=true";
  return "--mount=" + text;
}

/// The line with an `x` for each byte that is quoted, so that what is left is the shell's own.
std::string unquoted(std::string_view line) {
  std::string text(line);
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') text[i] = 'x';
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      if (text[i + 1] != '\n') text[i + 1] = 'x';
      ++i;
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    }
  }
  return text;
}

bool has_comment(std::string_view line) {
  const std::string text = unquoted(line);
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + 1))
    if (at == 0 || std::string_view(" \t\n;&|(").find(text[at - 1]) != std::string_view::npos)
      return true;
  return false;
}

/// Whether the shell would take only a part of the script for the command of an AND list.
bool needs_braces(const ShellCommand& command, std::string_view line) {
  if (!command.words.empty()) return false;
  const std::string text = text::replace_all(unquoted(line), "&&", "");
  return text.find(';') != std::string::npos || text.find("||") != std::string::npos
         || text.find("& ") != std::string::npos || text.ends_with('&');
}

/// What stands in the way of a command in a RUN without a here-document; empty for nothing.
std::string_view problem_of_plain(const ShellCommand& command, std::string_view line) {
  if (line.find("<<") != std::string_view::npos)
    return "has a here-document, which the portable style cannot carry";
  if (line.ends_with('\\')) return "ends in a backslash, which would join the next line to it";
  constexpr std::string_view kNewline = "has a newline, which the portable style cannot carry";
  for (std::size_t at = line.find('\n'); at != std::string_view::npos;
       at = line.find('\n', at + 1)) {
    const bool continues =
        command.words.empty() && at > 1 && line[at - 1] == '\\' && line[at - 2] != '\\';
    const std::string_view next = text::trim(line.substr(at + 1, line.find('\n', at + 1) - at - 1));
    if (!continues || next.empty() || next.starts_with('#')) return kNewline;
  }
  if (command.words.empty() && has_comment(line))
    return "has a comment, which would hide the commands behind it";
  return {};
}

Result<std::string> joined(const std::vector<ShellCommand>& commands,
                           const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (const auto problem = problem_of_plain(commands[i], line); !problem.empty())
      return bad_value("RUN", line, problem, "write it on one line, or use the style 'buildkit'");
    if (i == 0 && line.starts_with("--"))
      return bad_value("RUN", line, "begins like an option of RUN");
    // The array of the JSON form begins like the test command.
    const bool braces =
        (i == 0 && line.starts_with('[')) || (lines.size() > 1 && needs_braces(commands[i], line));
    if (i > 0) text += " \\\n  && ";
    text += braces ? fmt::format(
                "{{ {}{} }}", line, line.ends_with(';') || line.ends_with('&') ? "" : ";")
                   : line;
  }
  return text;
}

Result<std::string> here_document(const std::vector<ShellCommand>& commands,
                                  const std::vector<std::string>& lines) {
  std::string body = lines.size() > 1 ? "set -eu\n" : "";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    body += lines[i];
    // `set -e` passes over what fails on the left of `&&`.
    const bool last = i + 1 == lines.size();
    if (!last && commands[i].words.empty() && lines[i].find("&&") != std::string::npos) {
      if (has_comment(lines[i]))
        return bad_value("RUN", lines[i], "has a comment and '&&'", "leave the comment out");
      body += " || exit 1";
    }
    body += '\n';
  }
  if (body.starts_with("#!"))
    return bad_value("RUN", body, "begins with '#!'", "leave out the interpreter: it is /bin/sh");
  std::string delimiter = "EOF";
  for (int i = 1; body.find(delimiter) != std::string::npos; ++i)
    delimiter = fmt::format("EOF{}", i);
  return fmt::format("<<{}\n{}{}", delimiter, body, delimiter);
}

Result<void> check_shell_text(std::string_view line) {
  if (text::trim(line).empty()) return bad_value("RUN", line, "is no command");
  // Newlines have their own rules.
  return check_line("RUN", text::replace_all(std::string(line), "\n", " "));
}

Result<std::string> print_commands(const std::vector<ShellCommand>& commands, Style style) {
  std::vector<std::string> lines;
  bool plain = true;
  for (const ShellCommand& command : commands) {
    RS_TRY_ASSIGN(std::string line, shell_line(command));
    RS_TRY(check_shell_text(line));
    plain = plain && problem_of_plain(command, line).empty();
    lines.push_back(std::move(line));
  }
  if (lines.empty()) return fail(Errc::invalid_input, "RUN: there is no command");
  if (style == Style::buildkit && (lines.size() > 1 || !plain))
    return here_document(commands, lines);
  return joined(commands, lines);
}

}  // namespace

Result<std::string> print_run(const Run& run, Style style) {
  std::string text = "RUN ";
  for (const Mount& mount : run.mounts) {
    RS_TRY_ASSIGN(const std::string option, print_mount(mount));
    text += option + " \\\n    ";
  }
  if (run.exec.empty()) {
    RS_TRY_ASSIGN(const std::string commands, print_commands(run.commands, style));
    return text + commands + '\n';
  }
  for (const std::string& word : run.exec) {
    if (!text::is_valid_utf8(word)) return bad_value("RUN", word, "is not UTF-8");
    if (word.find('\0') != std::string::npos) return bad_value("RUN", word, "has a NUL byte");
  }
  return text + json_list(run.exec) + '\n';
}

}  // namespace rockstage::emit
