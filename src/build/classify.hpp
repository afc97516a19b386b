#pragma once
#include "build/types.hpp"

#include <map>
#include <string>

namespace rockstage::build {

/// The class of every file below `rock` (a rock directory), by path.
Result<std::map<std::string, FileClass>> classify(const std::string& rock);

/// The modules that `files` (of a rock directory) give, with the files that `require` opens in a
/// tree: "share/lua/5.1/a.lua".
std::map<std::string, std::string> modules_of(const std::map<std::string, FileClass>& files,
                                              lua::Lua lua);

}  // namespace rockstage::build
