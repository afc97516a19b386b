#pragma once
#include "tree/path_table.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace rockstage::tree {

enum class EntryKind : std::uint8_t { file, directory, symlink, hardlink, other };

/// A text in a TextTable.
using TextId = std::uint32_t;
inline constexpr TextId kNoText = UINT32_MAX;

/// Keeps texts (targets of symbolic links) one behind the other. add() may be called from several
/// threads; text() only while nobody adds.
class TextTable {
 public:
  TextId add(std::string_view text);
  [[nodiscard]] std::string_view text(TextId id) const;

 private:
  std::string texts_;  ///< each ends with NUL
  std::mutex mutex_;
};

/// One member as it stands in its directory, tarball or layer. Its path is normalised; whiteouts of
/// layers are ordinary entries here.
struct Entry {
  PathId path = kRoot;
  std::uint32_t target = UINT32_MAX;  ///< symlink: its TextId; hardlink: the PathId it names
  std::uint64_t size = 0;
  std::uint32_t uid = 0, gid = 0;
  std::uint16_t mode = 0;  ///< permission bits with setuid, setgid and sticky
  EntryKind kind = EntryKind::file;
};

}  // namespace rockstage::tree
