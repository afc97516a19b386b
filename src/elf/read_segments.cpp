#include "elf/object.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

constexpr std::uint32_t kFloatHard = 0x400, kFloatSoft = 0x200;  // EF_ARM_ABI_FLOAT_*

Segment segment_at(const Bytes& bytes, std::uint64_t at) {
  const auto word = [&](std::uint64_t wide, std::uint64_t narrow) {
    return bytes.word(at + (bytes.is_64() ? wide : narrow)).value_or(0);
  };
  Segment segment;
  segment.type = bytes.number<std::uint32_t>(at).value_or(0);
  segment.flags = bytes.number<std::uint32_t>(at + (bytes.is_64() ? 4 : 24)).value_or(0);
  segment.offset = word(8, 4);
  segment.address = word(16, 8);
  segment.file_size = word(32, 16);
  segment.memory_size = word(40, 20);
  segment.alignment = word(48, 28);
  return segment;
}

bool needs_executable_stack_by_default(std::uint16_t machine) {
  return machine == EM_386 || machine == EM_X86_64 || machine == EM_ARM;
}

void note_load(const Segment& segment, ElfFacts& facts) {
  facts.has_load = true;
  if ((segment.flags & PF_W) != 0 && (segment.flags & PF_X) != 0) facts.writable_code = true;
  if (segment.alignment > 1) {
    if (facts.load_alignment == 0 || segment.alignment < facts.load_alignment)
      facts.load_alignment = segment.alignment;
    if ((segment.address - segment.offset) % segment.alignment != 0) facts.misaligned_load = true;
  }
}

}  // namespace

bool read_header(Object& object) {
  const auto& bytes = object.bytes;
  auto& facts = object.facts;
  const bool wide = bytes.is_64();
  facts.size = bytes.size();
  facts.os_abi = bytes.number<std::uint8_t>(EI_OSABI).value_or(0);
  facts.abi_version = bytes.number<std::uint8_t>(EI_ABIVERSION).value_or(0);
  facts.type = bytes.number<std::uint16_t>(16).value_or(0);
  facts.machine = bytes.number<std::uint16_t>(18).value_or(0);
  facts.flags = bytes.number<std::uint32_t>(wide ? 48 : 36).value_or(0);
  if (facts.machine == EM_ARM && (facts.flags & (kFloatHard | kFloatSoft)) != 0)
    facts.arm_hard_float = (facts.flags & kFloatHard) != 0;

  // glibc takes no other (dl-load.c, open_verify).
  if (bytes.number<std::uint8_t>(EI_VERSION) != EV_CURRENT
      || bytes.number<std::uint32_t>(20) != EV_CURRENT)
    object.damage("the header is of an unknown version of ELF");

  const auto offset = bytes.word(wide ? 32 : 28).value_or(0);
  const std::uint64_t each = bytes.number<std::uint16_t>(wide ? 54 : 42).value_or(0);
  const std::uint64_t count = bytes.number<std::uint16_t>(wide ? 56 : 44).value_or(0);
  if (count == 0) return false;
  if (each != (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) || count > kMostProgramHeaders) {
    object.damage("the program headers are of a size or number that no loader takes");
    return false;
  }
  if (!object.require(offset, count, each, "the program headers lie")) return false;
  for (std::uint64_t i = 0; i < count; ++i)
    object.segments.push_back(segment_at(bytes, offset + i * each));
  return true;
}

void read_segments(Object& object) {
  auto& facts = object.facts;
  bool stack = false;
  for (const auto& segment : object.segments) {
    if (segment.type == PT_LOAD) {
      note_load(segment, facts);
      const auto end = segment.offset + segment.file_size;
      if (end < segment.offset)
        object.damage("a segment lies outside the file");
      else if (segment.file_size > 0)
        facts.file_end = std::max(facts.file_end, end);
    }
    if (segment.type == PT_GNU_STACK) {
      stack = true;
      facts.executable_stack = (segment.flags & PF_X) != 0;
    }
    if (segment.type == PT_TLS) facts.tls_size = segment.memory_size;
    if (segment.type == PT_INTERP && segment.file_size > 0)
      facts.interpreter =
          object.text(segment.offset, segment.offset + std::min(segment.file_size, kLongestString))
              .value_or("");
  }
  if (!stack && facts.has_load)
    facts.executable_stack = needs_executable_stack_by_default(facts.machine);
  if (facts.file_end > facts.size)
    object.damage(fmt::format(
        "the file ends at byte {}, but its segments go up to byte {}", facts.size, facts.file_end));
}

}  // namespace rockstage::elf
