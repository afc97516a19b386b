#pragma once
#include "emit/image.hpp"

#include <string>
#include <vector>

namespace rockstage::emit {

/// A shared library that a rock's native modules may need when they are loaded.
struct RunTimeLibrary {
  std::string soname;   ///< as in Debian 12: "libz.so.1"
  std::string package;  ///< Debian's package with it: "zlib1g"
  std::string reason;   ///< "external dependency 'z'"
};

/// What the rock's external dependencies, linker flags and -sys crates point to, without
/// repetition. Libraries that Debian's packages are not known for are left out.
std::vector<RunTimeLibrary> run_time_libraries(const ImageRock& rock);

}  // namespace rockstage::emit
