#include "support/tar_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::test {
namespace {

constexpr std::size_t kBlock = 512;

std::string padded(std::string bytes) {
  bytes.append((kBlock - bytes.size() % kBlock) % kBlock, '\0');
  return bytes;
}

void put_at(std::string& block, std::size_t offset, std::string_view text) {
  block.replace(offset, text.size(), text);
}

/// Octal with a NUL behind it; GNU's binary form where it does not fit.
std::string number(std::uint64_t value, std::size_t width) {
  auto octal = fmt::format("{:0{}o}", value, width - 1);
  if (octal.size() < width) return octal + '\0';
  std::string binary(width, '\0');
  for (std::size_t i = 0; i < 8; ++i)
    binary[width - 1 - i] = static_cast<char>(value >> (8 * i) & 0xffU);
  binary[0] = '\x80';
  return binary;
}

std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
  return out;
}

/// CRC-32 of RFC 1952, bit by bit.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
/// No single segment, no checksum, no content size; a window of 1 MiB.
const std::string kZstdHeader("\x00\x50", 2);

std::string zstd_block(std::uint64_t size, unsigned type, bool last) {
  return little_endian((last ? 1U : 0U) | type << 1U | size << 3U, 3);
}

}  // namespace

TarBuilder& TarBuilder::add(const TarMember& member) {
  std::string block(kBlock, '\0');
  put_at(block, 0, std::string_view(member.name).substr(0, 100));
  put_at(block, 100, number(member.mode, 8));
  put_at(block, 108, number(member.uid, 8));
  put_at(block, 116, number(member.gid, 8));
  put_at(block, 124, number(member.size.value_or(member.body.size()), 12));
  put_at(block, 136, number(0, 12));
  put_at(block, 148, std::string(8, ' '));
  block[156] = member.type;
  put_at(block, 157, std::string_view(member.link).substr(0, 100));
  put_at(block, 257, member.magic);
  put_at(block, 345, member.prefix);
  for (const auto& [offset, bytes] : member.raw)
    put_at(block, offset, bytes);
  unsigned sum = member.wrong_checksum ? 1 : 0;
  for (const char c : block)
    sum += static_cast<unsigned char>(c);
  put_at(block, 148, fmt::format("{:06o}", sum) + '\0');
  bytes_ += block + padded(member.body);
  return *this;
}

TarBuilder& TarBuilder::file(const std::string& name, const std::string& body, std::uint32_t mode) {
  return add({.name = name, .body = body, .mode = mode});
}

TarBuilder& TarBuilder::directory(const std::string& name, std::uint32_t mode) {
  return add({.name = name + "/", .type = '5', .mode = mode});
}

TarBuilder& TarBuilder::symlink(const std::string& name, const std::string& target) {
  return add({.name = name, .type = '2', .link = target, .mode = 0777});
}

TarBuilder& TarBuilder::hard_link(const std::string& name, const std::string& target) {
  return add({.name = name, .type = '1', .link = target});
}

TarBuilder& TarBuilder::pax(const std::vector<std::pair<std::string, std::string>>& records,
                            char type) {
  std::string body;
  for (const auto& [key, value] : records)
    body += pax_record(key, value);
  return add({.name = "PaxHeaders/x", .type = type, .body = body});
}

TarBuilder& TarBuilder::gnu_long(const std::string& text, char type) {
  return add({.name = "././@LongLink",
              .type = type,
              .body = text + '\0',
              .magic = std::string("ustar  \0", 8)});
}

TarBuilder& TarBuilder::zeros(std::size_t blocks) {
  bytes_.append(blocks * kBlock, '\0');
  return *this;
}

TarBuilder& TarBuilder::bytes(std::string_view raw) {
  bytes_ += raw;
  return *this;
}

std::string TarBuilder::str() const {
  return bytes_ + std::string(2 * kBlock, '\0');
}

std::string pax_record(const std::string& key, const std::string& value) {
  const auto rest = key.size() + value.size() + 3;
  auto length = rest;
  while (std::to_string(length).size() + rest != length)
    length = std::to_string(length).size() + rest;
  return fmt::format("{} {}={}\n", length, key, value);
}

std::string gzip_stored(std::string_view bytes) {
  constexpr std::size_t kMost = 65535;
  std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
  auto rest = bytes;
  do {
    const auto piece = rest.substr(0, kMost);
    rest.remove_prefix(piece.size());
    out += rest.empty() ? '\1' : '\0';
    out += little_endian(piece.size(), 2) + little_endian(~piece.size(), 2);
    out += piece;
  } while (!rest.empty());
  return out + little_endian(crc32(bytes), 4) + little_endian(bytes.size(), 4);
}

std::string zstd_stored(std::string_view bytes) {
  constexpr std::size_t kMost = std::size_t{128} << 10U;
  std::string out = std::string(kZstdMagic) + kZstdHeader;
  do {
    const auto piece = bytes.substr(0, kMost);
    bytes.remove_prefix(piece.size());
    out += zstd_block(piece.size(), 0, bytes.empty());
    out += piece;
  } while (!bytes.empty());
  return out;
}

std::string zstd_zeros(std::uint64_t size) {
  constexpr std::uint64_t kMost = std::uint64_t{128} << 10U;
  std::string out = std::string(kZstdMagic) + kZstdHeader;
  do {
    const auto piece = std::min(size, kMost);
    size -= piece;
    out += zstd_block(piece, 1, size == 0);
    out += '\0';
  } while (size > 0);
  return out;
}

std::string zstd_skippable(std::string_view content) {
  return "\x50\x2a\x4d\x18" + little_endian(content.size(), 4) + std::string(content);
}

}  // namespace rockstage::test
