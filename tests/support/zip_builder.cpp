#include "support/zip_builder.hpp"

namespace rockstage::test {
namespace {

std::string le16(std::size_t value) {
  return {static_cast<char>(value & 0xffU), static_cast<char>(value >> 8U & 0xffU)};
}

std::string le32(std::size_t value) {
  return le16(value & 0xffffU) + le16(value >> 16U & 0xffffU);
}

}  // namespace

std::uint32_t zip_crc(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

ZipBuilder& ZipBuilder::add(const ZipEntry& entry) {
  const auto packed = entry.packed.value_or(entry.body);
  const auto common = le16(entry.flags) + le16(entry.method) + le32(0)
                      + le32(entry.crc.value_or(zip_crc(entry.body))) + le32(packed.size())
                      + le32(entry.size.value_or(static_cast<std::uint32_t>(entry.body.size())));
  const auto own_name = entry.own_name.value_or(entry.name);
  auto place = static_cast<std::uint32_t>(members_.size());
  if (entry.same_place)
    place = places_[*entry.same_place];
  else
    members_ += "PK\3\4" + le16(20) + common + le16(own_name.size()) + le16(0) + own_name + packed;
  places_.push_back(place);
  const std::size_t maker = entry.mode == 0 ? 0 : 3;
  directory_ += "PK\1\2" + le16(maker << 8U | 20U) + le16(20) + common + le16(entry.name.size())
                + le16(0) + le16(0) + le16(0) + le16(0)
                + le32(static_cast<std::size_t>(entry.mode) << 16U) + le32(place) + entry.name;
  return *this;
}

ZipBuilder& ZipBuilder::file(const std::string& name, const std::string& body, std::uint32_t mode) {
  return add({.name = name, .body = body, .mode = mode});
}

ZipBuilder& ZipBuilder::directory(const std::string& name) {
  return add({.name = name, .mode = 0040755});
}

ZipBuilder& ZipBuilder::link(const std::string& name, const std::string& target) {
  return add({.name = name, .body = target, .mode = 0120777});
}

std::string ZipBuilder::str() const {
  const auto count = le16(places_.size());
  return members_ + directory_ + "PK\5\6" + le32(0) + count + count + le32(directory_.size())
         + le32(members_.size()) + le16(0);
}

}  // namespace rockstage::test
