#pragma once
#include "build/types.hpp"
#include "cli/prepare.hpp"

// A SOURCE that has been built already: it is checked and staged as it is.
namespace rockstage::cli {

/// Settles for which Lua and target the binary rock in `prepared` is staged: as the options say,
/// else as its rockstage.json does, else the default. Errc::usage for options of a build that were
/// given; Errc::invalid_input for a machine that is not the target's.
Result<void> settle_binary_rock(const Invocation& invocation,
                                Prepared& prepared,
                                Diagnostics& diagnostics);

/// The plan by which the rock's files are staged; nothing is built. Errors as plan::make().
Result<plan::Plan> plan_binary_rock(const Prepared& prepared, Diagnostics& diagnostics);

/// The rock as `stage` takes it, for one variant. Errc::invalid_input for a library or program that
/// is for another machine, another libc or another Lua.
Result<build::BuiltRock> take_binary_rock(const Prepared& prepared,
                                          const plan::Variant& variant,
                                          Diagnostics& diagnostics);

}  // namespace rockstage::cli
