#pragma once
#include "stage/ownership.hpp"

namespace rockstage::stage {

/// Brings the files of installed rocks to where they belong after a change: those of rocks that
/// leave, or arrive anew, are removed with their rock directories; losers get their versioned
/// names, heirs the plain ones. What lies in the way and belongs to no rock is set aside.
struct Rearrangement {
  const TreeStates& before;
  const TreeStates& after;
  const std::set<PlacedRock>& arriving;  ///< rocks of `after` whose files are put there next
};

Result<void> rearrange(const Rearrangement& what, TreeEdit& edit, Diagnostics& diagnostics);

}  // namespace rockstage::stage
