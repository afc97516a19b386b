#include "rock/rockspec_parts.hpp"

#include <algorithm>
#include <charconv>

namespace rockstage::rock {

namespace {

/// What LuaRocks calls the platforms of a Linux machine, least specific first.
constexpr const char* kPlatforms[] = {"unix", "linux"};

void merge(lua::Table& into,
           const lua::Table& from,
           const std::string& path,
           Diagnostics& diagnostics);

std::string shown(const lua::Value& value) {
  return value.string() != nullptr ? "'" + *value.string() + "'"
                                   : "a " + std::string(value.type_name());
}

void merge_value(lua::Value& into,
                 const lua::Value& from,
                 const std::string& path,
                 Diagnostics& diagnostics) {
  if (into.table() != nullptr && from.table() != nullptr)
    merge(*into.table(), *from.table(), path, diagnostics);
  else
    into = from;
}

void merge_item(lua::Table& into,
                std::size_t index,
                const lua::Value& from,
                const std::string& path,
                Diagnostics& diagnostics) {
  if (index >= into.items.size()) {
    into.items.push_back(from);
    return;
  }
  const std::string here = path + "[" + std::to_string(index + 1) + "]";
  if (from.table() == nullptr)
    diagnostics.warning(
        here + ": a platform's list replaces " + shown(into.items[index]) + " by " + shown(from),
        "LuaRocks merges lists by position: repeat the entries that are to stay");
  merge_value(into.items[index], from, here, diagnostics);
}

/// The index that a numeric key beyond a gap stands for in a list of `size` entries, or `size` + 1.
std::size_t list_index(const std::string& key, std::size_t size) {
  std::size_t position = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), position);
  const bool fits = error == std::errc{} && end == key.data() + key.size() && position >= 1
                    && position <= size + 1;
  return fits ? position - 1 : size + 1;
}

void merge(lua::Table& into,
           const lua::Table& from,
           const std::string& path,
           Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < from.items.size(); ++i)
    merge_item(into, i, from.items[i], path, diagnostics);
  for (const auto& [key, value] : from.fields) {
    const std::size_t size = into.items.size();
    if (const std::size_t index = list_index(key, size); size > 0 && index <= size) {
      merge_item(into, index, value, path, diagnostics);
    } else if (lua::Value* there = into.find(key)) {
      merge_value(*there, value, field_path(path, key), diagnostics);
    } else {
      into.set(key, value);
    }
  }
}

}  // namespace

void apply_platforms(lua::Table& globals, Diagnostics& diagnostics) {
  for (auto& [name, value] : globals.fields) {
    lua::Table* table = value.table();
    const lua::Value* found = table == nullptr ? nullptr : table->find("platforms");
    if (found == nullptr || found->table() == nullptr) continue;
    const lua::Table platforms = *found->table();
    table->erase("platforms");
    for (const char* platform : kPlatforms) {
      const lua::Value* overrides = platforms.find(platform);
      if (overrides != nullptr && overrides->table() != nullptr)
        merge(*table, *overrides->table(), name, diagnostics);
    }
  }
}

Faults check_platforms(const std::vector<std::string>& supported) {
  const auto is_ours = [](std::string_view platform) {
    return std::ranges::find(kPlatforms, platform) != std::end(kPlatforms);
  };
  bool any_positive = false;
  for (const std::string& platform : supported) {
    if (platform.starts_with('!')) {
      if (is_ours(std::string_view(platform).substr(1)))
        return {{"supported_platforms: the rock excludes " + platform.substr(1), ""}};
      continue;
    }
    if (is_ours(platform)) return {};
    any_positive = true;
  }
  if (!any_positive) return {};
  return {{"supported_platforms: the rock does not support linux", ""}};
}

}  // namespace rockstage::rock
