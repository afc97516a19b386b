#pragma once
#include "cli/types.hpp"

#include <string>
#include <vector>

namespace rockstage::cli {

/// A command line, split: the command (nullptr when none was named) and what it was given.
struct ParsedLine {
  const CommandSpec* command = nullptr;
  Invocation invocation;
};

/// Errc::usage for unknown commands and options (with the nearest name), missing values and
/// superfluous arguments. Errc::unsupported for commands and options that do not exist yet, with
/// what does the job until then.
Result<ParsedLine> parse(const std::vector<std::string>& args);

/// The command that the arguments name, whether or not the rest of them can be parsed; nullptr when
/// they name none.
const CommandSpec* named_command(const std::vector<std::string>& args);

/// True when `--json` is among the arguments, before any `--`: failures of the parser are records
/// as well.
bool wants_json(const std::vector<std::string>& args);

}  // namespace rockstage::cli
