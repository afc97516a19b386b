#pragma once
#include "base/diagnostics.hpp"
#include "base/result.hpp"
#include "lua/types.hpp"
#include "rock/version.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::rock {

struct Source {
  std::string url;
  std::string md5, file, dir, tag, branch, module;
};

/// An entry of an install table or of `include`: the source path, and the key (empty: an array
/// entry).
struct InstallEntry {
  std::string key;
  std::string path;
};

struct InstallTables {
  std::vector<InstallEntry> lua, lib, conf,
      bin;  ///< array entries in order, then keyed ones sorted by key
};

/// `build.modules` of `builtin`: a Lua file, or C sources with what they are compiled with.
struct BuiltinModule {
  std::string name;
  std::vector<std::string> sources;  ///< one `.lua`, or C files
  std::vector<std::string> libraries, defines, incdirs, libdirs;
  [[nodiscard]] bool is_lua() const;
};

struct ExternalDependency {
  std::string name, program, header, library;
};

/// A rockspec after evaluation, schema check, platform overrides. What it says about `build` beyond
/// the common fields stays in `build`, for the build types to read.
struct Rockspec {
  std::string text;       ///< byte for byte
  std::string file_name;  ///< NAME-VERSION.rockspec
  std::string format = "1.0";
  std::string package;  ///< as written
  std::string name;     ///< lower case
  std::string version;  ///< as written, with the revision

  struct Description {
    std::string summary, detailed, homepage, license, maintainer, issues_url;
    std::vector<std::string> labels;
  } description;

  std::vector<std::string> supported_platforms;
  std::vector<Dependency> dependencies, build_dependencies, test_dependencies;
  std::vector<ExternalDependency> external_dependencies;  ///< sorted by name
  Source source;
  std::string build_type;  ///< `builtin` when absent in format 3.0
  lua::Table build;        ///< the whole build table, platforms merged
  InstallTables install;
  std::optional<std::vector<std::string>> copy_directories;  ///< nullopt: the default documents
  std::map<std::string, std::string> patches;                ///< file name → text, in key order
  std::map<std::string, std::string> extra_files;
  std::string post_install;      ///< hooks.post_install
  bool wrap_bin_scripts = true;  ///< deploy.wrap_bin_scripts
};

inline constexpr const char* kBuildTypes[] = {
    "builtin", "cmake", "command", "make", "module", "none", "rust-mlua"};

/// Evaluates and checks the rockspec `text` found as `path` (its base name must fit, see
/// docs/formats/rockspec.md). Errc::invalid_input; several faults are all in `diagnostics`, the
/// error names the first. An unknown build type is an error that names the known ones.
Result<Rockspec> read_rockspec(const std::string& text,
                               const std::string& path,
                               Diagnostics& diagnostics);

/// For a rock without a rockspec: what rockstage writes for it (format 3.0, revision -1), as
/// LuaRocks would accept it.
struct RockspecSeed {
  std::string name, version, summary, license, homepage;
  std::vector<std::string> dependencies;  ///< e.g. "lua >= 5.1"
  std::string source_url;
  lua::Table build;
};

std::string write_rockspec(const RockspecSeed& seed);

/// Typed readers of `Rockspec::build`; Errc::invalid_input names the field by its path
/// (`build.modules["a.b"]`).
Result<std::vector<BuiltinModule>> builtin_modules(const Rockspec& spec);  ///< sorted by name

/// The modules of a source directory whose rockspec names none (format 3.0), as LuaRocks finds
/// them: `.lua` and `.c` files of `src`, `lua` or `lib` (the first that is there), else of the
/// root, without its tests. `files` are relative paths; `read` returns the text of a C file, whose
/// first `int luaopen_NAME` names the module. Sorted by name.
std::vector<BuiltinModule> detect_modules(
    const std::vector<std::string>& files,
    const std::function<std::string(const std::string&)>& read);
/// Likewise the commands: the files directly in `src/bin`, else in `bin`. Sorted.
std::vector<std::string> detect_commands(const std::vector<std::string>& files);

/// Where `module` is staged below `lua` or `lib` of the rock directory: `a/b.lua`, `a/b.so`; a
/// source `init.lua` becomes `a/b/init.lua`.
std::string module_target(const BuiltinModule& module);

enum class InstallKind { lua, lib, conf, bin };
/// Where LuaRocks puts an install entry below the kind's directory of the rock directory. In `lua`
/// and `lib` a key gives only the directory unless the file is a `.lua` one.
std::string install_target(InstallKind kind, const InstallEntry& entry);

/// Fields of rust-mlua (luarocks-build-rust-mlua 0.2.6), as written.
struct RustMluaFields {
  std::map<std::string, std::string> modules;  ///< module → library
  std::vector<std::string> features;
  bool default_features = true;
  std::string target_path;  ///< accepted, not used
  std::vector<std::string> cargo_extra_args;
  std::vector<InstallEntry> include;
};

Result<RustMluaFields> rust_mlua_fields(const Rockspec& spec);

}  // namespace rockstage::rock
