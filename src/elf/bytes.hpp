#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace rockstage::elf {

/// The bytes of an object and how its numbers are written. Every read of the reader goes through
/// here and is checked against the end of the file.
class Bytes {
 public:
  Bytes(std::string_view bytes, bool little_endian, int bits)
      : bytes_(bytes), little_(little_endian), bits_(bits) {}

  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }

  [[nodiscard]] bool is_64() const { return bits_ == 64; }

  /// True when `count` items of `each` bytes at `offset` lie inside the file.
  [[nodiscard]] bool contains(std::uint64_t offset, std::uint64_t count, std::uint64_t each) const {
    if (offset > size()) return false;
    return each == 0 || count <= (size() - offset) / each;
  }

  /// An unsigned number of sizeof(T) bytes; nullopt outside the file.
  template <class T>
  [[nodiscard]] std::optional<T> number(std::uint64_t offset) const {
    if (!contains(offset, 1, sizeof(T))) return std::nullopt;
    T value{};
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    if (little_ != (std::endian::native == std::endian::little)) value = swapped(value);
    return value;
  }

  /// An address-sized number: 4 or 8 bytes.
  [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t offset) const {
    if (is_64()) return number<std::uint64_t>(offset);
    if (const auto value = number<std::uint32_t>(offset)) return *value;
    return std::nullopt;
  }

  /// The text from `offset` to the next NUL before `end`; nullopt when there is none.
  [[nodiscard]] std::optional<std::string_view> text(std::uint64_t offset,
                                                     std::uint64_t end) const {
    if (end > size() || offset >= end) return std::nullopt;
    const auto rest = bytes_.substr(offset, end - offset);
    const auto length = rest.find('\0');
    if (length == std::string_view::npos) return std::nullopt;
    return rest.substr(0, length);
  }

 private:
  template <class T>
  static T swapped(T value) {
    T out = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      out = static_cast<T>(out << 8 | ((value >> (8 * i)) & 0xFF));
    return out;
  }

  std::string_view bytes_;
  bool little_;
  int bits_;
};

}  // namespace rockstage::elf
