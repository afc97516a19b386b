#pragma once
#include "stage/types.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// What `build` staged.
namespace rockstage::report {

/// One line a rock, one line a file that a Lua program sees.
std::string staged_text(const std::string& tree, const std::vector<stage::StagedRock>& rocks);

/// Records `{"name","version","build_type","cache","modules","files","seconds"}`
/// (docs/commands/build.md).
nlohmann::json staged_data(const std::vector<stage::StagedRock>& rocks);

}  // namespace rockstage::report
