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
  bool rebuilt = false;                         ///< the tree had no manifest that could be read
};

/// What a tree holds, by version directory ("5.1").
using TreeStates = std::map<std::string, TreeState>;

/// Reads the manifest and the rock_manifest of each rock. A tree without a manifest, or with one
/// that does not load, gets it made anew from the rock directories, with a note or warning.
Result<TreeState> read_state(const TreeEdit& edit, const std::string& v, Diagnostics& diagnostics);

/// As the tree is, without changing it.
Result<TreeState> read_state(const std::string& tree,
                             const std::string& v,
                             Diagnostics& diagnostics);

/// Every version directory of the tree.
Result<TreeStates> read_states(const TreeEdit& edit, Diagnostics& diagnostics);
Result<TreeStates> read_states(const std::string& tree, Diagnostics& diagnostics);

/// The version directories in which a tree has rocks ("5.1", "5.4"), sorted.
std::vector<std::string> version_directories(const std::string& tree);

/// Where an installed rock's rockspec is.
std::string rockspec_path(const rock::Layout& layout, const RockKey& key);

/// The manifest's entry for a rock: modules, commands and the dependencies that its rockspec
/// declares.
rock::ManifestEntry manifest_entry(const rock::RockManifest& files,
                                   const std::vector<rock::Dependency>& declared);

/// A file of a rock that is deployed: where in the rock directory, what it provides, and its path
/// in the tree for its owner.
struct DeployedFile {
  std::string file;  ///< `lua/a/b.lua`
  std::string name;  ///< of the module or command that it provides
  bool is_command = false;
  std::string plain;      ///< `share/lua/5.1/a/b.lua`
  std::string versioned;  ///< its path when another rock owns the item
};

std::vector<DeployedFile> deployed_files(const rock::Layout& layout,
                                         const RockKey& key,
                                         const rock::RockManifest& files);

/// Writes the manifest of `state`, dependencies computed anew.
Result<void> write_manifest(TreeState& state, TreeEdit& edit);

/// Takes a rock out of the state (not out of the tree).
void forget_rock(const RockKey& key, TreeState& state);

}  // namespace rockstage::stage
