#include "verify/facts.hpp"

#include <algorithm>
#include <functional>

namespace rockstage::verify {
namespace {

/// FNV-1a with 64 bits (draft-eastlake-fnv): the same on every machine.
std::uint64_t hash(std::string_view name) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const char c : name) {
    value ^= static_cast<unsigned char>(c);
    value *= 0x100000001b3U;
  }
  return value;
}

bool is_version(std::string_view component) {
  return component.size() == 3 && component.starts_with("5.") && component[2] >= '1'
         && component[2] <= '9';
}

}  // namespace

void SymbolSet::add(std::string_view name) {
  hashes_.push_back(hash(name));
}

void SymbolSet::seal() {
  std::ranges::sort(hashes_);
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  hashes_.shrink_to_fit();
}

bool SymbolSet::contains(std::string_view name) const {
  return std::ranges::binary_search(hashes_, hash(name));
}

bool in_lua_directory(std::string_view path) {
  std::string_view before;
  while (true) {
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    const auto component = path.substr(0, slash);
    if (component == "lualib" || (before == "lua" && is_version(component))) return true;
    before = component;
    path.remove_prefix(slash + 1);
  }
}

bool may_be_module(std::string_view path, bool image) {
  const auto name = path.substr(path.rfind('/') + 1);
  // Debian's packages keep modules among the libraries, with links to them in Lua's directories.
  if (image && name.starts_with("liblua") && name.find(".so") != std::string_view::npos)
    return true;
  return path.ends_with(".so") && (!image || in_lua_directory(path));
}

const FileFacts* Collector::facts(std::size_t listing, std::size_t entry) const {
  const auto of_listing = facts_.find(listing);
  if (of_listing == facts_.end()) return nullptr;
  const auto found = of_listing->second.find(entry);
  return found == of_listing->second.end() ? nullptr : found->second.get();
}

}  // namespace rockstage::verify
