#pragma once
#include "lua/types.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::lua {

struct EvaluationLimits {
  std::size_t memory_bytes = std::size_t{64} << 20;
  long instructions = 10'000'000;
  double seconds = 5;
};

/// What a run of Lua source left behind.
struct Evaluation {
  Table globals;  ///< those it assigned; string keys sorted by bytes, here and below
  std::vector<std::string>
      undefined_reads;  ///< globals that were read while they had no value; sorted, each once
};

/// Runs `source` as Lua 5.1 source text in an empty environment (string methods work, `dump` does
/// not), in a child process that is ended when a limit is passed, and returns the globals it
/// assigned. `name` is used in messages. Errc::invalid_input: bytecode, a byte order mark, syntax
/// and run errors (`name:line: …`), a limit that was passed, a value that is no data (function,
/// cycle, boolean as key, more than 200 levels), with the path of the field.
Result<Evaluation> evaluate_noting_reads(std::string_view source,
                                         const std::string& name,
                                         const EvaluationLimits& limits = {});

/// As `evaluate_noting_reads`, when only the globals matter.
Result<Table> evaluate(std::string_view source,
                       const std::string& name,
                       const EvaluationLimits& limits = {});

/// True when `source` is text that at least one Lua compiles (a first line with `#` is skipped).
/// Nothing is run.
bool compiles_as_lua(std::string_view source);

/// Whether the command `file_name` is a Lua script (and gets a wrapper) or some other program. A
/// shell's first line makes it a program; else what compiles is a script. What no Lua compiles is
/// still a script when its first line names lua or luajit, or its name ends in `.lua`; bytecode
/// and files with a NUL byte never are.
bool is_lua_script(std::string_view source, std::string_view file_name);

}  // namespace rockstage::lua
