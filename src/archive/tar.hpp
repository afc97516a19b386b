#pragma once
#include "tree/reader.hpp"

#include <cstdint>
#include <string>

namespace rockstage::archive {

/// One header of a tar archive, its name still as it was written.
struct Member {
  std::string raw_path;  ///< bytes as in the archive
  std::string path;      ///< normalised; "" for the root
  std::string target;    ///< of a symbolic link as written; of a hard link normalised
  tree::EntryKind kind = tree::EntryKind::file;
  std::uint64_t size = 0;
  std::uint32_t uid = 0, gid = 0;
  std::uint16_t mode = 0;
  std::uint64_t offset = 0;  ///< of the header in the uncompressed tar
};

/// Takes the members as they come.
class MemberVisitor {
 public:
  virtual ~MemberVisitor() = default;

  /// `content` gives a regular file's bytes; what is not taken is skipped.
  virtual Result<void> member(const Member& member, tree::ByteSource& content) = 0;
};

/// What reading a tar to its end has shown.
struct TarSummary {
  Findings anomalies;  ///< archive-ambiguous and archive-path
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of the uncompressed tar, drained to its end
  bool empty = false;       ///< no member at all
};

/// Reads a tar (ustar, PAX, GNU) from `tar` to the end of its bytes. Where readers differ, a member
/// is handed on as Go's archive/tar sees it, which is what engines use. Members whose name leaves
/// the root, and those without a name, are anomalies and not handed on; absolute names lose their
/// slash. Errc::invalid_input `archive is damaged at offset N` for a bad header or a cut-off end,
/// and for an exceeded limit.
Result<TarSummary> read_tar(tree::ByteSource& tar,
                            const tree::Limits& limits,
                            MemberVisitor& visitor);

/// The same; `so_far` has what was found also where it fails.
Result<void> read_tar(tree::ByteSource& tar,
                      const tree::Limits& limits,
                      MemberVisitor& visitor,
                      TarSummary& so_far);

}  // namespace rockstage::archive
