#pragma once
#include "base/result.hpp"
#include "sys/io.hpp"
#include "tree/reader.hpp"

#include <memory>
#include <string>

namespace rockstage::image {

/// What a SUBJECT of the command line names (docs/commands/verify.md): a path whose kind is found
/// from its content, `-`, one of the transports `dir:`, `tar:`, `docker-archive:`, `oci:`,
/// `oci-archive:`, `docker-daemon:`, `podman:`, or a bare `name:tag`, which an engine may have.
/// Errc::invalid_input for a name that is no path and no transport, with the forms that exist;
/// Errc::unsupported for `docker://`, with the commands that do the job; Errc::usage for a
/// transport without a name. Nothing is read yet and no engine asked: that an image is not there
/// is said by read(), as save_image() and save_from_any_engine() do.
Result<std::unique_ptr<tree::TreeReader>> open_subject(const std::string& subject, const Io& io);

}  // namespace rockstage::image
