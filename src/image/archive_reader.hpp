#pragma once
#include "tree/reader.hpp"

#include <memory>
#include <string>

namespace rockstage::image {

/// What a file or standard input ("-") is taken for.
enum class ArchiveForm { found, tarball, docker, oci };

/// The tar in `path`, compressed or not, read once: a tarball, a docker-archive or an OCI archive,
/// by its members or as `form` says.
std::unique_ptr<tree::TreeReader> open_archive(std::string path, ArchiveForm form);

}  // namespace rockstage::image
