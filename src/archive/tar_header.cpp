#include "archive/tar_header.hpp"

#include <cstring>
#include <span>
#include <string_view>

namespace rockstage::archive {
namespace {

/// A field of the header: where it stands and how long it is (tar(5), pax.h of POSIX).
struct Field {
  std::size_t offset, size;
};

constexpr Field kName{0, 100}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12};
constexpr Field kChecksum{148, 8}, kLinkName{157, 100}, kMagic{257, 6}, kPrefix{345, 155};
constexpr std::size_t kType = 156;
constexpr std::size_t kSparseContinues = 482;     // isextended of a GNU header
constexpr std::size_t kSparseMapContinues = 504;  // isextended of the blocks behind it

std::string_view bytes_of(const Block& block, Field field) {
  return std::string_view(block.data(), block.size()).substr(field.offset, field.size);
}

std::string_view text_of(const Block& block, Field field) {
  const auto bytes = bytes_of(block, field);
  return bytes.substr(0, bytes.find('\0'));
}

/// GNU's form for numbers that do not fit: the first bit is set, and the rest is big-endian.
std::optional<std::uint64_t> binary_number(std::string_view bytes) {
  if (static_cast<unsigned char>(bytes.front()) != 0x80) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : bytes.substr(1)) {
    if (value >> 55U != 0) return std::nullopt;
    value = value << 8U | static_cast<unsigned char>(c);
  }
  return value;
}

/// Blanks, octal digits, and a blank or NUL behind them. No digit at all is 0, as tar(1) writes for
/// fields that do not apply.
std::optional<std::uint64_t> number_of(const Block& block, Field field) {
  auto bytes = bytes_of(block, field);
  if ((static_cast<unsigned char>(bytes.front()) & 0x80U) != 0) return binary_number(bytes);
  bytes.remove_prefix(std::min(bytes.size(), bytes.find_first_not_of(' ')));
  std::uint64_t value = 0;
  while (!bytes.empty() && bytes.front() >= '0' && bytes.front() <= '7') {
    value = value * 8 + static_cast<std::uint64_t>(bytes.front() - '0');
    bytes.remove_prefix(1);
  }
  if (!bytes.empty() && bytes.front() != ' ' && bytes.front() != '\0') return std::nullopt;
  return value;
}

/// The sum of all bytes, those of the checksum itself taken as blanks. Old programs added signed
/// bytes.
bool checksum_fits(const Block& block) {
  const auto told = number_of(block, kChecksum);
  if (!told) return false;
  std::uint64_t sum = 0;
  std::int64_t signed_sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    const char c = own ? ' ' : block[i];
    sum += static_cast<unsigned char>(c);
    signed_sum += static_cast<signed char>(c);
  }
  return *told == sum || (signed_sum >= 0 && *told == static_cast<std::uint64_t>(signed_sum));
}

}  // namespace

TarHeader parse_header(const Block& block) {
  TarHeader header;
  header.checksum_fits = checksum_fits(block);
  header.type = block[kType];
  header.size = number_of(block, kSize);
  header.mode = number_of(block, kMode);
  header.uid = number_of(block, kUid);
  header.gid = number_of(block, kGid);
  header.link_name = text_of(block, kLinkName);
  header.name = text_of(block, kName);
  const auto prefix = text_of(block, kPrefix);
  if (bytes_of(block, kMagic) == std::string_view("ustar\0", 6)) {
    if (!prefix.empty()) header.name = std::string(prefix) + "/" + header.name;
  } else {
    header.stray_prefix = !prefix.empty() && header.type != 'S';
  }
  header.sparse_continues = header.type == 'S' && block[kSparseContinues] != '\0';
  return header;
}

bool sparse_map_continues(const Block& block) {
  return block[kSparseMapContinues] != '\0';
}

bool is_zero(std::span<const char> bytes) {
  // Each byte equals the one before it: the library compares in large words.
  return bytes.empty()
         || (bytes[0] == '\0'
             && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace rockstage::archive
