#include "elf/object.hpp"

#include <elf.h>

#include <unordered_set>

namespace rockstage::elf {
namespace {

/// A table of relocations: where its address, its size and the size of an entry stand.
struct Table {
  std::uint64_t address, size;
  std::uint64_t each;
};

class Order {
 public:
  explicit Order(Object& object) : object_(object) {}

  void add(const Table& table) {
    const auto start = object_.table(table.address, "a table of relocations lies");
    const auto size = object_.tag(table.size).value_or(0);
    if (!start || size == 0) return;
    if (!object_.require(*start, size / table.each, table.each, "a table of relocations lies"))
      return;
    const auto& bytes = object_.bytes;
    for (std::uint64_t i = 0; i < size / table.each; ++i) {
      const auto info = bytes.word(*start + i * table.each + (bytes.is_64() ? 8 : 4)).value_or(0);
      const auto symbol = bytes.is_64() ? info >> 32 : info >> 8;
      if (symbol != 0 && symbol < kMostSymbols && seen_.insert(symbol).second)
        symbols_.push_back(symbol);
    }
  }

  std::vector<std::uint64_t> take() { return std::move(symbols_); }

 private:
  Object& object_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::uint64_t> symbols_;
};

}  // namespace

std::vector<std::uint64_t> relocated_symbols(Object& object) {
  const bool wide = object.bytes.is_64();
  const std::uint64_t rela = wide ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela);
  const std::uint64_t rel = wide ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel);
  Order order(object);
  order.add({DT_RELA, DT_RELASZ, rela});
  order.add({DT_REL, DT_RELSZ, rel});
  order.add({DT_JMPREL, DT_PLTRELSZ, object.tag(DT_PLTREL) == DT_REL ? rel : rela});
  return order.take();
}

}  // namespace rockstage::elf
