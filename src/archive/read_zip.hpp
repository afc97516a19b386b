#pragma once
#include "archive/tar.hpp"

#include <cstddef>
#include <span>

namespace rockstage::archive {

/// True when the bytes begin as a zip does, an empty one too.
bool looks_like_zip(std::span<const std::byte> bytes);

/// Reads a zip by its central directory (APPNOTE 6.3.10), and holds it against the headers of the
/// members: `zip` is all of the file. Its size is judged by what it says before anything is
/// unpacked, and each member must have the size and the CRC that it says. Errc::invalid_input
/// names the member: names that leave the root, names that come twice, members that overlap,
/// encryption, a method other than deflate, anything that is cut off or does not fit together, an
/// exceeded limit, a zip64 (more than 65,534 members, or 4 GiB).
Result<void> read_zip(std::span<const std::byte> zip,
                      const tree::Limits& limits,
                      MemberVisitor& visitor);

}  // namespace rockstage::archive
