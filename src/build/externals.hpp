#pragma once
#include "rock/rockspec.hpp"
#include "rock/variables.hpp"

#include <string>
#include <vector>

namespace rockstage::build {

/// Where a rock's `external_dependencies` are.
struct Externals {
  rock::Variables variables;  ///< NAME_DIR, NAME_BINDIR, NAME_INCDIR, NAME_LIBDIR, and each with
                              ///< _FILE for what was found
  std::vector<std::string>
      missing;  ///< whole messages: what was looked for, where, and how to get it
};

/// Looks for them as LuaRocks does (deps.tl, check_external_deps): below NAME_DIR, else DEPS_DIR,
/// else /usr/local, /usr, /; `given` (--var) can fix each directory. Headers are also looked for in
/// Debian's directory of the machine.
Externals find_externals(const std::vector<rock::ExternalDependency>& dependencies,
                         const rock::Variables& given);

}  // namespace rockstage::build
