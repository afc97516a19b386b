#pragma once
#include "cli/types.hpp"

#include <span>
#include <string_view>

namespace rockstage::cli {

/// Every command, in the order of the help. This list is the command line's contract
/// (docs/commands).
std::span<const CommandSpec> commands();

/// Options that stand before or after any command.
std::span<const OptionSpec> global_options();

/// By name or alias; nullptr when there is none.
const CommandSpec* find_command(std::string_view name);

/// Errc::usage with the nearest name.
tl::unexpected<Error> unknown_command(const std::string& name);

/// By name among the command's own and the global ones; nullptr when there is none.
const OptionSpec* find_option(const CommandSpec& command, std::string_view name);

}  // namespace rockstage::cli
