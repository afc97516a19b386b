#pragma once
#include "smoke/types.hpp"
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::smoke {

/// The modules of a tree for `lua`, sorted by name; Errc::invalid_input for a directory that is no
/// tree.
Result<std::vector<Module>> find_modules(const std::string& tree, lua::Lua lua);

/// The Lua program that loads one module with only `tree` on its search paths, and says on its last
/// line what it took.
std::string module_program(const Module& module, const std::string& tree, lua::Lua lua);

/// The finding for an attempt that went wrong: a signal, a missing library or symbol, a Lua error
/// are told apart and explained, with the fix (docs/commands/smoke.md).
Finding explain(const Module& module, const Attempt& attempt, const Launcher& where);

/// Loads each module in a process of its own, then runs the script and the code asked for.
Result<Report> run(const Request& request, const Launcher& where, Io& io);

}  // namespace rockstage::smoke
