#pragma once
#include "smoke/types.hpp"
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::smoke {

/// The modules of a tree for `lua`, sorted by name, as `require` wants them (`a/init.lua` is "a").
/// Errc::invalid_input for a directory that is no tree, with the fix for one of another Lua.
Result<std::vector<Module>> find_modules(const std::string& tree, lua::Lua lua);

/// The finding for an attempt that went wrong: a signal, a missing library or symbol, a Lua error
/// are told apart and explained, with the fix (docs/commands/smoke.md).
Finding explain(const Module& module, const Attempt& attempt, const Launcher& where);

/// Which Luas' version directories a tree has: "5.1", "5.4"; sorted.
std::vector<std::string> version_directories(const std::string& tree);

/// Loads each module in a process of its own, then runs the script and the code asked for.
Result<Report> run(const Request& request, const Launcher& where, Io& io);

}  // namespace rockstage::smoke
