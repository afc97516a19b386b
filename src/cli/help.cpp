#include "cli/help.hpp"

#include "base/version.hpp"
#include "cli/command_table.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

constexpr std::string_view kIntro =
    "rockstage builds Lua rocks with Rust inside and stages them as LuaRocks trees,\n"
    "so that production images carry .so files and Lua, but no cargo and no rustc.\n";

/// `-j, --jobs N`, `    --doc`.
std::string left_column(const OptionSpec& option) {
  std::string text = option.letter != 0 ? fmt::format("-{}, ", option.letter) : std::string("    ");
  text += fmt::format("--{}", option.name);
  if (*option.value != 0) text += fmt::format(" {}", option.value);
  return text;
}

std::string right_column(const OptionSpec& option) {
  std::string text = option.help;
  if (*option.alias != 0) text += fmt::format(" (also --{})", option.alias);
  if (*option.fallback != 0) text += fmt::format(" [default: {}]", option.fallback);
  if (*option.later != 0) text += " (does not exist yet)";
  return text;
}

/// `text` broken at blanks into lines of at most `width` columns.
std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width)
      lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
  }
  return lines;
}

std::string option_lines(std::span<const OptionSpec> options) {
  constexpr std::size_t kColumn = 32;
  constexpr std::size_t kWidth = 80;
  std::string out;
  for (const auto& option : options) {
    const auto left = "  " + left_column(option);
    auto lines = wrap(right_column(option), kWidth - kColumn);
    // A long option stands on a line of its own.
    if (left.size() + 2 > kColumn)
      out += left + "\n" + std::string(kColumn, ' ') + lines.front() + "\n";
    else
      out += fmt::format("{:<{}}{}\n", left, kColumn, lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i)
      out += std::string(kColumn, ' ') + lines[i] + "\n";
  }
  return out;
}

std::string command_lines(bool existing) {
  std::string out;
  for (const auto& command : commands())
    if ((*command.later == 0) == existing)
      out += fmt::format("  {:<12}{}\n", command.name, command.summary);
  return out;
}

nlohmann::json option_data(const OptionSpec& option) {
  const auto null_or = [](const char* text) {
    return *text == 0 ? nlohmann::json() : nlohmann::json(text);
  };
  const bool repeatable =
      option.shape == OptionSpec::Shape::list || option.shape == OptionSpec::Shape::repeat;
  return {{"name", option.name},
          {"short",
           option.letter == 0 ? nlohmann::json() : nlohmann::json(std::string(1, option.letter))},
          {"alias", null_or(option.alias)},
          {"value", null_or(option.value)},
          {"repeatable", repeatable},
          {"default", null_or(option.fallback)},
          {"help", option.help},
          {"exists", *option.later == 0}};
}

nlohmann::json options_data(std::span<const OptionSpec> options) {
  auto list = nlohmann::json::array();
  for (const auto& option : options)
    list.push_back(option_data(option));
  return list;
}

/// Text for troff: a hyphen that can be copied, no accidental request.
std::string troff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out += std::string("\\&") + c;
    else
      out += c;
  }
  return out;
}

std::string manual_options(std::span<const OptionSpec> options) {
  std::string out;
  for (const auto& option : options) {
    auto left = left_column(option);
    left.erase(0, left.find_first_not_of(' '));
    out += fmt::format(".TP\n.B {}\n{}\n", troff(left), troff(right_column(option)));
  }
  return out;
}

}  // namespace

std::string help_text() {
  return fmt::format(
      "{}\nusage: rockstage COMMAND [options]\n\ncommands:\n{}\noptions of every command:\n{}\nnot "
      "there yet:\n{}\n"
      "`rockstage help COMMAND` tells more.\n",
      kIntro,
      command_lines(true),
      option_lines(global_options()),
      command_lines(false));
}

std::string help_text(const CommandSpec& command) {
  std::string out = fmt::format("rockstage {}: {}\n\nusage: rockstage {} {}\n",
                                command.name,
                                command.summary,
                                command.name,
                                command.usage);
  if (*command.later != 0)
    return out + fmt::format("\nThis command does not exist yet. Until then: {}\n", command.later);
  if (!command.options.empty()) out += fmt::format("\noptions:\n{}", option_lines(command.options));
  return out + fmt::format("\noptions of every command:\n{}", option_lines(global_options()));
}

std::string manual_page() {
  std::string out = fmt::format(
      ".TH ROCKSTAGE 1 \"\" \"rockstage {}\" \"User Commands\"\n.SH NAME\nrockstage \\- build Lua "
      "rocks with Rust inside and stage "
      "them as LuaRocks trees\n.SH SYNOPSIS\n.B rockstage\n.I COMMAND\n[options]\n.SH "
      "DESCRIPTION\n{}.SH COMMANDS\n",
      version(),
      troff(kIntro));
  for (const auto& command : commands()) {
    if (*command.later != 0) continue;
    out += fmt::format(".SS \"rockstage {} {}\"\n{}.\n",
                       command.name,
                       troff(command.usage),
                       troff(command.summary));
    out += manual_options(command.options);
  }
  out += ".SH OPTIONS OF EVERY COMMAND\n" + manual_options(global_options());
  out +=
      ".SH EXIT STATUS\n.TP\n.B 0\ndone, nothing found\n.TP\n.B 1\nthe operation failed\n.TP\n.B "
      "2\nwrong usage, or not there yet\n"
      ".TP\n.B 3\nfindings at or above \\-\\-fail\\-on\n.TP\n.B 4\ninvalid input\n.TP\n.B "
      "70\ninternal error\n.TP\n.B 130, 143\n"
      "interrupted\n.SH ENVIRONMENT\n.TP\n.B ROCKSTAGE_OPTION\nthe default of \\-\\-OPTION; "
      "see\n.B rockstage config "
      "\\-\\-show\\-origin\n.TP\n.B NO_COLOR\nno colours\n.SH SEE ALSO\n.BR luarocks (1),\n.BR "
      "cargo (1)\n";
  return out;
}

nlohmann::json help_data() {
  auto list = nlohmann::json::array();
  for (const auto& command : commands())
    list.push_back({{"name", command.name},
                    {"summary", command.summary},
                    {"usage", command.usage},
                    {"exists", *command.later == 0},
                    {"options", options_data(command.options)}});
  return {{"commands", std::move(list)}, {"options", options_data(global_options())}};
}

}  // namespace rockstage::cli
