#pragma once
#include "archive/writer.hpp"
#include "sys/files.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::archive {

/// What lay in a directory at one moment.
struct Snapshot {
  std::string root;
  std::vector<sys::WalkEntry> entries;  ///< sorted by the bytes of their paths
};

/// Errc::not_found, Errc::io; Errc::invalid_input where `root` is no directory.
Result<Snapshot> take_snapshot(const std::string& root);

/// Errc::io names the first file that is not as it was (contents, kind, mode), has come or is gone.
Result<void> check_unchanged(const Snapshot& snapshot);

/// The members of an archive of those entries that `wanted` says yes to (by path).
/// Errc::invalid_input names a socket, device or FIFO, and a link that is absolute, leads out of
/// the directory or to nothing that is wanted.
Result<std::vector<OutputMember>> members_of(
    const Snapshot& snapshot, const std::function<bool(std::string_view path)>& wanted);

}  // namespace rockstage::archive
