#pragma once
#include "base/diagnostics.hpp"
#include "stage/types.hpp"
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::stage {

enum class OtherVersions { remove, keep };

/// Deploys `rocks` (all for one tree) as one transaction: whoever reads the tree at any moment sees
/// the old state or the new one, also after `kill -9` or on a full disk. Waits for another
/// rockstage or LuaRocks at the same tree, and says so. Collisions as in LuaRocks, each with a
/// warning. Errc::io: the tree cannot be written; Errc::invalid_input: it is no tree, or its path
/// holds `?` or `;`.
Result<std::vector<StagedRock>> deploy(const std::vector<build::BuiltRock>& rocks,
                                       OtherVersions other_versions,
                                       Io& io,
                                       Diagnostics& diagnostics);

/// Makes sure that `tree` can be staged into, before a long build: writable (or creatable), a tree
/// or empty, no `?` or `;`, no file.
Result<void> check_tree(const std::string& tree);

/// Everything installed, sorted by name, newest version first. Errc::not_found when there is no
/// tree.
Result<std::vector<InstalledRock>> list(const std::string& tree, Diagnostics& diagnostics);

/// The newest installed version of `name` (or `version`, when given). Errc::not_found with the
/// nearest name.
Result<InstalledRock> show(const std::string& tree,
                           const std::string& name,
                           const std::string& version,
                           Diagnostics& diagnostics);

struct RemoveRequest {
  std::string tree, name;
  std::string version;  ///< empty: all installed versions
  bool force = false;   ///< although other rocks depend on it
};

/// What was removed, as NAME VERSION. Errc::not_found; Errc::invalid_input when another rock
/// depends on it (names it).
Result<std::vector<InstalledRock>> remove(const RemoveRequest& request,
                                          Io& io,
                                          Diagnostics& diagnostics);

/// Removes every rock.
Result<std::vector<InstalledRock>> purge(const std::string& tree, Io& io, Diagnostics& diagnostics);

/// The dependencies of `spec` that neither the Lua brings nor `tree` has in a version that fits, as
/// their texts. Without a tree all that the Lua does not bring.
Result<std::vector<std::string>> missing_dependencies(const rock::Rockspec& spec,
                                                      const std::string& tree,
                                                      lua::Lua lua);

/// LUA_PATH, LUA_CPATH and PATH additions for the tree (`path`, `run`).
struct SearchPaths {
  std::string lua_path, lua_cpath, bin;
};

SearchPaths search_paths(const std::string& tree, const std::string& version_directory);

}  // namespace rockstage::stage
