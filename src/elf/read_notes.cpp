#include "elf/object.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

constexpr std::uint32_t kProperties = 5;                // NT_GNU_PROPERTY_TYPE_0
constexpr std::uint32_t kIsaNeeded = 0xC0008002;        // GNU_PROPERTY_X86_ISA_1_NEEDED
constexpr std::uint32_t kPropertySegment = 0x6474E553;  // PT_GNU_PROPERTY
constexpr std::uint64_t kMostNoteBytes = 1 << 20;       // of all segments: they may overlap

std::uint64_t aligned(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}

/// The level above the baseline that a set of ISA bits asks for.
int isa_level(std::uint32_t bits) {
  if ((bits & 8U) != 0) return 4;
  if ((bits & 4U) != 0) return 3;
  return (bits & 2U) != 0 ? 2 : 0;
}

void read_properties(Object& object, std::uint64_t at, std::uint64_t end) {
  const std::uint64_t padding = object.bytes.is_64() ? 8 : 4;
  while (at + 8 <= end) {
    const auto type = object.bytes.number<std::uint32_t>(at);
    const auto size = object.bytes.number<std::uint32_t>(at + 4);
    if (!type || !size || *size > end - at - 8) return;
    if (*type == kIsaNeeded && *size >= 4 && object.facts.machine == EM_X86_64)
      object.facts.x86_isa_level =
          std::max(object.facts.x86_isa_level,
                   isa_level(object.bytes.number<std::uint32_t>(at + 8).value_or(0)));
    at += 8 + aligned(*size, padding);
  }
}

/// Reads `most` bytes of the segment's notes at most; returns how many there were.
std::uint64_t read_segment(Object& object, const Segment& segment, std::uint64_t most) {
  if (!object.require(segment.offset, segment.file_size, 1, "a segment of notes lies")) return 0;
  const std::uint64_t padding = segment.alignment == 8 ? 8 : 4;
  const auto length = std::min(segment.file_size, most);
  const auto end = segment.offset + length;
  auto at = segment.offset;
  while (at + 12 <= end) {
    const auto name_size = object.bytes.number<std::uint32_t>(at).value_or(0);
    const auto size = object.bytes.number<std::uint32_t>(at + 4).value_or(0);
    const auto type = object.bytes.number<std::uint32_t>(at + 8).value_or(0);
    const auto content = at + 12 + aligned(name_size, padding == 8 ? 4 : padding);
    const auto start =
        padding == 8 ? segment.offset + aligned(content - segment.offset, 8) : content;
    if (start > end || size > end - start) break;
    if (object.bytes.from(at + 12, 4) == std::string_view("GNU\0", 4)) {
      if (type == NT_GNU_BUILD_ID && object.facts.build_id.empty())
        for (const char byte : object.bytes.from(start, std::min<std::uint64_t>(size, 64)))
          object.facts.build_id += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      if (type == kProperties) read_properties(object, start, start + size);
    }
    at = start + aligned(size, padding);
  }
  return length;
}

}  // namespace

void read_notes(Object& object) {
  std::uint64_t left = kMostNoteBytes;
  for (const auto& segment : object.segments)
    if (segment.type == PT_NOTE || segment.type == kPropertySegment)
      left -= read_segment(object, segment, left);
}

}  // namespace rockstage::elf
