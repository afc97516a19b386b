#pragma once
#include "tree/reader.hpp"

#include <memory>
#include <string>

namespace rockstage::image {

/// The OCI layout in the directory `path`. Blobs are regular files; links are not followed. Layers
/// are read by ReadOptions::jobs threads.
std::unique_ptr<tree::TreeReader> open_layout(std::string path);

}  // namespace rockstage::image
