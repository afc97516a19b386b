#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace rockstage::elf {

/// Bytes of a file that are at hand.
struct Range {
  std::uint64_t offset = 0;
  std::string_view bytes;
};

/// The bytes of an object, or those parts of them that were kept, and how its numbers are written.
/// Every read of the reader goes through here and is checked.
class Bytes {
 public:
  /// `kept` is sorted and does not overlap; it must outlive this.
  Bytes(std::span<const Range> kept, std::uint64_t size, bool little_endian, int bits)
      : kept_(kept), size_(size), little_(little_endian), bits_(bits) {}

  /// Of the file.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  [[nodiscard]] bool is_64() const { return bits_ == 64; }

  /// True when `count` items of `each` bytes at `offset` lie inside the file.
  [[nodiscard]] bool contains(std::uint64_t offset, std::uint64_t count, std::uint64_t each) const {
    if (offset > size_) return false;
    return each == 0 || count <= (size_ - offset) / each;
  }

  /// The bytes from `offset` on that are at hand, `count` at most; empty for none.
  [[nodiscard]] std::string_view from(std::uint64_t offset, std::uint64_t count) const {
    auto at = std::ranges::upper_bound(kept_, offset, {}, &Range::offset);
    if (at == kept_.begin()) return {};
    --at;
    if (offset - at->offset >= at->bytes.size()) return {};
    return at->bytes.substr(offset - at->offset, count);
  }

  /// True when all of them are at hand.
  [[nodiscard]] bool has(std::uint64_t offset, std::uint64_t count) const {
    return count == 0 || from(offset, count).size() == count;
  }

  /// An unsigned number of sizeof(T) bytes; nullopt where it is not at hand.
  template <class T>
  [[nodiscard]] std::optional<T> number(std::uint64_t offset) const {
    const auto found = from(offset, sizeof(T));
    if (found.size() != sizeof(T)) return std::nullopt;
    T value{};
    std::memcpy(&value, found.data(), sizeof value);
    if (little_ != (std::endian::native == std::endian::little)) value = swapped(value);
    return value;
  }

  /// An address-sized number: 4 or 8 bytes.
  [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t offset) const {
    if (is_64()) return number<std::uint64_t>(offset);
    if (const auto value = number<std::uint32_t>(offset)) return *value;
    return std::nullopt;
  }

  [[nodiscard]] std::span<const Range> kept() const { return kept_; }

 private:
  template <class T>
  static T swapped(T value) {
    T out = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      out = static_cast<T>(static_cast<std::uint64_t>(out) << 8 | ((value >> (8 * i)) & 0xFF));
    return out;
  }

  std::span<const Range> kept_;
  std::uint64_t size_;
  bool little_;
  int bits_;
};

}  // namespace rockstage::elf
