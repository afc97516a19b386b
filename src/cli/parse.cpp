#include "cli/parse.hpp"

#include "base/text.hpp"
#include "cli/command_table.hpp"
#include "sys/files.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {
namespace {

using Shape = OptionSpec::Shape;

/// Where the command's name stands: the first argument that is neither a global option nor its
/// value.
std::size_t command_position(const std::vector<std::string>& args) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i].empty() || args[i][0] != '-') return i;
    for (const auto& option : global_options()) {
      const bool takes_value = option.shape != Shape::flag;
      if (!takes_value) continue;
      if (args[i] == std::string("--") + option.name)
        ++i;
      else if (option.letter != 0 && args[i] == std::string{'-', option.letter})
        ++i;
      else
        continue;
      break;
    }
  }
  return args.size();
}

std::vector<std::string> option_names(const CommandSpec* command) {
  std::vector<std::string> names;
  const auto add = [&names](const OptionSpec& option) {
    names.push_back(std::string("--") + option.name);
    if (*option.alias != 0) names.push_back(std::string("--") + option.alias);
  };
  if (command != nullptr) std::ranges::for_each(command->options, add);
  std::ranges::for_each(global_options(), add);
  return names;
}

/// The spelling of an option for CLI11: `-j,--jobs`.
std::string spelling(const OptionSpec& option) {
  std::string text;
  if (option.letter != 0) text = fmt::format("-{},", option.letter);
  text += fmt::format("--{}", option.name);
  if (*option.alias != 0) text += fmt::format(",--{}", option.alias);
  return text;
}

/// The CLI11 parser of one command, and where it puts what it finds.
class Parser {
 public:
  explicit Parser(const CommandSpec* command) : command_(command) {
    app_.set_help_flag();
    app_.allow_extras();
    app_.add_option("argument", arguments_);
    if (command != nullptr)
      for (const auto& option : command->options)
        add(option);
    for (const auto& option : global_options())
      add(option);
  }

  Result<ParsedLine> parse(std::vector<std::string> args) {
    std::ranges::reverse(args);  // CLI11 takes them last first
    try {
      app_.parse(args);
    } catch (const CLI::ArgumentMismatch& error) {
      return fail(Errc::usage,
                  fmt::format("option '{}' needs a value", option_in(error.what())),
                  help_hint());
    } catch (const CLI::ParseError& error) {
      return fail(Errc::usage, error.what(), help_hint());
    }
    RS_TRY(check_extras());
    return take();
  }

 private:
  void add(const OptionSpec& option) {
    auto& slot = slots_[option.name];
    if (option.shape == Shape::flag) {
      app_.add_flag(spelling(option), slot.flag);
      return;
    }
    auto* added = app_.add_option(spelling(option), slot.values)
                      ->expected(1)
                      ->type_size(1)
                      ->allow_extra_args(false);
    added->multi_option_policy(option.shape == Shape::single ? CLI::MultiOptionPolicy::TakeLast
                                                             : CLI::MultiOptionPolicy::TakeAll);
  }

  static std::string option_in(const std::string& message) {
    return message.substr(0, message.find(':'));
  }

  [[nodiscard]] std::string help_hint() const {
    return command_ == nullptr ? "see `rockstage help`"
                               : fmt::format("see `rockstage help {}`", command_->name);
  }

  [[nodiscard]] Result<void> check_extras() const {
    for (const auto& extra : app_.remaining()) {
      if (extra.size() < 2 || extra[0] != '-') continue;
      const auto name = extra.substr(0, extra.find('='));
      return fail(
          Errc::usage,
          fmt::format(
              "unknown option '{}'{}", name, text::did_you_mean(name, option_names(command_))),
          help_hint());
    }
    return {};
  }

  Result<ParsedLine> take() {
    ParsedLine line;
    line.command = command_;
    line.invocation.command = command_;
    line.invocation.arguments = arguments_;
    for (auto& [name, slot] : slots_) {
      if (slot.flag) line.invocation.flags[name] = {"true"};
      if (slot.values.empty()) continue;
      line.invocation.flags[name] = split_values(name, slot.values);
    }
    line.invocation.json = line.invocation.flags.contains("json");
    line.invocation.isolated = line.invocation.flags.contains("isolated");
    return line;
  }

  [[nodiscard]] std::vector<std::string> split_values(const std::string& name,
                                                      const std::vector<std::string>& given) const {
    const auto* option = command_ == nullptr ? nullptr : find_option(*command_, name);
    if (option == nullptr || option->shape != Shape::list) return given;
    std::vector<std::string> values;
    for (const auto& value : given)
      for (auto& part : text::split(value, ','))
        if (!part.empty()) values.push_back(std::move(part));
    return values;
  }

  struct Slot {
    bool flag = false;
    std::vector<std::string> values;
  };

  CLI::App app_;
  const CommandSpec* command_;
  std::vector<std::string> arguments_;
  std::map<std::string, Slot> slots_;
};

Result<void> check_exists(const ParsedLine& line) {
  for (const auto& option : line.command->options)
    if (*option.later != 0 && line.invocation.flags.contains(option.name))
      return fail(Errc::unsupported,
                  fmt::format("option '--{}' does not exist yet", option.name),
                  option.later);
  if (line.invocation.arguments.size() > line.command->max_arguments)
    return fail(Errc::usage,
                fmt::format("unexpected argument '{}'",
                            line.invocation.arguments[line.command->max_arguments]),
                fmt::format("usage: rockstage {} {}", line.command->name, line.command->usage));
  return {};
}

/// Gives options whose value was left out the one that is implied. What follows is the value only
/// when it is a file, so that a directory stays the argument that it is.
void imply_values(const CommandSpec& command, std::vector<std::string>& args) {
  for (std::size_t i = 0; i < args.size(); ++i)
    for (const auto& option : command.options) {
      if (*option.implied == 0 || args[i] != std::string("--") + option.name) continue;
      if (i + 1 < args.size() && sys::is_file(args[i + 1]))
        ++i;
      else
        args[i] += std::string("=") + option.implied;
      break;
    }
}

}  // namespace

const CommandSpec* named_command(const std::vector<std::string>& args) {
  const auto position = command_position(args);
  return position < args.size() ? find_command(args[position]) : nullptr;
}

bool wants_json(const std::vector<std::string>& args) {
  const auto end = std::ranges::find(args, "--");
  return std::find(args.begin(), end, "--json") != end;
}

Result<ParsedLine> parse(const std::vector<std::string>& args) {
  const auto dashes = std::ranges::find(args, "--");
  std::vector<std::string> own(args.begin(), dashes);
  const CommandSpec* command = nullptr;
  if (const auto position = command_position(own); position < own.size()) {
    const std::string name = own[position];
    command = find_command(name);
    if (command == nullptr) return unknown_command(name);
    own.erase(own.begin() + static_cast<std::ptrdiff_t>(position));
    // What does not exist yet has no options to check; asked for help it answers as any other.
    if (*command->later != 0 && std::ranges::find(own, "--help") == own.end()
        && std::ranges::find(own, "-h") == own.end())
      return fail(
          Errc::unsupported, fmt::format("command '{}' does not exist yet", name), command->later);
  }
  if (command != nullptr) imply_values(*command, own);
  RS_TRY_ASSIGN(auto line, Parser(command).parse(std::move(own)));
  if (dashes != args.end()) line.invocation.rest.assign(dashes + 1, args.end());
  if (command == nullptr) {
    if (!line.invocation.arguments.empty())
      return fail(Errc::usage,
                  fmt::format("unknown command '{}'", line.invocation.arguments.front()),
                  "see `rockstage help`");
    return line;
  }
  if (line.invocation.flags.contains("help")) return line;
  RS_TRY(check_exists(line));
  return line;
}

}  // namespace rockstage::cli
