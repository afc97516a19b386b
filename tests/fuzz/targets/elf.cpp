#include "elf/elf_file.hpp"
#include "fuzz.hpp"

#include <algorithm>

using rockstage::fuzz::promise;

// Facts come from the bytes that are there, whatever the tables claim.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace elf = rockstage::elf;
  const auto input = rockstage::fuzz::text(data, size);
  const auto facts = elf::read_elf(input);
  promise(!facts || elf::looks_like_elf(input), "only an ELF file has facts");
  if (!facts) return 0;
  promise(facts->bits == 32 || facts->bits == 64, "32 or 64 bits");
  promise(std::ranges::is_sorted(facts->exports) && std::ranges::is_sorted(facts->undefined),
          "sorted names");
  promise(facts->needed.size() <= size && facts->exports.size() <= size,
          "no more names than bytes");
  static_cast<void>(elf::machine_name(*facts));
  for (const auto& name : elf::luaopen_names(*facts))
    promise(name.starts_with("luaopen_"), "a luaopen name");
  return 0;
}
