#pragma once
#include "base/diagnostics.hpp"
#include "build/types.hpp"
#include "build/work_copy.hpp"
#include "cargo/compile.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace rockstage::build {

/// What a build by the rock's own commands left, to be looked at.
struct CommandsResult {
  const rock::Rockspec& spec;
  std::string rock;                               ///< the rock directory
  const std::map<std::string, FileClass>& files;  ///< in it
  lua::Lua lua;
  std::string target;
  std::vector<cargo::Artifact> artifacts;           ///< cdylibs that cargo named
  std::string work;                                 ///< the copy that was built in
  std::map<std::string, FoundObject> found_before;  ///< shared objects that lay in it, by sha256
};

/// Whether what the rockspec promises is there: the modules of `build.modules`, something at all, a
/// library when cargo made one. A shell text loses the status of a failed copy at the next `;`.
/// Errc::invalid_input names what is missing.
Result<void> check_promises(const CommandsResult& result);

/// Warns about what is staged but should perhaps not be: libraries that lay in the sources, or are
/// for another machine; headers and objects; libraries whose `luaopen_*` fits no `require`.
Result<void> warn_about_files(const CommandsResult& result, Diagnostics& diagnostics);

}  // namespace rockstage::build
