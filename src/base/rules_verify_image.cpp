#include "base/rules_parts.hpp"

namespace rockstage {
namespace {

constexpr RuleInfo kRules[] = {
    {rules::archive_ambiguous,
     Severity::error,
     "two readers of the archive could see different files",
     "A hard link with a body, an entry that comes twice, sizes that disagree or data after "
     "the end are read differently by tar, Docker, containerd and scanners, so what was "
     "checked need not be what runs (CVE-2025-62518 is of this kind). Rebuild the image with a "
     "current builder and do not trust this one."},
    {rules::archive_path,
     Severity::error,
     "a name or link leads out of the root",
     "Names with `..` or a leading slash, and links out of the tree, write or read outside of "
     "it where a tool follows them. A link out of a staged tree dangles as soon as the tree is "
     "copied. Write the archive again with names and relative links below its root."},
    {rules::image_config,
     Severity::warning,
     "entry point, command or stop signal differ from the base image",
     "A gateway whose entry point or stop signal was changed by accident does not start, or is "
     "killed in the middle of requests. Compared with the image of --base. Leave these lines "
     "out of the final stage, or waive the finding if the change is meant."},
    {rules::image_digest,
     Severity::error,
     "a blob, its size or a layer does not match its digest",
     "What is in the archive is not what its manifest promises, or a part of it is absent: it "
     "was cut off, damaged or tampered with. Engines refuse to load it (invalid diffID, "
     "unexpected digest). Pull or save it again."},
    {rules::image_engine_difference,
     Severity::warning,
     "engines build different file systems from this image",
     "An entry below a link of a lower layer, a file with its own whiteout in one layer, or a "
     "hard link to a lower layer is taken by some engines, moved by others and refused by the "
     "rest. The rules that forbid something judge all that any of them shows. Rebuild the "
     "image with a current builder."},
    {rules::image_layer_order,
     Severity::warning,
     "a layer deletes and adds the same name",
     "By the specification a whiteout only concerns lower layers; some engines carry it out in "
     "order and delete what the same layer added. Rebuild the image so that each layer has one "
     "of the two."},
    {rules::image_user,
     Severity::note,
     "the user differs from the base image",
     "Modules are only read, so a final stage that copies a tree needs no USER line. A change "
     "to root is a warning: workers would run with more rights than the base image gives them. "
     "Compared with the image of --base."},
    {rules::platform_absent,
     Severity::note,
     "a platform of the index is not in the archive",
     "docker save of the containerd store writes the index of all platforms and the blobs of "
     "those that were pulled. What is absent was not verified. Pull it with --platform if it "
     "is to be verified too."},
};

}  // namespace

std::span<const RuleInfo> verify_image_rules() {
  return kRules;
}

}  // namespace rockstage
