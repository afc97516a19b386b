#pragma once
#include "base/diagnostics.hpp"
#include "config/effective.hpp"
#include "sys/io.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace rockstage::cli {

/// An option of a command. Its name is also its key in files and, in capitals, in the environment.
struct OptionSpec {
  const char* name;        ///< without dashes
  char letter = 0;         ///< `-j`; 0 for none
  const char* value = "";  ///< the value's name in the help; empty for a switch
  /// `list` is repeatable and comma-separated, `repeat` only repeatable (its values may hold
  /// commas).
  enum class Shape { flag, single, list, repeat } shape = Shape::flag;
  const char* help = "";
  const char* alias = "";     ///< another long name
  const char* implied = "";   ///< set where the value may be left out: what it is then
  const char* fallback = "";  ///< the default, as it is shown and used
  /// Who can set it: everyone, all but files (what judges must not be switched off by a project),
  /// only the command line.
  enum class From { anywhere, environment, command_line } from = From::anywhere;
  const char* later =
      "";  ///< set for an option that does not exist yet: what does the job until then
};

struct CommandSpec;

/// What a command was asked for.
struct Invocation {
  const CommandSpec* command = nullptr;
  std::vector<std::string> arguments;                     ///< positional
  std::vector<std::string> rest;                          ///< behind `--`
  std::map<std::string, std::vector<std::string>> flags;  ///< options given on the command line
  std::map<std::string, config::Value> values;            ///< effective, see resolve()
  bool json = false;
  bool isolated = false;

  [[nodiscard]] std::string single(const std::string& option) const;  ///< empty when there is none
  [[nodiscard]] const std::vector<std::string>& list(const std::string& option) const;
  [[nodiscard]] bool flag(const std::string& option) const;
};

/// What a command has to say: its exit code, the record for `--json`, and the text for people.
struct Outcome {
  int exit = 0;
  nlohmann::json data{};
  std::string text{};
};

struct CommandSpec {
  const char* name;
  const char* summary;
  const char* usage;  ///< behind "rockstage NAME "
  std::size_t max_arguments = 0;
  std::span<const OptionSpec> options = {};
  Result<Outcome> (*handler)(Invocation&, Io&, Diagnostics&) = nullptr;
  const char* later =
      "";  ///< set for a command that does not exist yet: what does the job until then
};

}  // namespace rockstage::cli
