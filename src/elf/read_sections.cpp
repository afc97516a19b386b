#include "elf/object.hpp"

#include <elf.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

constexpr std::uint64_t kMostSections = 4096;
/// Of all sections that are looked into: headers may name the same bytes again and again.
constexpr std::uint64_t kMostEvidence = std::uint64_t{2} << 20;
constexpr std::uint32_t kArmAttributes = 0x70000003;

struct Section {
  std::uint64_t name = 0;
  std::uint32_t type = 0, link = 0;
  std::uint64_t offset = 0, size = 0;
};

Section section_at(const Bytes& bytes, std::uint64_t at) {
  const bool wide = bytes.is_64();
  Section section;
  section.name = bytes.number<std::uint32_t>(at).value_or(0);
  section.type = bytes.number<std::uint32_t>(at + 4).value_or(0);
  section.offset = bytes.word(at + (wide ? 24 : 16)).value_or(0);
  section.size = bytes.word(at + (wide ? 32 : 20)).value_or(0);
  section.link = bytes.number<std::uint32_t>(at + (wide ? 40 : 24)).value_or(0);
  return section;
}

/// The texts of `.comment`, each once, in order.
void read_comments(std::string_view bytes, std::vector<std::string>& comments) {
  while (!bytes.empty() && comments.size() < 64) {
    const auto end = std::min(bytes.find('\0'), bytes.size());
    const std::string text(bytes.substr(0, std::min(end, std::size_t{kLongestString})));
    if (!text.empty() && std::ranges::find(comments, text) == comments.end())
      comments.push_back(text);
    bytes.remove_prefix(std::min(bytes.size(), end + 1));
  }
}

/// The build attributes of the ABI for the Arm architecture ("Addenda", section 3): a number in
/// ULEB128 form behind each tag.
class ArmAttributes {
 public:
  explicit ArmAttributes(std::string_view bytes) : bytes_(bytes) {}

  void read(ElfFacts& facts) {
    // 'A', then a vendor's subsection: length, "aeabi", then tag 1 (the file), its length.
    const auto vendor = bytes_.find(std::string_view("aeabi\0\x01", 7));
    if (vendor == bytes_.npos) return;
    at_ = vendor + 7 + 4;
    while (at_ < bytes_.size()) {
      const auto tag = number();
      constexpr std::uint64_t kCpuRawName = 4, kCpuName = 5, kCpuArch = 6, kVfpArgs = 28;
      constexpr std::uint64_t kCompatibility = 32, kOthersFrom = 65;
      if (tag == kCpuRawName || tag == kCpuName || (tag >= kOthersFrom && tag % 2 == 1)) {
        at_ = std::min(bytes_.find('\0', at_), bytes_.size() - 1) + 1;
        continue;
      }
      const auto value = number();
      if (tag == kCompatibility) at_ = std::min(bytes_.find('\0', at_), bytes_.size() - 1) + 1;
      if (tag == kCpuArch) facts.arm_arch = static_cast<int>(value & 0xFF);
      if (tag == kVfpArgs && !facts.arm_hard_float) facts.arm_hard_float = value == 1;
    }
  }

 private:
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; at_ < bytes_.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      if (shift < 63) value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

/// What a section shows. Sections may be forged or absent: they add evidence and decide nothing.
void read_section(Object& object,
                  const Section& section,
                  std::string_view name,
                  std::uint64_t& room) {
  auto& facts = object.facts;
  const auto content = [&] {
    const auto bytes = object.bytes.from(section.offset, std::min(section.size, room));
    room -= bytes.size();
    return bytes;
  };
  if (name == ".comment") read_comments(content(), facts.comments);
  if (section.type == kArmAttributes && facts.machine == EM_ARM)
    ArmAttributes(content()).read(facts);
  if (section.type == SHT_SYMTAB) facts.symtab_bytes += section.size;
  if (name.starts_with(".debug_") || name.starts_with(".zdebug_"))
    facts.debug_bytes += section.size;
  if (name == ".dep-v0" && !facts.has_dep_v0) {
    facts.has_dep_v0 = true;
    const auto list = content();
    if (list.size() == section.size) read_crates(object, list);
  }
}

/// Where section headers are missing, the compiler's mark may still be among the kept bytes.
void find_rustc_mark(Object& object) {
  for (const auto& range : object.bytes.kept()) {
    const auto at = range.bytes.find("rustc version ");
    if (at == std::string_view::npos) continue;
    const auto text = range.bytes.substr(at, 200);
    const auto end = std::ranges::find_if(text, [](char c) { return c < ' ' || c > '~'; });
    if (end != text.end() && *end == '\0') object.facts.comments.emplace_back(text.begin(), end);
    return;
  }
}

}  // namespace

void read_sections(Object& object) {
  const auto& bytes = object.bytes;
  const bool wide = bytes.is_64();
  const auto table = bytes.word(wide ? 40 : 32).value_or(0);
  const std::uint64_t each = bytes.number<std::uint16_t>(wide ? 58 : 46).value_or(0);
  const std::uint64_t count = bytes.number<std::uint16_t>(wide ? 60 : 48).value_or(0);
  const std::uint64_t names = bytes.number<std::uint16_t>(wide ? 62 : 50).value_or(0);
  const bool sane = table != 0 && each == (wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr))
                    && count <= kMostSections && names < count && bytes.contains(table, count, each)
                    && bytes.has(table, count * each);
  if (!sane) return find_rustc_mark(object);
  const auto strings = section_at(bytes, table + names * each);
  std::uint64_t symbol_strings = 0;
  auto room = kMostEvidence;
  for (std::uint64_t i = 1; i < count; ++i) {
    const auto section = section_at(bytes, table + i * each);
    auto name = bytes.from(strings.offset + section.name, 64);
    name = name.substr(0, name.find('\0'));
    read_section(object, section, name, room);
    if (section.type == SHT_SYMTAB && section.link < count)
      symbol_strings += section_at(bytes, table + section.link * each).size;
  }
  object.facts.symtab_bytes += symbol_strings;
}

}  // namespace rockstage::elf
