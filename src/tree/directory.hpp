#pragma once
#include "tree/reader.hpp"

#include <memory>
#include <string>

namespace rockstage::tree {

/// The directory at `path` and everything below it, in the order of their bytes. Links are entries
/// and are not followed; `path` itself may be one. A file that cannot be opened is an entry without
/// contents, and noted.
std::unique_ptr<TreeReader> open_directory(std::string path);

}  // namespace rockstage::tree
