#pragma once
#include "base/diagnostics.hpp"
#include "stage/tree_edit.hpp"
#include "sys/io.hpp"

#include <functional>
#include <string>

namespace rockstage::stage {

/// Changes a tree in one step. Takes the tree's lock (waiting, and saying so), finishes or takes
/// back what a killed process left, hands `change` an edit, and commits it: as an exchange of two
/// directories, or through a journal where that cannot be. When `change` fails, nothing has
/// happened. `change` is called again, with a new edit, when LuaRocks has changed the tree
/// meanwhile. Errc::io, Errc::interrupted, and what `change` returns.
Result<void> change_tree(const std::string& tree,
                         Io& io,
                         Diagnostics& diagnostics,
                         const std::function<Result<void>(TreeEdit&)>& change);

}  // namespace rockstage::stage
