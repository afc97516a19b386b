#include "base/text.hpp"
#include "cli/command_table.hpp"
#include "cli/commands/commands.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/resolve.hpp"
#include "source/open.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

const char* to_string(config::Origin origin) {
  switch (origin) {
    case config::Origin::flag:
      return "flag";
    case config::Origin::environment:
      return "environment";
    case config::Origin::project_file:
      return "project file";
    case config::Origin::user_file:
      return "user file";
    case config::Origin::fallback:
      return "default";
  }
  return "default";
}

std::string place(const config::Value& value) {
  if (value.source.empty()) return to_string(value.origin);
  if (value.line > 0)
    return fmt::format("{} {}:{}", to_string(value.origin), value.source, value.line);
  return fmt::format("{} {}", to_string(value.origin), value.source);
}

/// Every option that the environment or a file can set, with the command's own shape.
std::map<std::string, config::Value> all_values(const Invocation& asked,
                                                const std::map<std::string, config::Value>& found) {
  std::map<std::string, config::Value> out;
  for (const auto& [name, value] : found) {
    const auto* option = find_option(*asked.command, name);
    if (option != nullptr && option->from != OptionSpec::From::command_line && *option->later == 0)
      out[name] = value;
  }
  return out;
}

}  // namespace

Result<Outcome> command_config(Invocation& invocation, Io& io, Diagnostics& /*diagnostics*/) {
  std::optional<config::ProjectFile> project;
  if (!invocation.isolated) {
    RS_TRY_ASSIGN(project, source::find_project({}, io));
  }
  // The options of `build` are all there are: the other commands share them.
  Invocation build = invocation;
  build.command = find_command("build");
  RS_TRY(resolve(build, io, project ? &*project : nullptr));

  Outcome outcome{.data = {{"options", nlohmann::json::array()}}};
  for (const auto& [name, value] : all_values(build, build.values)) {
    const auto joined = text::join(value.values, ",");
    outcome.data["options"].push_back(
        {{"name", name},
         {"values", value.values},
         {"origin", to_string(value.origin)},
         {"source", value.source.empty() ? nlohmann::json() : nlohmann::json(value.source)},
         {"line", value.line > 0 ? nlohmann::json(value.line) : nlohmann::json()}});
    outcome.text += invocation.flag("show-origin")
                        ? fmt::format("{:<22}{:<24}{}\n", name, joined, place(value))
                        : fmt::format("{:<22}{}\n", name, joined);
  }
  return outcome;
}

Result<Outcome> command_completion(Invocation& invocation,
                                   Io& /*io*/,
                                   Diagnostics& /*diagnostics*/) {
  if (invocation.arguments.empty())
    return fail(Errc::usage, "which shell? usage: rockstage completion bash|zsh|fish");
  RS_TRY_ASSIGN(auto script, completion_script(invocation.arguments.front()));
  return Outcome{.data = {{"shell", invocation.arguments.front()}, {"script", script}},
                 .text = std::move(script)};
}

Result<Outcome> command_help(Invocation& invocation, Io& /*io*/, Diagnostics& /*diagnostics*/) {
  if (invocation.flag("man"))
    return Outcome{.data = {{"man", manual_page()}}, .text = manual_page()};
  if (invocation.arguments.empty()) return Outcome{.data = help_data(), .text = help_text()};
  const auto* command = find_command(invocation.arguments.front());
  if (command != nullptr) return Outcome{.data = help_data(), .text = help_text(*command)};
  return unknown_command(invocation.arguments.front());
}

}  // namespace rockstage::cli
