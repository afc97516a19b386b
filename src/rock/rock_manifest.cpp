#include "base/text.hpp"
#include "lua/lexical.hpp"
#include "lua/literal.hpp"
#include "rock/manifest.hpp"

#include <algorithm>

namespace rockstage::rock {

namespace {

constexpr std::size_t kMd5Digits = 32;
constexpr const char* kGlobal = "rock_manifest";

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos
         && name.find('\0') == name.npos;
}

Result<void> collect(const lua::Table& table,
                     const std::string& prefix,
                     const std::string& file,
                     RockManifest& out) {
  if (!table.items.empty())
    return fail(Errc::invalid_input, file + ": '" + prefix + "' has an entry without a file name");
  if (table.empty() && !prefix.empty()) out.emplace(prefix, "");
  for (const auto& [name, value] : table.fields) {
    if (!is_file_name(name))
      return fail(Errc::invalid_input,
                  file + ": '" + prefix + name + "' is no path in the rock directory");
    if (const lua::Table* directory = value.table()) {
      RS_TRY(collect(*directory, prefix + name + "/", file, out));
      continue;
    }
    const std::string* md5 = value.string();
    if (md5 == nullptr || md5->size() != kMd5Digits || !std::ranges::all_of(*md5, lua::is_hex))
      return fail(Errc::invalid_input,
                  file + ": '" + prefix + name + "' has no MD5 of 32 hexadecimal digits");
    out.emplace(prefix + name, text::to_lower(*md5));
  }
  return {};
}

using Entry = RockManifest::const_iterator;

/// The tree of the entries [`begin`, `end`), which all begin with the same `prefix` characters.
lua::Table make_tree(Entry begin, Entry end, std::size_t prefix) {
  lua::Table table;
  for (Entry entry = begin; entry != end;) {
    const std::string rest = entry->first.substr(prefix);
    const auto slash = rest.find('/');
    if (slash == rest.npos) {
      if (!rest.empty()) table.fields.emplace_back(rest, lua::Value{entry->second});
      ++entry;
      continue;
    }
    const std::string directory = entry->first.substr(0, prefix + slash + 1);
    const Entry after =
        std::find_if_not(entry, end, [&](const auto& e) { return e.first.starts_with(directory); });
    table.fields.emplace_back(rest.substr(0, slash),
                              lua::Value{make_tree(entry, after, directory.size())});
    entry = after;
  }
  return table;
}

}  // namespace

Result<RockManifest> parse_rock_manifest(std::string_view text, const std::string& name) {
  RS_TRY_ASSIGN(const lua::Table globals, lua::parse_assignments(text, name));
  const lua::Value* value = globals.find(kGlobal);
  if (value == nullptr || value->table() == nullptr)
    return fail(Errc::invalid_input, name + ": there is no table 'rock_manifest'");
  RockManifest manifest;
  RS_TRY(collect(*value->table(), "", name, manifest));
  return manifest;
}

std::string write_rock_manifest(const RockManifest& manifest) {
  lua::Table globals;
  globals.set(kGlobal, lua::Value{make_tree(manifest.begin(), manifest.end(), 0)});
  return lua::write_assignments(globals);
}

}  // namespace rockstage::rock
