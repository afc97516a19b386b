#include "archive/cursor.hpp"

#include <algorithm>
#include <cstring>

namespace rockstage::archive {

Result<std::span<const std::byte>> Cursor::take(std::uint64_t most) {
  if (piece_.empty()) {
    RS_TRY_ASSIGN(piece_, source_.next());
  }
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, piece_.size()));
  const auto taken = piece_.first(size);
  piece_ = piece_.subspan(size);
  offset_ += size;
  return taken;
}

Result<std::size_t> Cursor::fill(std::span<char> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    RS_TRY_ASSIGN(const auto piece, take(out.size() - done));
    if (piece.empty()) break;
    std::memcpy(out.data() + done, piece.data(), piece.size());
    done += piece.size();
  }
  return done;
}

Result<std::uint64_t> Cursor::skip(std::uint64_t count) {
  std::uint64_t done = 0;
  while (done < count) {
    RS_TRY_ASSIGN(const auto piece, take(count - done));
    if (piece.empty()) break;
    done += piece.size();
  }
  return done;
}

}  // namespace rockstage::archive
