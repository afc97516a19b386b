#include "cli/resolve.hpp"

#include "base/text.hpp"
#include "cli/command_table.hpp"
#include "config/effective.hpp"
#include "config/project_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {
namespace {

using Shape = config::OptionInfo::Shape;

config::OptionInfo info(const OptionSpec& option) {
  config::OptionInfo out;
  out.name = option.name;
  switch (option.shape) {
    case OptionSpec::Shape::flag:
      out.shape = Shape::flag;
      break;
    case OptionSpec::Shape::single:
      out.shape = Shape::single;
      break;
    case OptionSpec::Shape::list:
    case OptionSpec::Shape::repeat:
      out.shape = Shape::list;
      break;
  }
  if (*option.fallback != 0) out.fallback = {option.fallback};
  out.from_files = option.from == OptionSpec::From::anywhere;
  return out;
}

config::Value from_command_line(const OptionSpec& option, const Invocation& invocation) {
  config::Value value;
  if (const auto found = invocation.flags.find(option.name); found != invocation.flags.end()) {
    value.values = found->second;
    value.origin = config::Origin::flag;
    value.source = std::string("--") + option.name;
  } else if (*option.fallback != 0) {
    value.values = {option.fallback};
  }
  return value;
}

/// Names of all options of all commands that the environment can set.
std::vector<std::string> configurable_names() {
  std::vector<std::string> names;
  const auto add = [&names](const OptionSpec& option) {
    if (option.from != OptionSpec::From::command_line) names.emplace_back(option.name);
  };
  for (const auto& command : commands())
    std::ranges::for_each(command.options, add);
  std::ranges::for_each(global_options(), add);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

void warn_of_unknown_variables(const sys::Environment& environment, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const auto& name : configurable_names())
    known.push_back(config::environment_name(name));
  for (const auto& name : config::unknown_variables(environment, configurable_names()))
    diagnostics.warning(fmt::format(
        "the environment variable '{}' names no option{}", name, text::did_you_mean(name, known)));
}

Result<void> resolve(Invocation& invocation, const Io& io, const config::ProjectFile* project) {
  std::vector<config::OptionInfo> infos;
  invocation.values.clear();
  const auto add = [&](const OptionSpec& option) {
    if (option.from == OptionSpec::From::command_line)
      invocation.values[option.name] = from_command_line(option, invocation);
    else
      infos.push_back(info(option));
  };
  if (invocation.command != nullptr) std::ranges::for_each(invocation.command->options, add);
  std::ranges::for_each(global_options(), add);

  config::Sources sources;
  sources.flags = invocation.flags;
  config::ProjectFile user;
  if (!invocation.isolated) {
    RS_TRY_ASSIGN(user, config::read_user_file(io.environment));
    sources.environment = &io.environment;
    sources.project = project;
    sources.user = &user;
  }
  RS_TRY_ASSIGN(auto values, config::effective(infos, sources));
  invocation.values.merge(values);
  return {};
}

}  // namespace rockstage::cli
