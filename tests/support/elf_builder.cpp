#include "support/elf_builder.hpp"

#include <elf.h>

#include <algorithm>

namespace rockstage::test {
namespace {

/// Bytes with numbers of a given width and order.
class Writer {
 public:
  Writer(int bits, bool little_endian) : wide_(bits == 64), little_(little_endian) {}

  void number(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t shift = 8 * (little_ ? i : width - 1 - i);
      bytes_ += static_cast<char>(value >> shift & 0xFFU);
    }
  }

  void u8(std::uint64_t value) { number(value, 1); }

  void u16(std::uint64_t value) { number(value, 2); }

  void u32(std::uint64_t value) { number(value, 4); }

  void word(std::uint64_t value) { number(value, wide_ ? 8 : 4); }

  void text(const std::string& bytes) { bytes_ += bytes; }

  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  bool wide_, little_;
  std::string bytes_;
};

std::uint32_t sysv_hash(const std::string& name) {
  std::uint32_t hash = 0;
  for (const char c : name) {
    hash = (hash << 4) + static_cast<unsigned char>(c);
    const std::uint32_t high = hash & 0xF0000000U;
    hash = (hash ^ high >> 24) & ~high;
  }
  return hash;
}

std::uint32_t gnu_hash(const std::string& name) {
  std::uint32_t hash = 5381;
  for (const char c : name)
    hash = hash * 33 + static_cast<unsigned char>(c);
  return hash;
}

struct Symbol {
  std::string name;
  unsigned binding;
  unsigned section;
};

/// The string table: each text once, the empty one first.
class Strings {
 public:
  std::uint64_t index(const std::string& text) {
    if (text.empty()) return 0;
    const auto [entry, is_new] = known_.emplace(text, bytes_.size());
    if (is_new) bytes_ += text + '\0';
    return entry->second;
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_ = std::string(1, '\0');
  std::map<std::string, std::uint64_t> known_;
};

class Builder {
 public:
  explicit Builder(const ElfSpec& spec) : spec_(spec), wide_(spec.bits == 64) {}

  std::string build() {
    list_symbols();
    const auto symbols = symbol_table();
    const auto hash = hash_table();
    list_tags();
    const std::uint64_t header = wide_ ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    const std::uint64_t program = wide_ ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    const auto symbols_at = header + 2 * program;
    const auto strings_at = symbols_at + symbols.size();
    const auto hash_at = strings_at + strings_.bytes().size();
    const auto dynamic_at = hash_at + hash.size();
    place(symbols_at, strings_at, hash_at);
    const auto dynamic = dynamic_section();
    const auto end = dynamic_at + dynamic.size() + spec_.tail.size();
    return file_header() + program_header(PT_LOAD, 0, end)
           + program_header(PT_DYNAMIC, dynamic_at, dynamic.size()) + symbols + strings_.bytes()
           + hash + dynamic + spec_.tail;
  }

 private:
  [[nodiscard]] Writer writer() const { return Writer(spec_.bits, spec_.little_endian); }

  void add(const std::vector<std::string>& names, unsigned binding, unsigned section) {
    for (const auto& name : names)
      symbols_.push_back({name, binding, section});
  }

  /// In the order that a GNU hash table demands: what it does not list comes first.
  void list_symbols() {
    constexpr unsigned kSomeSection = 1;
    symbols_.push_back({"", STB_LOCAL, SHN_UNDEF});
    add(spec_.locals, STB_LOCAL, kSomeSection);
    add(spec_.undefined, STB_GLOBAL, SHN_UNDEF);
    add(spec_.weak_undefined, STB_WEAK, SHN_UNDEF);
    first_hashed_ = symbols_.size();
    add(spec_.exports, STB_GLOBAL, kSomeSection);
    add(spec_.weak_exports, STB_WEAK, kSomeSection);
  }

  std::string symbol_table() {
    auto out = writer();
    for (const auto& symbol : symbols_) {
      out.u32(strings_.index(symbol.name));
      if (!wide_) out.text(std::string(8, '\0'));  // value, size
      out.u8(symbol.binding << 4 | STT_FUNC);
      out.u8(STV_DEFAULT);
      out.u16(symbol.section);
      if (wide_) out.text(std::string(16, '\0'));
    }
    return out.take();
  }

  [[nodiscard]] std::string hash_table() const {
    if (spec_.hash == ElfSpec::Hash::sysv) return sysv_table();
    return spec_.hash == ElfSpec::Hash::gnu ? gnu_table() : std::string();
  }

  /// As many buckets as symbols, so that chains are short and sysv_hash matters.
  [[nodiscard]] std::string sysv_table() const {
    const auto count = symbols_.size();
    std::vector<std::size_t> buckets(count);
    std::vector<std::size_t> chains(count);
    for (std::size_t i = 1; i < count; ++i) {
      auto& bucket = buckets[sysv_hash(symbols_[i].name) % count];
      chains[i] = bucket;
      bucket = i;
    }
    auto out = writer();
    out.u32(count);
    out.u32(count);
    for (const auto* table : {&buckets, &chains})
      for (const auto entry : *table)
        out.u32(entry);
    return out.take();
  }

  /// One bucket, and a Bloom filter that lets everything through.
  [[nodiscard]] std::string gnu_table() const {
    auto out = writer();
    out.u32(1);
    out.u32(first_hashed_);
    out.u32(1);
    out.u32(0);
    out.word(~std::uint64_t{0});
    out.u32(first_hashed_ < symbols_.size() ? first_hashed_ : 0);
    for (auto i = first_hashed_; i < symbols_.size(); ++i) {
      const bool is_last = i + 1 == symbols_.size();
      out.u32((gnu_hash(symbols_[i].name) & ~1U) | (is_last ? 1U : 0U));
    }
    return out.take();
  }

  /// Tags whose values are texts; the addresses come later, when all texts are known.
  void list_tags() {
    for (const auto& name : spec_.needed)
      entries_.emplace_back(DT_NEEDED, strings_.index(name));
    const std::pair<std::uint64_t, const std::string*> texts[] = {
        {DT_SONAME, &spec_.soname}, {DT_RPATH, &spec_.rpath}, {DT_RUNPATH, &spec_.runpath}};
    for (const auto& [tag, text] : texts)
      if (!text->empty()) entries_.emplace_back(tag, strings_.index(*text));
  }

  void place(std::uint64_t symbols_at, std::uint64_t strings_at, std::uint64_t hash_at) {
    entries_.emplace_back(DT_STRTAB, kElfBase + strings_at);
    entries_.emplace_back(DT_STRSZ, strings_.bytes().size());
    entries_.emplace_back(DT_SYMTAB, kElfBase + symbols_at);
    if (spec_.hash == ElfSpec::Hash::sysv) entries_.emplace_back(DT_HASH, kElfBase + hash_at);
    if (spec_.hash == ElfSpec::Hash::gnu) entries_.emplace_back(DT_GNU_HASH, kElfBase + hash_at);
    entries_.emplace_back(DT_NULL, 0);
  }

  [[nodiscard]] std::string dynamic_section() const {
    auto out = writer();
    for (const auto& [tag, value] : entries_) {
      if (std::ranges::find(spec_.without, tag) != spec_.without.end()) continue;
      const auto other = spec_.tags.find(tag);
      out.word(tag);
      out.word(other == spec_.tags.end() ? value : other->second);
    }
    return out.take();
  }

  [[nodiscard]] std::string file_header() const {
    const std::uint64_t header = wide_ ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    auto out = writer();
    out.text(
        "\x7f"
        "ELF");
    out.u8(wide_ ? ELFCLASS64 : ELFCLASS32);
    out.u8(spec_.little_endian ? ELFDATA2LSB : ELFDATA2MSB);
    out.u8(EV_CURRENT);
    out.text(std::string(9, '\0'));
    out.u16(spec_.type);
    out.u16(spec_.machine);
    out.u32(EV_CURRENT);
    out.word(0);       // e_entry
    out.word(header);  // e_phoff
    out.word(0);       // e_shoff
    out.u32(0);        // e_flags
    out.u16(header);
    out.u16(wide_ ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
    out.u16(2);
    for (int i = 0; i < 3; ++i)
      out.u16(0);  // section headers
    return out.take();
  }

  [[nodiscard]] std::string program_header(std::uint32_t type,
                                           std::uint64_t offset,
                                           std::uint64_t size) const {
    auto out = writer();
    out.u32(type);
    if (wide_) out.u32(PF_R);
    out.word(offset);
    out.word(kElfBase + offset);
    out.word(kElfBase + offset);
    out.word(size);
    out.word(size);
    if (!wide_) out.u32(PF_R);
    out.word(wide_ ? 8 : 4);
    return out.take();
  }

  const ElfSpec& spec_;
  bool wide_;
  Strings strings_;
  std::vector<Symbol> symbols_;
  std::size_t first_hashed_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> entries_;
};

}  // namespace

std::string build_elf(const ElfSpec& spec) {
  return Builder(spec).build();
}

}  // namespace rockstage::test
