#pragma once
#include "base/result.hpp"
#include "elf/bytes.hpp"
#include "elf/elf_file.hpp"
#include "elf/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::elf {

/// A program header.
struct Segment {
  std::uint32_t type = 0, flags = 0;
  std::uint64_t offset = 0, address = 0, file_size = 0, memory_size = 0, alignment = 0;
};

/// An object that is being read: what the parts of the reader share. Damage is noted, and reading
/// goes on.
class Object {
 public:
  Object(Bytes bytes, ElfFacts& facts);

  Bytes bytes;
  ElfFacts& facts;
  ExportSink exports;  ///< empty: ElfFacts::exports takes them
  std::vector<Segment> segments;
  std::multimap<std::uint64_t, std::uint64_t> tags;  ///< of the dynamic section, DT_NEEDED left out
  std::vector<std::uint64_t> needed;                 ///< DT_NEEDED
  std::uint64_t strings = 0, strings_end = 0;        ///< the dynamic string table in the file

  /// Said once, however often it is met.
  void damage(std::string what);
  /// A table outside the parts of the file that were kept.
  void outside(std::string what);
  /// True when the bytes are at hand; else says what is wrong. `what` ends with the verb, for what
  /// follows in the message: "the dynamic section lies".
  bool require(std::uint64_t offset, std::uint64_t count, std::uint64_t each, const char* what);

  /// Where the byte at a virtual address lies in the file; nullopt for none.
  [[nodiscard]] std::optional<std::uint64_t> file_offset(std::uint64_t address) const;
  /// The value of a dynamic tag, the last one as glibc takes it.
  [[nodiscard]] std::optional<std::uint64_t> tag(std::uint64_t name) const;
  /// The file offset that an address-valued tag means; says so when it means none.
  std::optional<std::uint64_t> table(std::uint64_t name, const char* what);

  /// The text at `index` of the dynamic string table. What is looked at counts against a budget:
  /// names may share their bytes, and a table may hold no NUL at all.
  std::optional<std::string> string_at(std::uint64_t index, const char* what);
  /// A text that ends with NUL before `end`, under the same budget.
  std::optional<std::string> text(std::uint64_t offset, std::uint64_t end);
  /// Takes `length` from that budget, for a text that is kept once more; false when it is used up.
  bool afford(std::uint64_t length);

 private:
  std::uint64_t name_budget_;
};

/// Limits of a sane object; what is beyond them is damage.
inline constexpr std::uint64_t kMostProgramHeaders = 1024;
inline constexpr std::uint64_t kMostDynamicEntries = 65'536;
inline constexpr std::uint64_t kMostNeeded = 512;
inline constexpr std::uint64_t kMostVersionRecords = 65'536;
inline constexpr std::uint64_t kMostSymbols = std::uint64_t{1} << 22;
inline constexpr std::uint64_t kLongestString = 4096;

/// The parts of the reader, in the order in which they run.
bool read_header(Object& object);
void read_segments(Object& object);
void read_dynamic_section(Object& object);
void read_notes(Object& object);
void read_symbols(Object& object);
void read_sections(Object& object);

/// Indices of symbols in the order in which relocations name them: DT_RELA or DT_REL, then
/// DT_JMPREL (glibc's order), each once.
std::vector<std::uint64_t> relocated_symbols(Object& object);

/// A version index of DT_VERSYM: what it stands for.
struct VersionTable {
  std::map<std::uint16_t, std::size_t> needs;  ///< index → position in ElfFacts::version_needs
};

VersionTable read_versions(Object& object);

/// Reads an object of which `kept` is at hand, sorted; the first range begins at 0. Errors as
/// read_elf(); `exports` as in StreamReader.
Result<ElfFacts> read_ranges(std::span<const Range> kept,
                             std::uint64_t size,
                             const ExportSink& exports = {});

/// The crates of a `.dep-v0` section. Damage is noted.
void read_crates(Object& object, std::string_view compressed);

}  // namespace rockstage::elf
