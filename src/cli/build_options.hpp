#pragma once
#include "cli/types.hpp"
#include "lua/types.hpp"
#include "plan/types.hpp"

#include <string>
#include <vector>

namespace rockstage::cli {

/// The effective values of `build` (or `lint`) as the planner takes them; relative paths become
/// absolute. Errc::usage names the option whose value cannot be taken.
Result<plan::BuildOptions> build_options(const Invocation& invocation, const Io& io);

/// The tree of `--tree`, absolute. Errc::usage when it was not given.
Result<std::string> tree_of(const Invocation& invocation);

/// `$XDG_CACHE_HOME/rockstage`, else `~/.cache/rockstage`, or what --cache-dir says.
Result<std::string> cache_directory(const Invocation& invocation, const Io& io);

}  // namespace rockstage::cli
