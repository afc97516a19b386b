#include "elf/elf_file.hpp"

#include "elf/bytes.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace rockstage::elf {
namespace {

/// Names may overlap in the string table; together they may not be longer than this many times the
/// file.
constexpr std::uint64_t kNameBudgetFactor = 4;
constexpr std::uint64_t kMostSymbols = std::uint64_t{1} << 22;

/// A PT_LOAD segment: what the loader maps where.
struct Segment {
  std::uint64_t address, offset, file_size;
};

/// Reads one object; damage is noted and reading goes on.
class Reader {
 public:
  Reader(std::string_view bytes, bool little_endian, int bits)
      : bytes_(bytes, little_endian, bits) {
    facts_.bits = bits;
    name_budget_ = kNameBudgetFactor * bytes.size();
    facts_.little_endian = little_endian;
  }

  ElfFacts read() {
    facts_.type = bytes_.number<std::uint16_t>(16).value_or(0);
    facts_.machine = bytes_.number<std::uint16_t>(18).value_or(0);
    read_program_headers();
    read_dynamic_section();
    read_names();
    read_symbols();
    return std::move(facts_);
  }

 private:
  /// Said once, however often it is met.
  void damage(std::string what) {
    if (std::ranges::find(facts_.damage, what) == facts_.damage.end())
      facts_.damage.push_back(std::move(what));
  }

  void read_program_headers() {
    const bool wide = bytes_.is_64();
    const auto offset = bytes_.word(wide ? 32 : 28).value_or(0);
    const auto each = bytes_.number<std::uint16_t>(wide ? 54 : 42).value_or(0);
    const auto count = bytes_.number<std::uint16_t>(wide ? 56 : 44).value_or(0);
    if (count == 0) return;
    if (each != (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr))
        || !bytes_.contains(offset, count, each)) {
      damage("the program headers lie outside the file");
      return;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto at = offset + i * each;
      const auto type = bytes_.number<std::uint32_t>(at).value_or(0);
      const Segment segment{*bytes_.word(at + (wide ? 16 : 8)),
                            *bytes_.word(at + (wide ? 8 : 4)),
                            *bytes_.word(at + (wide ? 32 : 16))};
      if (type == PT_LOAD) segments_.push_back(segment);
      if (type == PT_DYNAMIC) dynamic_ = segment;
    }
  }

  /// Where the byte at a virtual address lies in the file.
  [[nodiscard]] std::optional<std::uint64_t> file_offset(std::uint64_t address) const {
    for (const auto& segment : segments_)
      if (address >= segment.address && address - segment.address < segment.file_size)
        return segment.offset + (address - segment.address);
    return std::nullopt;
  }

  void read_dynamic_section() {
    const std::uint64_t width = bytes_.is_64() ? 8 : 4;
    if (dynamic_.file_size == 0) return;
    if (!bytes_.contains(dynamic_.offset, dynamic_.file_size, 1)) {
      damage("the dynamic section lies outside the file");
      return;
    }
    for (std::uint64_t at = dynamic_.offset; at + 2 * width <= dynamic_.offset + dynamic_.file_size;
         at += 2 * width) {
      const auto tag = *bytes_.word(at);
      const auto value = *bytes_.word(at + width);
      if (tag == DT_NULL) break;
      if (tag == DT_NEEDED)
        needed_.push_back(value);
      else
        tags_.emplace(tag, value);
    }
  }

  [[nodiscard]] std::optional<std::uint64_t> tag(std::uint64_t name) const {
    const auto found = tags_.find(name);
    if (found == tags_.end()) return std::nullopt;
    return found->second;
  }

  /// The file offset that an address-valued tag means.
  [[nodiscard]] std::optional<std::uint64_t> table(std::uint64_t name) const {
    const auto address = tag(name);
    return address ? file_offset(*address) : std::nullopt;
  }

  /// The text at `index` of the string table. What is looked at counts against the budget, found
  /// or not: names may share their bytes, and a table may hold no NUL at all.
  [[nodiscard]] std::optional<std::string> string_at(std::uint64_t index, const char* what) {
    std::optional<std::string_view> found;
    if (index < strings_end_ - strings_) {
      const auto start = strings_ + index;
      const auto end = std::min(strings_end_, start + name_budget_);
      found = bytes_.text(start, end);
      name_budget_ -= found ? found->size() + 1 : end - start;
    }
    if (found) return std::string(*found);
    damage(fmt::format("{} lies outside the string table", what));
    return std::nullopt;
  }

  void read_names() {
    const auto strings = table(DT_STRTAB);
    const auto size = tag(DT_STRSZ).value_or(0);
    if (!strings) {
      if (!tags_.empty()) damage("there is no string table");
      return;
    }
    if (!bytes_.contains(*strings, size, 1)) damage("the string table lies outside the file");
    strings_ = *strings;
    strings_end_ = strings_ + std::min(size, bytes_.size() - std::min(bytes_.size(), strings_));
    if (const auto index = tag(DT_SONAME))
      facts_.soname = string_at(*index, "the DT_SONAME").value_or("");
    const auto run = tag(DT_RUNPATH) ? tag(DT_RUNPATH) : tag(DT_RPATH);
    if (run) facts_.runpath = string_at(*run, "the run path").value_or("");
    for (const auto index : needed_)
      if (auto name = string_at(index, "a DT_NEEDED name"))
        facts_.needed.push_back(*std::move(name));
  }

  /// The number of dynamic symbols, which no tag tells: from DT_HASH, by walking DT_GNU_HASH, else
  /// up to the string table.
  [[nodiscard]] std::uint64_t symbol_count(std::uint64_t symbols, std::uint64_t each) const {
    if (const auto hash = table(DT_HASH))
      return bytes_.number<std::uint32_t>(*hash + 4).value_or(0);
    if (const auto hash = table(DT_GNU_HASH)) return gnu_hash_count(*hash);
    return strings_ > symbols ? (strings_ - symbols) / each : 0;
  }

  /// The last chain of a GNU hash table ends with the last symbol that has one; those without come
  /// first.
  [[nodiscard]] std::uint64_t gnu_hash_count(std::uint64_t hash) const {
    const std::uint64_t buckets = bytes_.number<std::uint32_t>(hash).value_or(0);
    const std::uint64_t first = bytes_.number<std::uint32_t>(hash + 4).value_or(0);
    const std::uint64_t bloom = bytes_.number<std::uint32_t>(hash + 8).value_or(0);
    const auto bucket_table = hash + 16 + bloom * (bytes_.is_64() ? 8 : 4);
    if (!bytes_.contains(bucket_table, buckets, 4)) return first;
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < buckets; ++i)
      last = std::max<std::uint64_t>(
          last, bytes_.number<std::uint32_t>(bucket_table + 4 * i).value_or(0));
    if (last < first) return first;
    const auto chains = bucket_table + 4 * buckets;
    while (true) {
      const auto value = bytes_.number<std::uint32_t>(chains + 4 * (last - first));
      if (!value || (*value & 1) != 0) return last + 1;
      ++last;
    }
  }

  void read_symbols() {
    const auto symbols = table(DT_SYMTAB);
    if (!symbols && tag(DT_SYMTAB)) damage("the symbol table lies outside the file");
    if (!symbols || strings_end_ == strings_) return;
    const std::uint64_t each = bytes_.is_64() ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    auto count = symbol_count(*symbols, each);
    if (count > kMostSymbols || !bytes_.contains(*symbols, count, each)) {
      damage("the symbol table lies outside the file");
      count =
          std::min(kMostSymbols, bytes_.size() > *symbols ? (bytes_.size() - *symbols) / each : 0);
    }
    for (std::uint64_t i = 1; i < count; ++i)
      read_symbol(*symbols + i * each);
    for (auto* names : {&facts_.exports, &facts_.undefined}) {
      std::ranges::sort(*names);
      names->erase(std::unique(names->begin(), names->end()), names->end());
    }
  }

  void read_symbol(std::uint64_t at) {
    const bool wide = bytes_.is_64();
    const auto name = bytes_.number<std::uint32_t>(at).value_or(0);
    const auto info = bytes_.number<std::uint8_t>(at + (wide ? 4 : 12)).value_or(0);
    const auto section = bytes_.number<std::uint16_t>(at + (wide ? 6 : 14)).value_or(0);
    const auto binding = info >> 4;
    if (name == 0 || (binding != STB_GLOBAL && binding != STB_WEAK && binding != STB_GNU_UNIQUE))
      return;
    if (auto found = string_at(name, "a symbol's name"))
      (section == SHN_UNDEF ? facts_.undefined : facts_.exports).push_back(*std::move(found));
  }

  Bytes bytes_;
  ElfFacts facts_;
  std::vector<Segment> segments_;
  Segment dynamic_{};
  std::multimap<std::uint64_t, std::uint64_t> tags_;
  std::vector<std::uint64_t> needed_;
  std::uint64_t strings_ = 0, strings_end_ = 0;
  std::uint64_t name_budget_ = 0;
};

}  // namespace

bool looks_like_elf(std::string_view bytes) {
  return bytes.starts_with(std::string_view(ELFMAG, SELFMAG));
}

Result<ElfFacts> read_elf(std::string_view bytes) {
  if (!looks_like_elf(bytes)) return fail(Errc::invalid_input, "not an ELF file");
  const std::uint64_t least = bytes.size() > EI_CLASS && bytes[EI_CLASS] == ELFCLASS64
                                  ? sizeof(Elf64_Ehdr)
                                  : sizeof(Elf32_Ehdr);
  if (bytes.size() < least)
    return fail(Errc::invalid_input, "an ELF file that is cut off in its header");
  const int file_class = bytes[EI_CLASS];
  const int data = bytes[EI_DATA];
  if ((file_class != ELFCLASS32 && file_class != ELFCLASS64)
      || (data != ELFDATA2LSB && data != ELFDATA2MSB))
    return fail(Errc::invalid_input, "an ELF file of an unknown class or byte order");
  return Reader(bytes, data == ELFDATA2LSB, file_class == ELFCLASS64 ? 64 : 32).read();
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

std::vector<std::string> luaopen_names(const ElfFacts& facts) {
  std::vector<std::string> out;
  for (const auto& name : facts.exports)
    if (name.starts_with("luaopen_")) out.push_back(name);
  return out;
}

}  // namespace rockstage::elf
