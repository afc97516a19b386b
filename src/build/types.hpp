#pragma once
#include "lua/types.hpp"
#include "rock/rockspec.hpp"

#include <map>
#include <string>
#include <vector>

namespace rockstage::build {

/// `script` is a command in Lua, which gets a wrapper; `program` any other command.
enum class FileClass {
  lua_module,
  native_module,
  ffi_library,
  script,
  program,
  metadata,
  document,
  licence
};

/// "lua-module", "native-module", "ffi-library", "script" (of programs too), "metadata",
/// "document", "licence".
std::string to_string(FileClass value);

/// A rock put together in a scratch directory as LuaRocks does before it deploys: `lua/`, `lib/`,
/// `bin/`, `conf/`, documents, the rockspec and `rockstage.json`, with their final modes.
/// `rock_manifest` is written by `stage`.
struct BuiltRock {
  rock::Rockspec spec;
  std::string directory;  ///< absolute
  lua::Lua lua = lua::Lua::luajit;
  std::string target;
  std::string tree;                        ///< where it goes, absolute
  std::map<std::string, FileClass> files;  ///< every file below `directory`, relative
  std::map<std::string, std::string>
      modules;  ///< module → deployed file ("share/lua/5.1/…", "lib/lua/5.1/…"), ownership apart
  std::string post_install;  ///< shell text to run inside the transaction, `{rock}`: the rock's
                             ///< directory in the tree; empty for none
  double seconds = 0;
};

}  // namespace rockstage::build
