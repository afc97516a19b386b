#pragma once
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::cli {

/// Runs the program in this process: `args` is the command line without the program's name. Returns
/// the exit code (docs/commands/README.md). Never throws.
int run(const std::vector<std::string>& args, Io& io);

}  // namespace rockstage::cli
