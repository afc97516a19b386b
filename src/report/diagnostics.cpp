#include "report/diagnostics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace rockstage::report {
namespace {

struct Style {
  const char* word;
  const char* sgr;
};

Style style(Level level) {
  switch (level) {
    case Level::note:
      return {"note", "\x1b[1;36m"};
    case Level::warning:
      return {"warning", "\x1b[1;33m"};
    case Level::error:
      return {"error", "\x1b[1;31m"};
  }
  return {"error", ""};
}

}  // namespace

std::string to_text(const Diagnostic& diagnostic, Color color) {
  const auto [word, sgr] = style(diagnostic.level);
  std::string out =
      color == Color::always ? fmt::format("{}{}:\x1b[0m ", sgr, word) : fmt::format("{}: ", word);
  if (!diagnostic.file.empty()) {
    out += text::escape_for_terminal(diagnostic.file);
    if (diagnostic.line > 0) out += fmt::format(":{}", diagnostic.line);
    out += ": ";
  }
  out += text::escape_for_terminal(diagnostic.message) + "\n";
  for (const auto& line : diagnostic.context)
    out += fmt::format("  while {}\n", text::escape_for_terminal(line));
  if (!diagnostic.hint.empty())
    out += fmt::format("  hint: {}\n", text::escape_for_terminal(diagnostic.hint));
  return out;
}

}  // namespace rockstage::report
