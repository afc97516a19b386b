#include "runtime/catalogue.hpp"
#include "runtime/table.hpp"

namespace rockstage::runtime {
namespace {

Catalogue decode() {
  Catalogue catalogue;
  for (const auto row : builtin_rows()) {
    RowReader reader(row);
    const auto part = reader.next();
    parts(catalogue, [&](std::string_view name, auto& list) {
      if (name == part) reader(list.emplace_back());
    });
  }
  return catalogue;
}

}  // namespace

const Catalogue& builtin_catalogue() {
  static const Catalogue catalogue = decode();
  return catalogue;
}

}  // namespace rockstage::runtime
