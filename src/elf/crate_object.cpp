#include "elf/crate_object.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <cstring>
#include <optional>

namespace rockstage::elf {
namespace {

// Every processor here is little-endian with 64 bits and needs no e_flags.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

std::optional<Elf64_Half> machine_of(std::string_view target) {
  const auto processor = target.substr(0, target.find('-'));
  if (processor == "x86_64") return Elf64_Half{EM_X86_64};
  if (processor == "aarch64") return Elf64_Half{EM_AARCH64};
  return std::nullopt;
}

std::string list_text(const std::vector<ListedCrate>& crates) {
  nlohmann::ordered_json packages = nlohmann::ordered_json::array();
  for (const ListedCrate& crate : crates) {
    nlohmann::ordered_json package = {
        {"name", crate.name}, {"version", crate.version}, {"source", crate.source}};
    if (crate.build_only) package["kind"] = "build";
    if (!crate.dependencies.empty()) package["dependencies"] = crate.dependencies;
    if (crate.root) package["root"] = true;
    packages.push_back(std::move(package));
  }
  const nlohmann::ordered_json document = {{"packages", std::move(packages)}};
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<std::string> deflated(const std::string& text) {
  auto size = compressBound(static_cast<uLong>(text.size()));
  std::string out(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(out.data()),
                             &size,
                             reinterpret_cast<const Bytef*>(text.data()),
                             static_cast<uLong>(text.size()),
                             Z_BEST_COMPRESSION);
  if (code != Z_OK) return fail(Errc::internal, fmt::format("zlib gave up with code {}", code));
  out.resize(size);
  return out;
}

template <typename Record>
void append(std::string& out, const Record& record) {
  out.append(reinterpret_cast<const char*>(&record), sizeof record);
}

std::size_t aligned(std::size_t offset) {
  return (offset + 7) / 8 * 8;
}

/// `names`: the last section, which holds their names.
Elf64_Ehdr file_header(Elf64_Half machine, std::size_t sections_at, Elf64_Half names) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_shoff = sections_at;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(names + 1);
  header.e_shstrndx = names;
  return header;
}

Elf64_Shdr section(Elf64_Word name, Elf64_Word type, std::size_t offset, std::size_t size) {
  Elf64_Shdr header{};
  header.sh_name = name;
  header.sh_type = type;
  header.sh_offset = offset;
  header.sh_size = size;
  header.sh_addralign = 1;
  return header;
}

/// Two symbols, the first of which is the empty one.
Elf64_Shdr symbol_section(Elf64_Word name, std::size_t offset, Elf64_Word names) {
  Elf64_Shdr header = section(name, SHT_SYMTAB, offset, 2 * sizeof(Elf64_Sym));
  header.sh_link = names;
  header.sh_info = 1;  // the first global one
  header.sh_addralign = 8;
  header.sh_entsize = sizeof(Elf64_Sym);
  return header;
}

Elf64_Sym hidden_symbol(Elf64_Word name, Elf64_Half section, std::size_t size) {
  Elf64_Sym symbol{};
  symbol.st_name = name;
  symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
  symbol.st_other = STV_HIDDEN;
  symbol.st_shndx = section;
  symbol.st_size = size;
  return symbol;
}

}  // namespace

bool has_crate_object(std::string_view target) {
  return machine_of(target).has_value();
}

Result<std::string> crate_object(std::string_view target, const std::vector<ListedCrate>& crates) {
  const auto machine = machine_of(target);
  if (!machine)
    return fail(Errc::usage, fmt::format("a list of crates cannot be linked for '{}'", target));
  RS_TRY_ASSIGN(const auto content, deflated(list_text(crates)));

  // Without a note on the stack GNU ld takes the object to need an executable one.
  const std::string names =
      std::string("\0.dep-v0\0.note.GNU-stack\0.symtab\0.strtab\0", 41) + kCrateSymbol + '\0';
  constexpr Elf64_Word kListName = 1, kStackName = 9, kSymbolsName = 25, kNamesName = 33;
  constexpr Elf64_Word kSymbol = 41;
  constexpr Elf64_Half kListSection = 1, kNamesSection = 4;
  const std::size_t list_at = sizeof(Elf64_Ehdr);
  const std::size_t names_at = list_at + content.size();
  const std::size_t symbols_at = aligned(names_at + names.size());
  const std::size_t sections_at = symbols_at + 2 * sizeof(Elf64_Sym);

  std::string out;
  append(out, file_header(*machine, sections_at, kNamesSection));
  out += content;
  out += names;
  out.resize(symbols_at, '\0');
  append(out, Elf64_Sym{});
  append(out, hidden_symbol(kSymbol, kListSection, content.size()));
  append(out, Elf64_Shdr{});
  append(out, section(kListName, SHT_PROGBITS, list_at, content.size()));
  append(out, section(kStackName, SHT_PROGBITS, names_at, 0));
  append(out, symbol_section(kSymbolsName, symbols_at, kNamesSection));
  append(out, section(kNamesName, SHT_STRTAB, names_at, names.size()));
  return out;
}

}  // namespace rockstage::elf
