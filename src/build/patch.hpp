#pragma once
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace rockstage::build {

/// Applies a unified diff to the files below `directory`, as LuaRocks does (build.tl,
/// apply_patches): names lose their first component, `/dev/null` creates or deletes a file, a hunk
/// may have moved but its lines must fit exactly. `name` is for messages. Errc::invalid_input names
/// file and hunk: what does not fit, a damaged or binary diff, names with `..`, absolute ones,
/// links.
Result<void> apply_patch(const std::string& name,
                         std::string_view diff,
                         const std::string& directory);

}  // namespace rockstage::build
