#pragma once
#include "archive/write_members.hpp"
#include "base/diagnostics.hpp"
#include "cli/export_options.hpp"
#include "stage/types.hpp"

#include <string>
#include <vector>

namespace rockstage::cli {

/// The rock that an archive is named after, or that a .rock holds.
struct ExportedRock {
  stage::InstalledRock installed;
  std::string lua;     ///< of its build record, else its version directory
  std::string target;  ///< of its build record; empty where no Rust was built
};

/// Errc::usage where the tree has several and the options choose none; Errc::not_found where it has
/// not the one that is asked for; Errc::invalid_input where it has no metadata to name one by.
Result<ExportedRock> choose_exported_rock(const ExportOptions& options, Diagnostics& diagnostics);

/// The members of a binary rock as `luarocks pack` makes it: the rock's directory, with the files
/// of `lua/` and `lib/` brought back from where they are deployed. Errc::invalid_input names a file
/// that is not what the rock's manifest says.
Result<std::vector<archive::OutputMember>> binary_rock_members(const archive::Snapshot& tree,
                                                               const ExportedRock& rock);

/// NAME-VERSION.ARCH.rock, as LuaRocks wants it; ARCH is `all` where nothing is for one machine.
Result<std::string> binary_rock_name(const ExportedRock& rock,
                                     const std::vector<archive::OutputMember>& members);

/// NAME-VERSION-LUA-TRIPLE.FORM; without TRIPLE where the rock has no build record that names one.
std::string archive_name(const ExportedRock& rock, const ExportForm& form);

}  // namespace rockstage::cli
