#pragma once
#include "base/result.hpp"
#include "sys/io.hpp"
#include "tree/reader.hpp"

#include <memory>
#include <string>

namespace rockstage::image {

/// What a SUBJECT of the command line names (docs/commands/verify.md): a path whose kind is found
/// from its content, `-`, or one of the transports `dir:`, `tar:`, `docker-archive:`, `oci:`,
/// `oci-archive:`. Errc::invalid_input for a name that is no path and no transport, with the forms
/// that exist; Errc::unsupported for `docker-daemon:`, `podman:`, `docker://` and a bare
/// `name:tag`, with the command that does the job. Nothing is read yet.
Result<std::unique_ptr<tree::TreeReader>> open_subject(const std::string& subject, Io& io);

}  // namespace rockstage::image
