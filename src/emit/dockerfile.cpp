#include "emit/dockerfile.hpp"

#include "base/text.hpp"
#include "emit/print_references.hpp"
#include "emit/print_run.hpp"
#include "emit/print_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rockstage::emit {

namespace {

// BuildKit reads lines of up to bufio.MaxScanTokenSize bytes.
constexpr std::size_t kMaxLine = 65535;

/// Whether the builder would take a comment for one of its directives (parser/directives.go).
bool looks_like_directive(std::string_view comment) {
  const std::size_t equals = comment.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string name = text::to_lower(text::trim(comment.substr(0, equals)));
  return name == "syntax" || name == "escape" || name == "check";
}

Result<std::string> print(const Comment& comment) {
  if (comment.text.empty()) return std::string("\n");
  std::string lines;
  for (const std::string& line : text::split(text::escape_for_terminal(comment.text), '\n')) {
    // Only comments above everything else can be directives; an empty one ends that.
    if (lines.empty() && looks_like_directive(line)) lines += "#\n";
    const std::string_view kept = text::trim(line).empty() ? std::string_view() : line;
    lines += kept.empty() ? "#\n" : fmt::format("# {}\n", kept);
  }
  return lines;
}

Result<void> check_variable(std::string_view where, std::string_view name) {
  if (is_variable_name(name)) return {};
  return bad_value(where, name, "is no name of a variable", "letters, digits and '_' make one");
}

Result<std::string> print(const Arg& arg) {
  RS_TRY(check_variable("ARG", arg.name));
  if (!arg.fallback) return fmt::format("ARG {}\n", arg.name);
  RS_TRY_ASSIGN(const std::string value, quoted_value("ARG " + arg.name, literal(*arg.fallback)));
  return fmt::format("ARG {}={}\n", arg.name, value);
}

Result<std::string> print(const From& from) {
  RS_TRY(check_reference("FROM", from.image));
  std::string line = "FROM ";
  if (!from.platform.empty()) {
    RS_TRY(check_reference("FROM --platform", expansion(from.platform)));
    line += fmt::format("--platform={} ", from.platform);
  }
  line += from.image.value;
  if (from.stage.empty()) return line + '\n';
  RS_TRY(check_stage_name("FROM … AS", from.stage));
  return fmt::format("{} AS {}\n", line, from.stage);
}

Result<std::string> print(const Workdir& workdir) {
  if (!workdir.path.starts_with('/'))
    return bad_value("WORKDIR", workdir.path, "is no absolute path");
  RS_TRY_ASSIGN(const std::string path, quoted_value("WORKDIR", literal(workdir.path)));
  return fmt::format("WORKDIR {}\n", path);
}

/// `NAME k=v`, the pairs one a line below each other; nothing for no pairs.
Result<std::string> print_pairs(std::string_view name,
                                const std::vector<std::pair<std::string, Text>>& pairs) {
  std::string lines;
  for (const auto& [key, value] : pairs) {
    RS_TRY_ASSIGN(const std::string quoted, quoted_value(fmt::format("{} {}", name, key), value));
    lines += lines.empty() ? std::string(name) + ' ' : " \\\n" + std::string(name.size() + 1, ' ');
    lines += fmt::format("{}={}", key, quoted);
  }
  return lines.empty() ? lines : lines + '\n';
}

Result<std::string> print(const Env& env) {
  for (const auto& [name, value] : env.values)
    RS_TRY(check_variable("ENV", name));
  return print_pairs("ENV", env.values);
}

bool is_label_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_'
         || c == '/';
}

Result<std::string> print(const Label& label) {
  for (const auto& [key, value] : label.values) {
    if (key.empty() || !std::all_of(key.begin(), key.end(), is_label_character))
      return bad_value("LABEL",
                       key,
                       "is no name of a label",
                       "lower-case letters, digits, '.' and '-' make one");
  }
  return print_pairs("LABEL", label.values);
}

bool is_numeric_owner(std::string_view owner) {
  const std::size_t colon = owner.find(':');
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return is_number(owner.substr(0, colon))
         && (colon == std::string_view::npos || is_number(owner.substr(colon + 1)));
}

Result<std::string> print(const Copy& copy, Style style) {
  if (copy.sources.empty()) return bad_value("COPY", copy.to, "is a destination without a source");
  std::string line = "COPY ";
  if (!copy.from.empty()) {
    RS_TRY(check_stage_name("COPY --from", copy.from));
    line += fmt::format("--from={} ", copy.from);
  }
  if (!copy.chown.empty()) {
    if (!is_numeric_owner(copy.chown))
      return bad_value("COPY --chown", copy.chown, "is no numeric owner", "write it like 636:0");
    line += fmt::format("--chown={} ", copy.chown);
  }
  if (copy.link && style == Style::buildkit) line += "--link ";

  std::vector<std::string> words;
  for (const std::string& source : copy.sources) {
    RS_TRY_ASSIGN(words.emplace_back(), path_word(PathRole::source, source));
  }
  RS_TRY_ASSIGN(std::string to, path_word(PathRole::destination, copy.to));
  if (copy.sources.size() > 1 && !to.ends_with('/')) to += '/';
  words.push_back(std::move(to));
  const bool plain = std::all_of(words.begin(), words.end(), is_plain_path);
  return fmt::format("{}{}\n", line, plain ? text::join(words, " ") : json_list(words));
}

/// The first line that is longer than builders read, if there is one.
Result<void> check_lengths(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (end > kMaxLine)
      return bad_value(lines.substr(0, lines.find(' ')),
                       lines.substr(0, end),
                       "is a line that is longer than the 65535 bytes that builders read");
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return {};
}

Result<std::string> print_one(const Instruction& instruction, Style style) {
  return std::visit(
      [style](const auto& one) -> Result<std::string> {
        using Kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Kind, Copy>)
          return print(one, style);
        else if constexpr (std::is_same_v<Kind, Run>)
          return print_run(one, style);
        else
          return print(one);
      },
      instruction);
}

/// Of the lines of a RUN: `<<` stands in no other form of it but within quotes of the JSON form.
bool is_here_document(std::string_view lines) {
  return !lines.ends_with("]\n") && lines.find("<<") != std::string_view::npos;
}

bool is_empty_line(const Instruction& instruction) {
  const auto* const comment = std::get_if<Comment>(&instruction);
  return comment != nullptr && comment->text.empty();
}

}  // namespace

Result<std::string> print(const std::vector<Instruction>& instructions, Style style) {
  std::string text;
  bool after_here_document = false;
  for (const Instruction& instruction : instructions) {
    // hadolint 2.15 reads no instruction right below a here-document.
    if (after_here_document && !is_empty_line(instruction)) text += '\n';
    RS_TRY_ASSIGN(const std::string lines, print_one(instruction, style));
    RS_TRY(check_lengths(lines));
    text += lines;
    after_here_document = std::holds_alternative<Run>(instruction) && is_here_document(lines);
  }
  return text;
}

}  // namespace rockstage::emit
