#pragma once
#include "base/diagnostics.hpp"
#include "rock/layout.hpp"
#include "rock/manifest.hpp"
#include "stage/tree_edit.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rockstage::stage {

/// NAME and VERSION of an installed rock.
using RockKey = std::pair<std::string, std::string>;

/// What one version directory of a tree holds.
struct TreeState {
  rock::Layout layout;
  rock::Manifest manifest;
  std::map<RockKey, rock::RockManifest> rocks;  ///< the files of each rock, by its rock_manifest
};

/// Reads the manifest and the rock_manifest of each rock. A tree without a manifest, or with one
/// that does not load, gets it made anew from the rock directories, with a note or warning.
Result<TreeState> read_state(const TreeEdit& edit, const std::string& v, Diagnostics& diagnostics);

/// As the tree is, without changing it.
Result<TreeState> read_state(const std::string& tree,
                             const std::string& v,
                             Diagnostics& diagnostics);

/// The version directories in which a tree has rocks ("5.1", "5.4"), sorted.
std::vector<std::string> version_directories(const std::string& tree);

/// The manifest's entry for a rock: modules, commands and the dependencies that its rockspec
/// declares.
rock::ManifestEntry manifest_entry(const rock::RockManifest& files,
                                   const std::vector<rock::Dependency>& declared);

/// A file of a rock that is deployed: where in the rock directory, what it provides, and its path
/// in the tree for its owner.
struct DeployedFile {
  std::string file;       ///< `lua/a/b.lua`
  std::string item;       ///< "module a.b", "command x": rocks that provide the same one collide
  std::string plain;      ///< `share/lua/5.1/a/b.lua`
  std::string versioned;  ///< its path when another rock owns the item
};

std::vector<DeployedFile> deployed_files(const rock::Layout& layout,
                                         const RockKey& key,
                                         const rock::RockManifest& files);

/// Where a deployed file is now: under its versioned name if that is there, else its plain one (as
/// LuaRocks finds it).
std::string current_path(const TreeEdit& edit, const DeployedFile& file);

}  // namespace rockstage::stage
