#include "elf/object.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

constexpr std::uint64_t kRelr = 36;  // DT_RELR, younger than some <elf.h>

void read_entries(Object& object, const Segment& dynamic) {
  const auto& bytes = object.bytes;
  const std::uint64_t width = bytes.is_64() ? 8 : 4;
  const auto count = std::min(dynamic.file_size / (2 * width), kMostDynamicEntries);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto at = dynamic.offset + i * 2 * width;
    const auto tag = bytes.word(at), value = bytes.word(at + width);
    if (!tag || !value || *tag == DT_NULL) return;
    if (*tag != DT_NEEDED)
      object.tags.emplace(*tag, *value);
    else if (object.needed.size() < kMostNeeded)
      object.needed.push_back(*value);
    else
      object.damage("more DT_NEEDED entries than any loader meets");
  }
}

void read_string_table(Object& object) {
  const auto strings = object.table(DT_STRTAB, "the string table lies");
  if (!strings) {
    if (!object.tags.empty() && !object.tag(DT_STRTAB)) object.damage("there is no string table");
    return;
  }
  if (object.tags.count(DT_STRTAB) > 1 || object.tags.count(DT_SYMTAB) > 1)
    object.damage("there is more than one string or symbol table");
  const auto size = object.tag(DT_STRSZ).value_or(0);
  const auto& bytes = object.bytes;
  if (!bytes.contains(*strings, size, 1)) object.damage("the string table lies outside the file");
  object.strings = *strings;
  object.strings_end = *strings + std::min(size, bytes.size() - std::min(bytes.size(), *strings));
}

void read_flags(Object& object) {
  auto& facts = object.facts;
  const auto flags = object.tag(DT_FLAGS).value_or(0);
  const auto flags_1 = object.tag(DT_FLAGS_1).value_or(0);
  facts.text_relocations = object.tag(DT_TEXTREL).has_value() || (flags & DF_TEXTREL) != 0;
  facts.static_tls = (flags & DF_STATIC_TLS) != 0;
  facts.bind_now = object.tag(DT_BIND_NOW).has_value() || (flags & DF_BIND_NOW) != 0
                   || (flags_1 & DF_1_NOW) != 0;
  facts.no_open = (flags_1 & DF_1_NOOPEN) != 0;
  facts.no_default_lib = (flags_1 & DF_1_NODEFLIB) != 0;
  facts.pie = (flags_1 & DF_1_PIE) != 0;
  facts.packed_relocations = object.tag(kRelr).has_value();
}

}  // namespace

void read_dynamic_section(Object& object) {
  const auto dynamic = std::ranges::find(object.segments, PT_DYNAMIC, &Segment::type);
  if (dynamic == object.segments.end()) return;
  object.facts.has_dynamic = true;
  if (dynamic->file_size == 0
      || !object.require(dynamic->offset, dynamic->file_size, 1, "the dynamic section lies"))
    return;
  read_entries(object, *dynamic);
  read_string_table(object);
  read_flags(object);

  auto& facts = object.facts;
  if (const auto name = object.tag(DT_SONAME))
    facts.soname = object.string_at(*name, "the DT_SONAME").value_or("");
  if (const auto path = object.tag(DT_RUNPATH))
    facts.runpath = object.string_at(*path, "the run path");
  if (const auto path = object.tag(DT_RPATH)) facts.rpath = object.string_at(*path, "the run path");
  for (const auto index : object.needed)
    if (auto name = object.string_at(index, "a DT_NEEDED name"))
      facts.needed.push_back(*std::move(name));
}

}  // namespace rockstage::elf
