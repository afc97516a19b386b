#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"
#include "lua/types.hpp"
#include "sys/process.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::smoke {

/// A module of a tree, by content: a native module exports `luaopen_*`; an FFI library is loaded
/// through the Lua module that names it, and is not required itself.
struct Module {
  enum class Kind { lua, native, ffi_library };
  std::string name;  ///< "textkit.core"
  std::string file;  ///< relative to the tree; empty when only the name is known
  Kind kind = Kind::lua;
  /// Of an FFI library: the modules that name it in `ffi.load` or need it, sorted.
  std::vector<std::string> wrappers;
};

/// How one child process that was to run some Lua code ended.
struct Attempt {
  sys::ExitStatus status;
  bool timed_out = false;
  std::string out, err;
  double seconds = 0;
  std::uint64_t rss = 0;  ///< peak resident bytes of the Lua process; 0 when unknown
  /// Filled from the program's own report, not by launchers: whether it came to its end, and what
  /// Lua said where it failed.
  bool reported = false;
  std::string error;
};

/// Runs a Lua program (its text) in a fresh process of the runtime under test, for at most the
/// seconds given. Errors are those of the runtime itself (no such interpreter, no such image, an
/// engine that does not answer), never of the Lua code.
using Launch = std::function<Result<Attempt>(const std::string& code, double timeout)>;

/// Which search paths a program has. A gateway's own modules (`resty.*`) are files on its search
/// paths, so there the tree only comes first.
enum class SearchPaths { tree_only, tree_first };

/// Where modules are loaded, made by the launchers.
struct Launcher {
  std::string runtime;  ///< for the report: "luajit (LuaJIT 2.1.0-beta3)", "docker image x:1"
  std::string tree;     ///< where the tree lies for the Lua process, absolute
  lua::Lua lua = lua::Lua::luajit;
  Launch launch;
  SearchPaths paths = SearchPaths::tree_only;
  std::optional<unsigned> uid = {};  ///< the user that loads; unset: whoever the runtime has
};

enum class Status { ok, failed, crashed, skipped };
const char* to_string(Status status);

struct ModuleResult {
  Module module;
  Status status = Status::ok;
  double seconds = 0;
  std::uint64_t rss = 0;  ///< bytes; 0 when unknown
};

struct Report {
  std::string subject, runtime;
  std::vector<ModuleResult> modules;  ///< sorted by name
  Findings findings;                  ///< the worst first
};

/// What `smoke` was asked for.
struct Request {
  std::string subject;              ///< for the report
  std::string tree;                 ///< absolute, on this machine; empty with an image alone
  std::vector<Module> modules;      ///< what is loaded
  std::string script, script_name;  ///< the project's own, text and file name; empty for none
  std::string eval;                 ///< --eval
  double timeout = 20;              ///< seconds for each child
};

}  // namespace rockstage::smoke
