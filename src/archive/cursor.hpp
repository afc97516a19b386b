#pragma once
#include "tree/reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace rockstage::archive {

inline constexpr std::size_t kBlock = 512;
using Block = std::array<char, kBlock>;

/// Where one is in a stream of bytes. What fails in the stream fails here.
class Cursor {
 public:
  explicit Cursor(tree::ByteSource& source) : source_(source) {}

  [[nodiscard]] std::uint64_t offset() const { return offset_; }

  /// At least one byte and at most `most`, not copied; empty at the end. Valid until the next call.
  Result<std::span<const std::byte>> take(std::uint64_t most);
  /// Fills `out` as far as there are bytes; how many there were.
  Result<std::size_t> fill(std::span<char> out);
  /// Passes over `count` bytes; how many there were.
  Result<std::uint64_t> skip(std::uint64_t count);

 private:
  tree::ByteSource& source_;
  std::span<const std::byte> piece_;
  std::uint64_t offset_ = 0;
};

}  // namespace rockstage::archive
