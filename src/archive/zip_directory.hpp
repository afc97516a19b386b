#pragma once
#include "archive/tar.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// The table of a zip: what is in it, and where.
namespace rockstage::archive {

/// How a member's bytes are stored.
enum class ZipMethod : std::uint16_t { stored = 0, deflate = 8 };

/// One member, its header and its place checked.
struct ZipMember {
  Member member;  ///< `size` as the directory has it; `offset` of its own header; no target yet
  std::span<const std::byte> packed;
  std::uint32_t crc = 0;
  ZipMethod method = ZipMethod::stored;
};

/// The members in the order of the directory; errors as read_zip().
Result<std::vector<ZipMember>> read_zip_directory(std::span<const std::byte> zip,
                                                  const tree::Limits& limits);

}  // namespace rockstage::archive
