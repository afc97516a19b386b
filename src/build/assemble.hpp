#pragma once
#include "base/diagnostics.hpp"
#include "build/places.hpp"
#include "plan/types.hpp"
#include "rock/rockspec.hpp"

#include <string>
#include <vector>

namespace rockstage::build {

/// Whether what a plan copies can come from commands of the rock's own, for messages.
enum class MadeBy { sources_only, commands };

/// What the copying needs to know.
struct CopyJob {
  const rock::Rockspec& spec;
  const plan::Variant& variant;
  const Places& places;
  MadeBy made_by = MadeBy::sources_only;
};

/// Carries out the variant's copies, in order. Links are followed inside `{work}`. An `install.lib`
/// file whose key LuaRocks would ignore is staged under the key when its `luaopen_*` says so, with
/// a note. Errc::invalid_input names the rockspec's field: a file or directory that is not there, a
/// link that leaves the sources.
Result<void> copy_files(const CopyJob& job, Diagnostics& diagnostics);

/// Makes the directories that LuaRocks makes before a rock's own install step: `lua`, `lib`, `bin`,
/// `conf`, and `doc`.
Result<void> make_install_directories(const std::string& rock);

/// Brings what a rock's own install step left into shape: links become files, modes 0644 or 0755,
/// empty install directories go. Errc::invalid_input for links that leave the rock directory and
/// for what is no file.
Result<void> settle(const std::string& rock, Diagnostics& diagnostics);

}  // namespace rockstage::build
