#pragma once
#include "stage/tree_state.hpp"

namespace rockstage::stage {

/// Takes a rock out of state and edit: its deployed files and its directory. Items that it owned
/// are not yet handed on (move_to_owners does).
Result<void> uninstall(const RockKey& key, TreeState& state, TreeEdit& edit);

/// Writes the manifest of a state, its dependencies computed anew.
Result<void> write_manifest(TreeState& state, TreeEdit& edit);

}  // namespace rockstage::stage
