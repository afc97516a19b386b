#pragma once
#include "emit/image.hpp"

#include <string>
#include <vector>

// What a plan will leave in the staged tree, as far as it can be told before anything is built.
namespace rockstage::emit {

/// Whether only the rock's own commands (make, cmake, command) know all that they install.
bool installs_by_commands(const ImageRock& rock);

/// Where a file of the rock directory goes in the tree: `lua/a.lua` → `share/lua/5.1/a.lua`; empty
/// for what an image does not take (programs, documents, configuration).
std::string staged_path(const std::string& rock_file, const std::string& version_directory);

/// A library staged under a module's name, where the plan leaves it open: the key of
/// `build.install.lib` stands for it.
std::string target_of(const plan::CopyStep& step);

/// The files of the rock in the tree, sorted; for make, cmake and command rocks those that the
/// rockspec names and those that its `cp`, `install` and `mv` lines show.
std::vector<std::string> staged_files(const ImageRock& rock, const std::string& version_directory);

/// The modules among staged files, sorted by name.
std::vector<ImageModule> modules_of(const std::vector<std::string>& staged,
                                    const std::string& version_directory);

}  // namespace rockstage::emit
