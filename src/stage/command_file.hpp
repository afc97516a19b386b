#pragma once
#include "stage/ownership.hpp"

#include <string>

namespace rockstage::stage {

/// A command of a rock, to be put into the tree's `bin`.
struct CommandFile {
  PlacedRock rock;
  const Place& place;
  std::string original;  ///< absolute
  bool wrap = true;      ///< a Lua script whose rockspec does not say otherwise
};

/// Puts a wrapper, or the file itself, at the command's place; mode 0755.
Result<void> put_command(const CommandFile& command, TreeEdit& edit);

/// Whether the command `original` (its path in the tree) of an installed rock gets a wrapper.
Result<bool> is_wrapped(const RockKey& key,
                        const std::string& original,
                        const rock::Layout& layout,
                        const TreeEdit& edit);

}  // namespace rockstage::stage
