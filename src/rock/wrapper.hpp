#pragma once
#include <string>

namespace rockstage::rock {

/// The script of a rock that a command in `bin/` runs.
struct WrappedScript {
  std::string command;      ///< file name in the tree's `bin`
  std::string rock;         ///< lower case
  std::string version;      ///< with the revision
  std::string script_file;  ///< file name in the rock directory's `bin`
};

/// The POSIX sh wrapper of a command for the version directory `v` ("5.1"): it finds its tree from
/// its own place, whatever links lead to it, and holds no path of the builder. Valid for every name
/// without NUL.
std::string bin_wrapper(const WrappedScript& script, const std::string& v);

}  // namespace rockstage::rock
