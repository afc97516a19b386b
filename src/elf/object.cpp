#include "elf/object.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

/// Names may overlap in the string table; together they may not be longer than this many times the
/// file.
constexpr std::uint64_t kNameBudgetFactor = 4;

}  // namespace

Object::Object(Bytes object_bytes, ElfFacts& object_facts)
    : bytes(object_bytes),
      facts(object_facts),
      name_budget_(kNameBudgetFactor * object_bytes.size()) {}

void Object::damage(std::string what) {
  if (std::ranges::find(facts.damage, what) == facts.damage.end())
    facts.damage.push_back(std::move(what));
}

void Object::outside(std::string what) {
  if (std::ranges::find(facts.outside, what) == facts.outside.end())
    facts.outside.push_back(std::move(what));
}

bool Object::require(std::uint64_t offset,
                     std::uint64_t count,
                     std::uint64_t each,
                     const char* what) {
  if (!bytes.contains(offset, count, each)) {
    damage(fmt::format("{} outside the file", what));
    return false;
  }
  if (bytes.has(offset, count * each)) return true;
  const std::string_view said(what);
  outside(std::string(said.substr(0, said.rfind(' '))));
  return false;
}

std::optional<std::uint64_t> Object::file_offset(std::uint64_t address) const {
  for (const auto& segment : segments)
    if (segment.type == PT_LOAD && address >= segment.address
        && address - segment.address < segment.file_size)
      return segment.offset + (address - segment.address);
  return std::nullopt;
}

std::optional<std::uint64_t> Object::tag(std::uint64_t name) const {
  const auto [first, last] = tags.equal_range(name);
  if (first == last) return std::nullopt;
  return std::prev(last)->second;
}

std::optional<std::uint64_t> Object::table(std::uint64_t name, const char* what) {
  const auto address = tag(name);
  if (!address) return std::nullopt;
  const auto offset = file_offset(*address);
  if (!offset) damage(fmt::format("{} outside the file", what));
  return offset;
}

std::optional<std::string> Object::text(std::uint64_t offset, std::uint64_t end) {
  if (offset >= end) return std::nullopt;
  const auto most = std::min({end - offset, kLongestString + 1, name_budget_});
  const auto found = bytes.from(offset, most);
  const auto length = found.find('\0');
  name_budget_ -= length == found.npos ? found.size() : length + 1;
  if (length == found.npos) return std::nullopt;
  return std::string(found.substr(0, length));
}

bool Object::afford(std::uint64_t length) {
  if (length > name_budget_) return false;
  name_budget_ -= length;
  return true;
}

std::optional<std::string> Object::string_at(std::uint64_t index, const char* what) {
  if (index < strings_end - strings) {
    if (auto found = text(strings + index, strings_end)) return found;
    if (!bytes.has(strings + index, 1)) {
      outside("the string table");
      return std::nullopt;
    }
  }
  damage(fmt::format("{} lies outside the string table", what));
  return std::nullopt;
}

}  // namespace rockstage::elf
