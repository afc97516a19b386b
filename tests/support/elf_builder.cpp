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
    const auto tables = more_tables();
    list_tags();
    const std::uint64_t header = wide_ ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    const std::uint64_t program = wide_ ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    const auto symbols_at = header + (2 + spec_.segments.size()) * program;
    const auto strings_at = symbols_at + symbols.size();
    const auto hash_at = strings_at + strings_.bytes().size();
    place(symbols_at, strings_at, hash_at);
    std::string more;
    for (const auto& [tag, bytes] : tables) {
      entries_.emplace_back(tag, kElfBase + hash_at + hash.size() + more.size());
      more += bytes;
    }
    const auto dynamic_at = hash_at + hash.size() + more.size();
    entries_.insert(entries_.end(), spec_.entries.begin(), spec_.entries.end());
    entries_.emplace_back(DT_NULL, 0);
    const auto dynamic = dynamic_section();
    const auto end = dynamic_at + dynamic.size() + spec_.tail.size();
    const std::uint64_t alignment = wide_ ? 8 : 4;
    auto headers =
        program_header({PT_LOAD, PF_R, {}, end, alignment}, 0, end)
        + program_header({PT_DYNAMIC, PF_R, {}, 0, alignment}, dynamic_at, dynamic.size());
    std::string rest;
    for (const auto& segment : spec_.segments) {
      headers += program_header(segment, end + rest.size(), segment.content.size());
      rest += segment.content;
    }
    const auto sections = section_table(end + rest.size());
    return file_header() + headers + symbols + strings_.bytes() + hash + more + dynamic + spec_.tail
           + rest + sections;
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

  struct Table {
    std::uint64_t tag;
    std::string bytes;
  };

  /// Tables that only some objects have, and the tags with their sizes.
  std::vector<Table> more_tables() {
    std::vector<Table> out;
    const auto add_table = [&](std::uint64_t tag, std::string bytes) {
      if (!bytes.empty()) out.push_back({tag, std::move(bytes)});
    };
    if (!spec_.version_needs.empty()) add_table(DT_VERSYM, version_indices());
    add_table(DT_VERNEED, needed_versions());
    add_table(DT_VERDEF, defined_versions());
    add_table(DT_RELA, relocations(spec_.relocated, DT_RELASZ));
    add_table(DT_JMPREL, relocations(spec_.plt_relocated, DT_PLTRELSZ));
    if (!spec_.plt_relocated.empty()) entries_.emplace_back(DT_PLTREL, DT_RELA);
    return out;
  }

  /// 0 and 1 mean no version; those of `version_needs` follow.
  [[nodiscard]] std::string version_indices() const {
    auto out = writer();
    for (const auto& symbol : symbols_) {
      std::uint64_t index = symbol.binding == STB_LOCAL ? 0 : 1;
      for (std::size_t i = 0; i < spec_.version_needs.size(); ++i)
        if (std::ranges::count(spec_.version_needs[i].users, symbol.name) > 0) index = 2 + i;
      out.u16(index);
    }
    return out.take();
  }

  std::string needed_versions() {
    const auto& needs = spec_.version_needs;
    auto out = writer();
    std::uint64_t records = 0;
    for (std::size_t i = 0; i < needs.size(); ++records) {
      const auto last = std::find_if(
          needs.begin() + static_cast<std::ptrdiff_t>(i), needs.end(), [&](const auto& need) {
            return need.library != needs[i].library;
          });
      const auto end = static_cast<std::size_t>(last - needs.begin());
      out.u16(1);
      out.u16(end - i);
      out.u32(strings_.index(needs[i].library));
      out.u32(16);
      out.u32(end == needs.size() ? 0 : 16 + 16 * (end - i));
      for (; i < end; ++i) {
        out.u32(sysv_hash(needs[i].name));
        out.u16(needs[i].weak_flag ? VER_FLG_WEAK : 0);
        out.u16(2 + i);
        out.u32(strings_.index(needs[i].name));
        out.u32(i + 1 == end ? 0 : 16);
      }
    }
    if (records > 0) entries_.emplace_back(DT_VERNEEDNUM, records);
    return out.take();
  }

  /// The base definition, which is the object itself, comes first.
  std::string defined_versions() {
    if (spec_.version_definitions.empty()) return {};
    auto names = spec_.version_definitions;
    names.insert(names.begin(), spec_.soname);
    auto out = writer();
    for (std::size_t i = 0; i < names.size(); ++i) {
      out.u16(1);
      out.u16(i == 0 ? VER_FLG_BASE : 0);
      out.u16(2 + spec_.version_needs.size() + i);
      out.u16(1);
      out.u32(sysv_hash(names[i]));
      out.u32(20);
      out.u32(i + 1 == names.size() ? 0 : 28);
      out.u32(strings_.index(names[i]));
      out.u32(0);
    }
    entries_.emplace_back(DT_VERDEFNUM, names.size());
    return out.take();
  }

  std::string relocations(const std::vector<std::string>& names, std::uint64_t size_tag) {
    constexpr std::uint64_t kSomeType = 6;
    auto out = writer();
    for (const auto& name : names) {
      const auto symbol = std::ranges::find(symbols_, name, &Symbol::name);
      const auto index = static_cast<std::uint64_t>(symbol - symbols_.begin());
      out.word(kElfBase);
      out.word(wide_ ? index << 32 | kSomeType : index << 8 | kSomeType);
      out.word(0);
    }
    auto bytes = out.take();
    if (!bytes.empty()) entries_.emplace_back(size_tag, bytes.size());
    return bytes;
  }

  /// The contents of the sections, which begin at `at`, their names, and the headers.
  std::string section_table(std::uint64_t at) {
    if (spec_.sections.empty()) return {};
    auto sections = spec_.sections;
    std::string names(1, '\0');
    sections.push_back({".shstrtab", {}, SHT_STRTAB});
    for (const auto& section : sections)
      names += section.name + '\0';
    sections.back().content = names;
    auto headers = writer();
    headers.text(std::string(wide_ ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), '\0'));
    std::string contents;
    std::uint64_t name = 1;
    for (const auto& section : sections) {
      headers.u32(name);
      headers.u32(section.type);
      headers.word(0);  // flags
      headers.word(0);  // address
      headers.word(at + contents.size());
      headers.word(section.content.size());
      headers.text(std::string(8, '\0'));  // link, info
      headers.word(1);
      headers.word(0);
      contents += section.content;
      name += section.name.size() + 1;
    }
    sections_at_ = at + contents.size();
    return contents + headers.take();
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
    out.word(sections_at_);
    out.u32(spec_.flags);
    out.u16(header);
    out.u16(wide_ ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
    out.u16(2 + spec_.segments.size());
    const auto sections = spec_.sections.empty() ? 0 : spec_.sections.size() + 2;
    out.u16(sections == 0 ? 0 : wide_ ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
    out.u16(sections);
    out.u16(sections == 0 ? 0 : sections - 1);
    return out.take();
  }

  [[nodiscard]] std::string program_header(const ElfSpec::Segment& segment,
                                           std::uint64_t offset,
                                           std::uint64_t size) const {
    auto out = writer();
    out.u32(segment.type);
    if (wide_) out.u32(segment.flags);
    out.word(offset);
    out.word(kElfBase + offset);
    out.word(kElfBase + offset);
    out.word(size);
    out.word(std::max(size, segment.memory_size));
    if (!wide_) out.u32(segment.flags);
    out.word(segment.alignment);
    return out.take();
  }

  const ElfSpec& spec_;
  bool wide_;
  Strings strings_;
  std::vector<Symbol> symbols_;
  std::size_t first_hashed_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> entries_;
  std::uint64_t sections_at_ = 0;
};

}  // namespace

std::string build_elf(const ElfSpec& spec) {
  return Builder(spec).build();
}

std::string gnu_note(std::uint32_t type, std::string content) {
  Writer out(64, true);
  out.u32(4);
  out.u32(content.size());
  out.u32(type);
  content.resize((content.size() + 7) / 8 * 8);
  out.text(std::string("GNU\0", 4) + content);
  return out.take();
}

std::string isa_note(std::uint32_t bits) {
  constexpr std::uint32_t kProperties = 5, kIsaNeeded = 0xC0008002;
  Writer out(64, true);
  out.u32(kIsaNeeded);
  out.u32(4);
  out.u32(bits);
  out.u32(0);  // up to 8 bytes
  return gnu_note(kProperties, out.take());
}

}  // namespace rockstage::test
