#pragma once
#include "tree/reader.hpp"

#include <functional>
#include <memory>
#include <string>

namespace rockstage::image {

/// What an archive is taken for: `found` goes by its members, `saved` too, but it is an image.
enum class ArchiveForm { found, tarball, docker, oci, saved };

/// The tar in the file `path` or on standard input ("-"), compressed or not, read once: a tarball,
/// a docker-archive or an OCI archive, by its members or as `form` says.
std::unique_ptr<tree::TreeReader> open_archive(std::string path, ArchiveForm form);

/// Begins the bytes of an archive.
using BeginStream = std::function<Result<std::unique_ptr<tree::ByteSource>>()>;

/// The same for what `begin` gives, which is called when reading begins; messages name it `shown`.
std::unique_ptr<tree::TreeReader> open_archive(BeginStream begin,
                                               std::string shown,
                                               ArchiveForm form);

}  // namespace rockstage::image
