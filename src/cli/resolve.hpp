#pragma once
#include "cli/types.hpp"
#include "config/types.hpp"

namespace rockstage::cli {

/// Fills `invocation.values` with the effective value of each option of its command and of the
/// global ones: flag, environment, project file (nullptr: none), user file, default. Errc::usage
/// for a value in the environment that cannot be taken; Errc::invalid_input for a bad user file.
Result<void> resolve(Invocation& invocation, const Io& io, const config::ProjectFile* project);

/// A ROCKSTAGE_ variable that names no option is a warning with the nearest name.
void warn_of_unknown_variables(const sys::Environment& environment, Diagnostics& diagnostics);

}  // namespace rockstage::cli
