#pragma once
#include "archive/cursor.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rockstage::archive {

/// The fields of one 512-byte header (POSIX ustar; GNU tar's variant; the old one without magic).
struct TarHeader {
  std::string name;  ///< with the prefix of ustar; up to the first NUL
  std::string link_name;
  std::optional<std::uint64_t> size;  ///< nothing: no number, negative, or more than 63 bits
  std::optional<std::uint64_t> mode, uid, gid;
  char type = '0';
  bool checksum_fits = false;
  bool stray_prefix = false;      ///< bytes in the place of the prefix, in a header that has none
  bool sparse_continues = false;  ///< GNU sparse map: another block follows the header
};

TarHeader parse_header(const Block& block);

/// The flag of a block that continues a GNU sparse map: another follows.
bool sparse_map_continues(const Block& block);

bool is_zero(std::span<const char> bytes);

}  // namespace rockstage::archive
