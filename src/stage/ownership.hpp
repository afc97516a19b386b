#pragma once
#include "base/diagnostics.hpp"
#include "stage/tree_state.hpp"

#include <map>
#include <string>

namespace rockstage::stage {

/// Which rock owns each module and command of a state: of those that provide it the one with the
/// bytewise smaller name, within one rock the newest version (luarocks: repos.lua). The owner's
/// files have their plain names.
class Ownership {
 public:
  explicit Ownership(const TreeState& state);

  [[nodiscard]] const RockKey& owner(const std::string& item) const { return owners_.at(item); }

  /// The path at which a file of `key` belongs.
  [[nodiscard]] const std::string& path(const RockKey& key, const DeployedFile& file) const {
    return owner(file.item) == key ? file.plain : file.versioned;
  }

 private:
  std::map<std::string, RockKey> owners_;
};

/// Moves the files of the rocks of `state` that are in the tree already (those of `arriving` are
/// not) to where they belong now: a loser to its versioned name, an heir back to the plain one.
Result<void> move_to_owners(const TreeState& state, const RockKey* arriving, TreeEdit& edit);

/// Says which items of `key` another rock owns, and which it took from another.
void warn_of_collisions(const TreeState& state, const RockKey& key, Diagnostics& diagnostics);

}  // namespace rockstage::stage
