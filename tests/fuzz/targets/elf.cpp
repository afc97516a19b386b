#include "elf/elf_file.hpp"
#include "elf/sections.hpp"
#include "fuzz.hpp"
#include "lua/abi.hpp"

#include <algorithm>
#include <span>

using rockstage::fuzz::promise;

namespace {

/// Sizes of pieces, made from the input itself: the same for the same bytes.
class Steps {
 public:
  explicit Steps(std::string_view input) : state_(input.size() * 2654435761U + 1) {
    for (const char c : input.substr(0, 256))
      state_ = state_ * 31 + static_cast<unsigned char>(c);
  }

  /// Now small, now large.
  std::size_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    const auto value = state_ >> 33;
    return 1 + value % ((value & 0x10000U) != 0 ? 17 : 70'001);
  }

 private:
  std::uint64_t state_;
};

/// The same bytes in pieces, with all that looks at them.
void check_stream(std::string_view input, std::size_t size_of_facts) {
  rockstage::lua::CodeScanner scanner;
  rockstage::elf::StreamReader reader(input.size(), &scanner);
  const auto bytes = std::as_bytes(std::span(input));
  Steps steps(input);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto piece = bytes.subspan(at, std::min(steps.next(), bytes.size() - at));
    reader.feed(piece);
    scanner.data(piece);
    at += piece.size();
  }
  const auto facts = reader.finish();
  promise(facts && facts->exports.size() == size_of_facts, "pieces tell what the whole tells");
  for (const auto lua : rockstage::lua::kAllLuas)
    static_cast<void>(rockstage::lua::judge(*facts, scanner.finish(), lua));
}

}  // namespace

// Facts come from the bytes that are there, whatever the tables claim.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace elf = rockstage::elf;
  const auto input = rockstage::fuzz::text(data, size);
  for (const auto& section : elf::sections(input))
    promise(section.bytes.size() <= size && section.name.size() <= 64, "bytes of the file");
  const auto facts = elf::read_elf(input);
  promise(!facts || elf::looks_like_elf(input), "only an ELF file has facts");
  if (!facts) return 0;
  promise(facts->bits == 32 || facts->bits == 64, "32 or 64 bits");
  promise(std::ranges::is_sorted(facts->exports), "sorted names");
  promise(facts->needed.size() <= size && facts->exports.size() <= size,
          "no more names than bytes");
  static_cast<void>(elf::machine_name(*facts));
  for (const auto& name : elf::luaopen_names(*facts))
    promise(name.starts_with("luaopen_"), "a luaopen name");
  check_stream(input, facts->exports.size());
  return 0;
}
