#pragma once
#include "lua/types.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::lua {

struct SyntaxError {
  int line = 0;
  std::string message;  ///< "'=' expected near 'x'", as the Lua itself says it where that is simple
};

/// Whether `source` compiles in `lua`, as its own compiler would decide (a first line with `#` is
/// skipped as luaL_loadfile does); nullopt when it does. Source text only: see bytecode().
std::optional<SyntaxError> check_syntax(std::string_view source, Lua lua);

/// The same for every Lua, by the order of kAllLuas.
std::array<std::optional<SyntaxError>, kAllLuas.size()> check_syntax(std::string_view source);

/// Which VM a precompiled chunk is for: "LuaJIT", "Lua 5.1" … "Lua 5.5"; empty for source text.
std::string bytecode(std::string_view source);

/// `require "x"` with a literal name.
struct Require {
  std::string module;
  int line = 0;
  bool optional = false;  ///< inside pcall or xpcall, in a branch, or behind `or`: may never run
};

/// `ffi.load("x")` with a literal name.
struct FfiLoad {
  std::string name;
  int line = 0;
};

/// A function or variable that `ffi.cdef` declares.
struct CDeclaration {
  std::string name;       ///< the symbol: what `asm("…")` says, else the C name
  int line = 0;           ///< of the cdef's first line in the script
  bool optional = false;  ///< the script looks it up inside pcall only
};

/// What a Lua file says about what it needs. Recognised without running it: names that are put
/// together at run time are not here.
struct ScriptFacts {
  std::string bytecode;  ///< as bytecode(); then the rest is empty
  std::vector<Require> requires_;
  std::vector<FfiLoad> ffi_loads;
  std::vector<CDeclaration> cdefs;         ///< functions and variables, in order
  std::vector<std::string> cdef_problems;  ///< declarations that could not be read: not judged
  std::vector<std::string>
      strings;               ///< string literals that could name a library: `x.so`, `libx.so`
  bool walks_cpath = false;  ///< reads package.cpath or calls package.searchpath
  bool uses_ffi = false;
  /// By the order of kAllLuas: the first error of each Lua.
  std::array<std::optional<SyntaxError>, kAllLuas.size()> syntax;
};

ScriptFacts scan_script(std::string_view source);

}  // namespace rockstage::lua
