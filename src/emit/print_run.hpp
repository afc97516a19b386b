#pragma once
#include "base/result.hpp"
#include "emit/instruction.hpp"

#include <string>

namespace rockstage::emit {

/// The lines of a RUN: the JSON form for `exec`; else one command a line, joined by `&&`, or in
/// Style::buildkit, where there are several, as a here-document under `set -eu`.
/// Errc::invalid_input names a command or a mount that cannot be written there.
Result<std::string> print_run(const Run& run, Style style);

}  // namespace rockstage::emit
