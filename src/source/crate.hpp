#pragma once
#include "config/types.hpp"
#include "source/open.hpp"

#include <string>

namespace rockstage::source {

/// The rockspec for a crate in `directory` that has none (format 3.0, revision -1): name, version
/// and modules from the project file where it gives them, else from Cargo.toml; no cargo is needed.
/// Errc::invalid_input when the crate builds no cdylib.
Result<std::string> rockspec_for_crate(const std::string& directory,
                                       const config::ProjectFile& project,
                                       const Request& request);

}  // namespace rockstage::source
