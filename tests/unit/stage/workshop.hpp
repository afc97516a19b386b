#pragma once
#include "stage/stage.hpp"
#include "support/support.hpp"

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace rockstage::stage::test {

using rockstage::test::FakeTerminal;
using rockstage::test::get;
using rockstage::test::put;
using rockstage::test::temp_dir;

/// What a rock is made of; paths as in a rock directory (`lua/a.lua`, `lib/a.so`, `bin/x`).
struct RockParts {
  std::string name, version;
  std::map<std::string, std::string> files;
  std::vector<std::string> dependencies = {"lua >= 5.1"};
  lua::Lua lua = lua::Lua::luajit;
  std::string post_install;
  bool wrap_bin_scripts = true;
};

/// A directory with a tree in it, the outside world, and a bench where rocks are put together.
class Workshop {
 public:
  /// In memory where that goes: the disk is not what is tested, and every change waits for it.
  Workshop();

  [[nodiscard]] const std::string& place() const { return place_; }

  [[nodiscard]] std::string tree() const { return place_ + "/tree"; }

  /// The directory that holds the place, what is built, and nothing else.
  [[nodiscard]] const std::string& directory() const { return directory_.path(); }

  /// `path` of the tree.
  [[nodiscard]] std::string in_tree(const std::string& path) const { return tree() + "/" + path; }

  build::BuiltRock make(const RockParts& parts);

  /// Deploys and fails the test when that fails.
  std::vector<StagedRock> deploy(const std::vector<RockParts>& rocks,
                                 OtherVersions others = OtherVersions::remove);
  std::vector<StagedRock> deploy(const RockParts& rock,
                                 OtherVersions others = OtherVersions::remove);
  Result<std::vector<StagedRock>> try_deploy(const RockParts& rock);
  /// Removes and fails the test when that fails.
  void remove(const std::string& name, const std::string& version = {});

  /// Whether a diagnostic of that level so far says `text`.
  [[nodiscard]] bool said(Level level, const std::string& text) const;

  FakeTerminal terminal;
  sys::Progress progress{terminal, sys::ProgressMode::lines};
  sys::SystemProcessRunner processes;
  std::ostringstream out;
  sys::Io io;
  Diagnostics diagnostics;

 private:
  sys::TempDir directory_;
  std::string place_;
  int made_ = 0;
};

/// Path, kind, mode and content of everything below `directory`, a line each; empty when there is
/// no such directory.
std::string snapshot(const std::string& directory);

/// What an interrupted change left beside the tree and in it: names, sorted.
std::vector<std::string> leftovers(const std::string& tree);

/// The files and links below `directory`, sorted.
std::vector<std::string> files_below(const std::string& directory);

}  // namespace rockstage::stage::test
