#pragma once
#include "build/types.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rockstage::stage {

/// A file as it lies in the tree.
struct StagedFile {
  std::string path;  ///< relative to the tree
  std::uint64_t size = 0;
  std::uint32_t mode = 0;
  std::string sha256;
  build::FileClass file_class = build::FileClass::metadata;
};

struct StagedRock {
  std::string name, version, build_type, lua, target;
  std::map<std::string, std::string> modules;  ///< module → file, relative to the tree
  std::vector<StagedFile> files;               ///< sorted by path
  double seconds = 0;
};

/// A rock installed in a tree, as `list` and `show` tell it.
struct InstalledRock {
  std::string name, version, v;  ///< v: the version directory, "5.1"
  std::string rocks_dir;         ///< absolute
  std::string summary, detailed, license, homepage, issues_url;
  std::map<std::string, std::string> modules, commands;  ///< name → absolute file
  std::vector<std::pair<std::string, std::string>>
      dependencies;  ///< constraint text → installed version, or ""
  std::map<std::string, std::string> indirect_dependencies;  ///< name → version
};

}  // namespace rockstage::stage
