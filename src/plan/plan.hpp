#pragma once
#include <map>
#include <string>

#include "base/diagnostics.hpp"
#include "cargo/types.hpp"
#include "plan/types.hpp"

namespace rockstage::plan {

/// What is known of the rock; plain data, so that planning stays pure.
struct Inputs {
  const rock::Rockspec* spec = nullptr;
  std::string directory;                    ///< of the sources, absolute
  std::vector<std::string> files;           ///< relative, sorted
  std::vector<std::string> licence_files, document_files;
  const cargo::CrateFacts* crate = nullptr;  ///< nullptr when nothing is built by a `rust-mlua` step
  HostFacts host;
  std::string home;                          ///< $HOME, for path remapping
};

/// Turns rock, options and facts into steps, one Variant for each Lua and target. Errors are those that would end the build:
/// Errc::usage (two Luas or targets that share directories in one tree: names `{lua}` and `{target}`), Errc::invalid_input (no Lua
/// feature, vendored Lua, stale lock file, nightly, no such library …), each with the fix.
Result<Plan> make(const Inputs& inputs, const BuildOptions& options, Diagnostics& diagnostics);

/// The target triple in the names of LuaRocks' trees, and of `{lua}` in --tree: "luajit", "5.4".
std::string fill_tree(const std::string& tree, lua::Lua lua, const std::string& target);

}  // namespace rockstage::plan
