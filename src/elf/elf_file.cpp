#include "elf/elf_file.hpp"

#include "elf/object.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace rockstage::elf {

bool looks_like_elf(std::string_view bytes) {
  return bytes.starts_with(std::string_view(ELFMAG, SELFMAG));
}

Result<ElfFacts> read_ranges(std::span<const Range> kept,
                             std::uint64_t size,
                             const ExportSink& exports) {
  const auto head = kept.empty() ? std::string_view{} : kept.front().bytes;
  if (!looks_like_elf(head)) return fail(Errc::invalid_input, "not an ELF file");
  const std::uint64_t least = head.size() > EI_CLASS && head[EI_CLASS] == ELFCLASS64
                                  ? sizeof(Elf64_Ehdr)
                                  : sizeof(Elf32_Ehdr);
  if (size < least) return fail(Errc::invalid_input, "an ELF file that is cut off in its header");
  const int file_class = head[EI_CLASS];
  const int data = head[EI_DATA];
  if ((file_class != ELFCLASS32 && file_class != ELFCLASS64)
      || (data != ELFDATA2LSB && data != ELFDATA2MSB))
    return fail(Errc::invalid_input, "an ELF file of an unknown class or byte order");

  ElfFacts facts;
  facts.bits = file_class == ELFCLASS64 ? 64 : 32;
  facts.little_endian = data == ELFDATA2LSB;
  Object object(Bytes(kept, size, facts.little_endian, facts.bits), facts);
  object.exports = exports;
  read_header(object);
  read_segments(object);
  read_dynamic_section(object);
  read_notes(object);
  read_symbols(object);
  read_sections(object);
  return facts;
}

Result<ElfFacts> read_elf(std::string_view bytes) {
  const Range whole{0, bytes};
  return read_ranges(std::span(&whole, 1), bytes.size());
}

std::string machine_name(const ElfFacts& facts) {
  switch (facts.machine) {
    case EM_X86_64:
      return "x86_64";
    case EM_386:
      return "i686";
    case EM_AARCH64:
      return "aarch64";
    case EM_ARM:
      return "arm";
    case EM_RISCV:
      return facts.bits == 64 ? "riscv64" : "riscv32";
    case EM_PPC64:
      return facts.little_endian ? "powerpc64le" : "powerpc64";
    case EM_S390:
      return "s390x";
    case EM_MIPS:
      return "mips";
    case 258:
      return "loongarch64";  // EM_LOONGARCH, younger than Debian 12's <elf.h>
    default:
      return fmt::format("machine {}", facts.machine);
  }
}

bool exports_symbol(const ElfFacts& facts, std::string_view name) {
  return std::ranges::binary_search(facts.exports, name, std::less<>{});
}

std::vector<std::string> luaopen_names(const ElfFacts& facts) {
  std::vector<std::string> out;
  for (const auto& name : facts.exports)
    if (name.starts_with("luaopen_")) out.push_back(name);
  return out;
}

}  // namespace rockstage::elf
