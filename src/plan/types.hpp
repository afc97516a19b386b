#pragma once
#include "cargo/compile.hpp"
#include "lua/types.hpp"
#include "rock/rockspec.hpp"
#include "rock/variables.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::plan {

/// The effective options of `build`; names as on the command line.
struct BuildOptions {
  std::string tree;  ///< may hold `{lua}` and `{target}`
  std::vector<lua::Lua> luas = {lua::Lua::luajit};
  std::vector<std::string> targets;  ///< empty: the host
  std::string profile;               ///< empty: the rockspec's or project's, else "release"
  std::string target_dir;            ///< empty: one in the cache directory
  std::vector<std::string> features;
  bool no_default_features = false, all_features = false;
  std::string package, manifest_path;
  bool locked = false, offline = false;  ///< --frozen is both
  int jobs = 0;
  std::map<std::string, std::string> variables;  ///< --var
  bool documents = false;                        ///< --doc
  bool keep = false;                             ///< --keep
  std::string cache_dir;                         ///< absolute
};

/// What the host offers to C and make builds; made by build::inspect_host.
struct HostFacts {
  rock::Variables
      tools;  ///< CC LD AR RANLIB CFLAGS LDFLAGS LIBFLAG MAKE CMAKE … as LuaRocks sets them
  std::map<std::string, std::string> lua_incdir;  ///< version directory or "luajit" → directory
                                                  ///< with lua.h; absent when there is none
  std::map<std::string, std::string>
      lua_program;                   ///< Lua name → interpreter; absent when there is none
  rock::Variables externals;         ///< NAME_DIR, NAME_INCDIR, NAME_LIBDIR …
  std::vector<std::string> missing;  ///< what is not here, as whole messages ("needs `zlib.h` …")
  std::string path;                  ///< PATH, for messages
};

// In the texts of steps `{work}` stands for the directory in which the build works (the sources, or
// a scratch copy of them),
// `{rock}` for the rock directory that is put together, `{objects}` for a scratch directory.
// `build` fills them in.

/// A program, or a rockspec's own shell text, run in `{work}`.
struct RunStep {
  std::string what;               ///< "compiling src/crc.c"
  std::vector<std::string> argv;  ///< empty: `shell` is run by sh
  std::string shell;
  std::map<std::string, std::string> environment;  ///< on top of the passed one
};

/// A file of the sources or of what was built → a file of the rock directory.
struct CopyStep {
  std::string from;  ///< `{work}/lua/x.lua`
  std::string
      to;  ///< below the rock directory: `lua/x.lua`, `lib/a/b.so`, `bin/x`, `conf/x`, `doc/x`
  unsigned mode = 0644;
  std::string
      field;  ///< the rockspec's field that asks for it, for messages: `build.install.lua["x"]`
  bool is_directory = false;  ///< copied whole (copy_directories, `lua/`)
  bool optional = false;      ///< absent is fine (default documents)
  bool rekey = false;  ///< an `install.lib` key that LuaRocks would ignore: staged under the key if
                       ///< its luaopen_* says so
};

/// A Rust library → a module's file.
struct LibraryStep {
  std::string module;   ///< "textkit.core"
  std::string library;  ///< cargo's target name
  std::string to;       ///< "lib/textkit/core.so"
  std::string field;
};

/// One rock for one Lua and target.
struct Variant {
  lua::Lua lua = lua::Lua::luajit;
  std::string target;
  std::string tree;  ///< absolute, placeholders filled
  bool work_in_copy =
      false;  ///< `{work}` is a scratch copy (make, cmake, command, patches, extra files)
  bool shim_cargo = false;                   ///< our `cargo` stands first on PATH (make, command)
  std::vector<cargo::CompileStep> compiles;  ///< one for each library, in order
  std::vector<RunStep> runs;
  std::vector<LibraryStep> libraries;
  std::vector<CopyStep> copies;
  rock::Variables variables;  ///< for `$(NAME)` in messages and hooks; PREFIX … hold placeholders
  std::string post_install;   ///< shell text, variables filled in
};

/// Everything that a build will do. Pure data: printed by --dry-run, run by build::run.
struct Plan {
  std::string name, version, build_type;
  std::string source;             ///< absolute directory of the sources
  std::vector<Variant> variants;  ///< in the order of --lua, then --target
  std::map<std::string, std::string>
      toolchain;  ///< "cargo", "rustc" → version lines; empty without Rust
  std::vector<std::string> config_files;  ///< cargo configuration that applies
  std::string toolchain_file;
  std::vector<std::string>
      notes;  ///< decisions worth telling ("lua51 gives the same ABI and is used")
};

}  // namespace rockstage::plan
