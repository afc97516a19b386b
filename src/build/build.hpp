#pragma once
#include "base/diagnostics.hpp"
#include "build/types.hpp"
#include "plan/types.hpp"
#include "source/types.hpp"
#include "sys/io.hpp"

#include <string>

namespace rockstage::build {

/// Which host tools, Lua headers and external libraries there are for this rock (luarocks.md:
/// variables, externals).
plan::HostFacts inspect_host(const source::Rock& rock, const plan::BuildOptions& options, Io& io);

/// What a run needs besides its inputs.
struct RunContext {
  Io& io;
  Diagnostics& diagnostics;
  plan::BuildOptions options;
};

/// Runs one variant of a plan in `scratch` (a directory of the caller's, on the disk of the tree
/// where that is possible) and returns the rock put together there. Errc::subprocess with the
/// tool's last words when a step fails; Errc::invalid_input when the rockspec promises a file that
/// is not there, a library has no `luaopen_*` for its module, or is for another machine. The
/// sources are not written to.
Result<BuiltRock> run(const plan::Plan& plan,
                      const plan::Variant& variant,
                      const source::Rock& rock,
                      const std::string& scratch,
                      RunContext& context);

}  // namespace rockstage::build
