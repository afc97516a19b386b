#pragma once
#include "config/types.hpp"
#include "rock/rockspec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rockstage::source {

/// What git says of the sources; empty outside a checkout, or without git.
struct GitFacts {
  std::string revision;
  std::string branch;  ///< empty on a detached head, too
  bool dirty = false;
};

/// A rock that has been built already.
struct BinaryRock {
  std::string file;  ///< absolute: the `.rock`
  std::string arch;  ///< for which machine, as its name says: "all", "linux-x86_64"
};

/// A rock whose sources are on disk. Nothing of it has been run.
struct Rock {
  rock::Rockspec spec;        ///< the rock's own, or the one written for it
  bool spec_written = false;  ///< rockstage wrote it (a crate or project file without a rockspec)
  std::string directory;      ///< absolute: where the sources are
  std::string rockspec_path;  ///< absolute; empty when written
  std::optional<config::ProjectFile> project;
  std::vector<std::string> files;  ///< regular files below `directory`, relative, sorted, without
                                   ///< `.git` and cargo target folders
  std::vector<std::string>
      licence_files;  ///< of the root (LICENSE*, LICENCE*, COPYING*, NOTICE*, UNLICENSE*), sorted
  std::vector<std::string> document_files;  ///< what LuaRocks takes as default documents
                                            ///< (docs/formats/manifest.md), without licences
  GitFacts git;
  /// Set for a binary rock: `directory` is then its rock directory, unpacked, as it is to be
  /// staged, and `files` are those that its rock_manifest lists.
  std::optional<BinaryRock> binary;
};

}  // namespace rockstage::source
