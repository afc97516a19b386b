#pragma once
#include "smoke/types.hpp"

#include <optional>
#include <string>
#include <string_view>

// The Lua programs that child processes run. They keep to what Lua 5.1 to 5.5 and LuaJIT have in
// common, and set the search paths themselves: LUA_PATH would leak to grandchildren.
namespace rockstage::smoke {

/// What the programs of one run have in common.
struct ProgramFrame {
  std::string tree;  ///< where it lies for the Lua process; empty: the runtime's own search paths
  lua::Lua lua = lua::Lua::luajit;
  SearchPaths paths = SearchPaths::tree_only;
  std::string token;  ///< begins the line of the report: what the module prints is none
};

/// A fresh token: 32 random hexadecimal digits.
std::string new_token();

/// Loads one module and reports.
std::string module_program(const Module& module, const ProgramFrame& frame);

/// Runs a script (`--script`, `--eval`) and reports; its os.exit is a report too. `name` is what
/// Lua's messages call it.
std::string script_program(const std::string& name,
                           std::string_view script,
                           const ProgramFrame& frame);

/// What a program reported.
struct Said {
  bool ok = false;
  double seconds = 0;     ///< processor time
  std::uint64_t rss = 0;  ///< bytes; 0 when unknown
  std::string error;      ///< Lua's message
};

/// The report in a program's standard output; nullopt when it did not come to that.
std::optional<Said> read_report(std::string_view out, std::string_view token);

/// `text` as a Lua string literal in one line.
std::string lua_quoted(std::string_view text);

}  // namespace rockstage::smoke
