#pragma once
#include "stage/tree_state.hpp"

#include <string>
#include <vector>

namespace rockstage::stage {

/// Installed rocks ("NAME VERSION") that would lose what they depend on if the versions `leaving`
/// of the rock `name` went: those that one of these serves, and no version that stays.
std::vector<std::string> dependents(const TreeState& state,
                                    const std::string& name,
                                    const std::vector<std::string>& leaving);

}  // namespace rockstage::stage
