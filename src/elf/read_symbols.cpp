#include "elf/object.hpp"

#include <elf.h>

#include <algorithm>
#include <unordered_map>

namespace rockstage::elf {
namespace {

constexpr std::uint16_t kVersionIndex = 0x7FFF;
constexpr std::uint16_t kAlpha = 0x9026;  // EM_ALPHA as glibc's port uses it

/// The last chain of a GNU hash table ends with the last symbol that has one; those without come
/// first.
std::uint64_t gnu_hash_count(const Bytes& bytes, std::uint64_t hash) {
  const std::uint64_t buckets = bytes.number<std::uint32_t>(hash).value_or(0);
  const std::uint64_t first = bytes.number<std::uint32_t>(hash + 4).value_or(0);
  const std::uint64_t bloom = bytes.number<std::uint32_t>(hash + 8).value_or(0);
  const auto bucket_table = hash + 16 + bloom * (bytes.is_64() ? 8 : 4);
  if (!bytes.contains(bucket_table, buckets, 4)) return first;
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < buckets; ++i)
    last = std::max<std::uint64_t>(last,
                                   bytes.number<std::uint32_t>(bucket_table + 4 * i).value_or(0));
  if (last < first) return first;
  const auto chains = bucket_table + 4 * buckets;
  while (true) {
    const auto value = bytes.number<std::uint32_t>(chains + 4 * (last - first));
    if (!value || (*value & 1) != 0) return last + 1;
    ++last;
  }
}

/// The number of dynamic symbols, which no tag tells: from DT_HASH, by walking DT_GNU_HASH, else
/// up to the highest one that a relocation names.
std::uint64_t symbol_count(Object& object, const std::vector<std::uint64_t>& relocated) {
  const auto& bytes = object.bytes;
  if (const auto hash = object.table(DT_HASH, "the hash table lies")) {
    const bool wide_words =
        bytes.is_64() && (object.facts.machine == EM_S390 || object.facts.machine == kAlpha);
    if (wide_words) return bytes.number<std::uint64_t>(*hash + 8).value_or(0);
    return bytes.number<std::uint32_t>(*hash + 4).value_or(0);
  }
  const auto highest = std::ranges::max_element(relocated);
  const auto named = highest == relocated.end() ? 0 : *highest + 1;
  if (const auto hash = object.table(DT_GNU_HASH, "the hash table lies"))
    return std::max(gnu_hash_count(bytes, *hash), named);
  return named;
}

/// Reads the symbol table and sorts what is in it.
class Symbols {
 public:
  explicit Symbols(Object& object) : object_(object) {}

  void read() {
    const auto symbols = object_.table(DT_SYMTAB, "the symbol table lies");
    if (!symbols || object_.strings_end == object_.strings) return;
    const auto order = relocated_symbols(object_);
    versions_ = read_versions(object_);
    version_indices_ = object_.table(DT_VERSYM, "the table of symbol versions lies");
    const std::uint64_t each = object_.bytes.is_64() ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    auto count = symbol_count(object_, order);
    if (count > kMostSymbols || !object_.bytes.contains(*symbols, count, each)) {
      object_.damage("the symbol table lies outside the file");
      const auto room = object_.bytes.size() > *symbols ? object_.bytes.size() - *symbols : 0;
      count = std::min(kMostSymbols, room / each);
    }
    if (!object_.bytes.has(*symbols, count * each)) object_.outside("the symbol table");
    for (std::uint64_t i = 1; i < count; ++i)
      read_symbol(i, *symbols + i * each);
    finish(order);
  }

 private:
  void read_symbol(std::uint64_t index, std::uint64_t at) {
    const auto& bytes = object_.bytes;
    const bool wide = bytes.is_64();
    const auto name = bytes.number<std::uint32_t>(at).value_or(0);
    const auto info = bytes.number<std::uint8_t>(at + (wide ? 4 : 12)).value_or(0);
    const auto section = bytes.number<std::uint16_t>(at + (wide ? 6 : 14)).value_or(0);
    const auto binding = info >> 4;
    if (name == 0 || (binding != STB_GLOBAL && binding != STB_WEAK && binding != STB_GNU_UNIQUE))
      return;
    auto found = object_.string_at(name, "a symbol's name");
    if (!found) return;
    if (section != SHN_UNDEF) {
      if (object_.exports)
        object_.exports(*found);
      else
        object_.facts.exports.push_back(*std::move(found));
      return;
    }
    Undefined symbol{*std::move(found), binding == STB_WEAK, {}};
    if (auto* need = need_of(index); need != nullptr && object_.afford(need->version.size())) {
      symbol.version = need->version;
      (symbol.weak ? need->weak_users : need->strong_users).push_back(symbol.name);
    }
    undefined_.emplace(index, std::move(symbol));
  }

  VersionNeed* need_of(std::uint64_t index) {
    if (!version_indices_) return nullptr;
    const auto version = object_.bytes.number<std::uint16_t>(*version_indices_ + 2 * index);
    if (!version) return nullptr;
    const auto found = versions_.needs.find(*version & kVersionIndex);
    return found == versions_.needs.end() ? nullptr : &object_.facts.version_needs[found->second];
  }

  void finish(const std::vector<std::uint64_t>& order) {
    auto& facts = object_.facts;
    std::ranges::sort(facts.exports);
    facts.exports.erase(std::unique(facts.exports.begin(), facts.exports.end()),
                        facts.exports.end());
    for (const auto index : order) {
      const auto found = undefined_.find(index);
      if (found == undefined_.end()) continue;
      facts.undefined.push_back(std::move(found->second));
      undefined_.erase(found);
    }
    for (auto& [index, symbol] : undefined_)
      facts.undefined.push_back(std::move(symbol));
    for (auto& need : facts.version_needs) {
      std::ranges::sort(need.strong_users);
      std::ranges::sort(need.weak_users);
    }
  }

  Object& object_;
  VersionTable versions_;
  std::optional<std::uint64_t> version_indices_;
  std::map<std::uint64_t, Undefined> undefined_;  ///< by index
};

}  // namespace

void read_symbols(Object& object) {
  Symbols(object).read();
}

}  // namespace rockstage::elf
