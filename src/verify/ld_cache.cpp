#include "verify/ld_cache.hpp"

#include <cstdint>
#include <optional>

namespace rockstage::verify {
namespace {

constexpr std::string_view kMagic = "glibc-ld.so.cache1.1";
constexpr std::size_t kHeader = 48, kEntry = 24;
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kMostEntries = 100'000;
constexpr std::uint8_t kLittleEndian = 2, kBigEndian = 3;  // cache_file_new_flags_endian

/// The cache's numbers have the byte order of its machine.
class Table {
 public:
  explicit Table(std::string_view bytes) : bytes_(bytes) {
    constexpr auto kFlags = 28;
    const auto order = static_cast<std::uint8_t>(bytes.size() > kFlags ? bytes[kFlags] & 3 : 0);
    big_endian_ = order == kBigEndian || (order != kLittleEndian && looks_big_endian());
  }

  [[nodiscard]] std::uint32_t number(std::size_t at) const { return read(at, big_endian_); }

  [[nodiscard]] std::optional<std::string_view> text(std::size_t at) const {
    if (at >= bytes_.size()) return std::nullopt;
    const auto rest = bytes_.substr(at, kLongestText);
    const auto end = rest.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    return rest.substr(0, end);
  }

 private:
  [[nodiscard]] std::uint32_t read(std::size_t at, bool big_endian) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes_[at + i]);
      value |= std::uint32_t{byte} << (8 * (big_endian ? 3 - i : i));
    }
    return value;
  }

  /// Caches from before glibc 2.33 do not say: only in the right order do the entries fit in.
  [[nodiscard]] bool looks_big_endian() const {
    return bytes_.size() >= kHeader && read(kMagic.size(), false) > bytes_.size() / kEntry;
  }

  std::string_view bytes_;
  bool big_endian_ = false;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> read_ld_cache(std::string_view bytes) {
  std::vector<std::pair<std::string, std::string>> libraries;
  const auto start = bytes.find(kMagic);
  if (start == std::string_view::npos || bytes.size() - start < kHeader) return libraries;
  bytes.remove_prefix(start);
  const Table table(bytes);
  const std::size_t fits = (bytes.size() - kHeader) / kEntry;
  const std::size_t count = table.number(kMagic.size());
  for (std::size_t i = 0; i < count && i < fits && i < kMostEntries; ++i) {
    const auto at = kHeader + i * kEntry;
    const auto soname = table.text(table.number(at + 4));
    const auto path = table.text(table.number(at + 8));
    if (soname && path) libraries.emplace_back(*soname, *path);
  }
  return libraries;
}

}  // namespace rockstage::verify
