#include "elf/sections.hpp"

#include "elf/bytes.hpp"
#include "elf/elf_file.hpp"

#include <elf.h>

namespace rockstage::elf {
namespace {

constexpr std::uint64_t kMostSections = 4096;
constexpr std::uint64_t kLongestName = 64;

struct Header {
  std::uint64_t name = 0, flags = 0, offset = 0, size = 0;
  std::uint32_t type = 0;
};

Header header_at(const Bytes& bytes, std::uint64_t at) {
  const bool wide = bytes.is_64();
  Header header;
  header.name = bytes.number<std::uint32_t>(at).value_or(0);
  header.type = bytes.number<std::uint32_t>(at + 4).value_or(0);
  header.flags = bytes.word(at + 8).value_or(0);
  header.offset = bytes.word(at + (wide ? 24 : 16)).value_or(0);
  header.size = bytes.word(at + (wide ? 32 : 20)).value_or(0);
  return header;
}

}  // namespace

std::vector<SectionBytes> sections(std::string_view file) {
  if (!looks_like_elf(file) || file.size() < sizeof(Elf32_Ehdr)) return {};
  const Range whole{0, file};
  const bool wide = file[EI_CLASS] == ELFCLASS64;
  const Bytes bytes(
      std::span(&whole, 1), file.size(), file[EI_DATA] != ELFDATA2MSB, wide ? 64 : 32);
  const auto table = bytes.word(wide ? 40 : 32).value_or(0);
  const std::uint64_t each = bytes.number<std::uint16_t>(wide ? 58 : 46).value_or(0);
  const std::uint64_t count = bytes.number<std::uint16_t>(wide ? 60 : 48).value_or(0);
  const std::uint64_t names = bytes.number<std::uint16_t>(wide ? 62 : 50).value_or(0);
  const bool sane = table != 0 && each == (wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr))
                    && count <= kMostSections && names < count
                    && bytes.contains(table, count, each);
  if (!sane) return {};
  const Header strings = header_at(bytes, table + names * each);
  std::vector<SectionBytes> out;
  for (std::uint64_t i = 1; i < count; ++i) {
    const Header header = header_at(bytes, table + i * each);
    if (header.type == SHT_NULL || header.type == SHT_NOBITS) continue;
    auto name = bytes.from(strings.offset + header.name, kLongestName);
    name = name.substr(0, name.find('\0'));
    out.push_back({std::string(name),
                   (header.flags & SHF_EXECINSTR) != 0,
                   bytes.from(header.offset, header.size)});
  }
  return out;
}

}  // namespace rockstage::elf
