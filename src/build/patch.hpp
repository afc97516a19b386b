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

/// The file `path` below `directory` that a rockspec wants to write (patches, extra files),
/// absolute. Errc::invalid_input, with `what` in its message, for names that leave it, also through
/// links, and for links.
Result<std::string> writable_target(const std::string& directory,
                                    const std::string& path,
                                    const std::string& what);

}  // namespace rockstage::build
