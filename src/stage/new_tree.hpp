#pragma once
#include "stage/tree_edit.hpp"

#include <string>
#include <vector>

namespace rockstage::stage {

/// Why the tree cannot be exchanged as a directory; empty when it can, or is not there yet.
Result<std::string> obstacle_to_exchange(const std::string& tree);

/// Puts the new tree together at `next`, beside the old one: what stays is linked hard, with the
/// modes of its directories; what waits is moved. Returns the paths that are new.
Result<std::vector<std::string>> assemble(const TreeEdit& edit, const std::string& next);

/// The files and directories below `directory`, for sync_below().
Result<std::vector<std::string>> everything_below(const std::string& directory);

/// Brings files and directories (relative to `root`), and `root`, to the disk.
Result<void> sync_below(const std::string& root, const std::vector<std::string>& paths);

}  // namespace rockstage::stage
