#include "elf/object.hpp"

#include <elf.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

/// A chain of records, each with the distance to the next: as long as the count says, or until a
/// record does not advance.
class Chain {
 public:
  Chain(std::uint64_t at, std::uint64_t count) : at_(at), left_(count) {}

  [[nodiscard]] bool more() const { return left_ > 0; }

  [[nodiscard]] std::uint64_t at() const { return at_; }

  void advance(std::uint32_t distance) {
    --left_;
    if (distance == 0) left_ = 0;
    at_ += distance;
  }

 private:
  std::uint64_t at_, left_;
};

/// Reads Verneed and Vernaux records (16 bytes each in both classes), all of them against one
/// budget: chains may overlap.
class Needs {
 public:
  Needs(Object& object, VersionTable& table) : object_(object), table_(table) {}

  void read() {
    const auto first = object_.table(DT_VERNEED, "the table of needed versions lies");
    if (!first) return;
    Chain files(*first, std::min(object_.tag(DT_VERNEEDNUM).value_or(0), kMostVersionRecords));
    while (files.more()) {
      if (!object_.require(
              files.at(), 1, sizeof(Elf64_Verneed), "a record of needed versions lies"))
        return;
      const auto& bytes = object_.bytes;
      const auto count = bytes.number<std::uint16_t>(files.at() + 2).value_or(0);
      const auto name = bytes.number<std::uint32_t>(files.at() + 4).value_or(0);
      const auto aux = bytes.number<std::uint32_t>(files.at() + 8).value_or(0);
      const auto library = object_.string_at(name, "the library of a needed version");
      if (!library || !read_versions_of(*library, files.at() + aux, count)) return;
      files.advance(bytes.number<std::uint32_t>(files.at() + 12).value_or(0));
    }
  }

 private:
  bool read_versions_of(const std::string& library, std::uint64_t at, std::uint64_t count) {
    Chain versions(at, count);
    while (versions.more()) {
      if (++records_ > kMostVersionRecords || !object_.afford(library.size())) {
        object_.damage("more needed versions than any library has");
        return false;
      }
      if (!object_.require(versions.at(), 1, sizeof(Elf64_Vernaux), "a needed version lies"))
        return false;
      const auto& bytes = object_.bytes;
      const auto flags = bytes.number<std::uint16_t>(versions.at() + 4).value_or(0);
      const auto index = bytes.number<std::uint16_t>(versions.at() + 6).value_or(0);
      const auto name = bytes.number<std::uint32_t>(versions.at() + 8).value_or(0);
      auto version = object_.string_at(name, "the name of a needed version");
      if (!version) return false;
      table_.needs.emplace(static_cast<std::uint16_t>(index & 0x7FFF),
                           object_.facts.version_needs.size());
      object_.facts.version_needs.push_back(
          {library, *std::move(version), (flags & VER_FLG_WEAK) != 0, {}, {}});
      versions.advance(bytes.number<std::uint32_t>(versions.at() + 12).value_or(0));
    }
    return true;
  }

  Object& object_;
  VersionTable& table_;
  std::uint64_t records_ = 0;
};

void read_definitions(Object& object) {
  const auto first = object.table(DT_VERDEF, "the table of defined versions lies");
  if (!first) return;
  Chain definitions(*first, std::min(object.tag(DT_VERDEFNUM).value_or(0), kMostVersionRecords));
  auto& names = object.facts.version_definitions;
  while (definitions.more()) {
    const auto at = definitions.at();
    if (!object.require(at, 1, sizeof(Elf64_Verdef), "a defined version lies")) break;
    const auto flags = object.bytes.number<std::uint16_t>(at + 2).value_or(0);
    const auto aux = object.bytes.number<std::uint32_t>(at + 12).value_or(0);
    if ((flags & VER_FLG_BASE) == 0) {
      const auto name = object.bytes.number<std::uint32_t>(at + aux);
      if (!name) {
        object.damage("a defined version has no name");
        break;
      }
      if (auto text = object.string_at(*name, "the name of a defined version"))
        names.push_back(*std::move(text));
    }
    definitions.advance(object.bytes.number<std::uint32_t>(at + 16).value_or(0));
  }
  std::ranges::sort(names);
}

}  // namespace

VersionTable read_versions(Object& object) {
  VersionTable table;
  Needs(object, table).read();
  read_definitions(object);
  return table;
}

}  // namespace rockstage::elf
