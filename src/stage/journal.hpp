#pragma once
#include "base/diagnostics.hpp"
#include "stage/tree_edit.hpp"

#include <functional>
#include <string>

// Changing a tree in place. In `TREE/.rockstage-journal` lie the new files (`new/…`) and, once all
// of them are on disk, a `journal` that says which go where and which old files go: NUL-separated
// pairs of `put` or `remove` and a path. A journal that is there is carried out to its end; new
// files without a journal are thrown away. Carrying out can be repeated.
namespace rockstage::stage {

/// As change_tree, for a tree that cannot be exchanged. The caller holds the tree's lock.
Result<void> by_journal(const std::string& tree,
                        const std::function<Result<void>(TreeEdit&)>& change);

/// Finishes or takes back what a killed process left, with a note.
Result<void> recover_journal(const std::string& tree, Diagnostics& diagnostics);

}  // namespace rockstage::stage
