#pragma once
#include "base/diagnostics.hpp"
#include "stage/tree_edit.hpp"

#include <string>

// Changing a tree in place. In `TREE/.rockstage-journal` lie the new files (`new/…`) and, once all
// of them are on disk, a `journal` that says which go where and what goes: NUL-separated pairs of
// `remove`, `make` (a directory) or `put` and a path. A journal that is there is carried out to its
// end; new files without a journal are thrown away. Carrying out can be repeated.
namespace rockstage::stage {

/// Where the new files of a change wait.
std::string journal_waiting(const std::string& tree);

/// Writes the journal of `edit`, whose files wait in journal_waiting() and are on disk: from here
/// on the change will be made, whatever happens.
Result<void> commit_journal(const TreeEdit& edit);

/// Makes the change that a committed journal says, and removes the journal.
Result<void> carry_out_journal(const std::string& tree);

/// Throws away what has not been committed.
Result<void> discard_journal(const std::string& tree);

/// Finishes or takes back what a killed process left, with a note.
Result<void> recover_journal(const std::string& tree, Diagnostics& diagnostics);

/// Whether a change was committed and then interrupted: the tree is half old, half new.
bool is_journal_pending(const std::string& tree);

}  // namespace rockstage::stage
