#pragma once
#include "archive/write_members.hpp"
#include "base/diagnostics.hpp"
#include "cli/export_options.hpp"
#include "emit/sbom.hpp"

#include <map>
#include <string>
#include <vector>

namespace rockstage::cli {

/// The SHA-256 of each file of an archive, by the name of its member.
using MemberDigests = std::map<std::string, std::string>;

/// What the archive holds, for the bill of materials and the provenance: the rocks of the tree that
/// have a file in it, and each file's SHA-256. Name and digest of the archive are left to the
/// caller. Warns of a tree without metadata. Errors as stage::list(), or of reading metadata.
Result<emit::Shipment> shipment_of(const ExportOptions& options,
                                   const archive::Snapshot& tree,
                                   const std::vector<archive::OutputMember>& members,
                                   const MemberDigests& digests,
                                   Diagnostics& diagnostics);

}  // namespace rockstage::cli
