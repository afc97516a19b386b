#include "rock/manifest.hpp"

#include "lua/literal.hpp"

#include <algorithm>
#include <set>

namespace rockstage::rock {

namespace {

using Providers = std::map<std::string, std::vector<std::string>>;
using Versions = std::map<std::string, ManifestEntry>;

/// Newest first; versions that compare as equal (`1.0`, `1.0.0`) by their bytes.
std::vector<std::string> newest_first(const Versions& versions) {
  std::vector<std::pair<Version, std::string>> parsed;
  for (const auto& [text, entry] : versions)
    parsed.emplace_back(parse_version(text), text);
  std::ranges::stable_sort(
      parsed, [](const auto& a, const auto& b) { return compare(a.first, b.first) > 0; });
  std::vector<std::string> texts;
  for (auto& [version, text] : parsed)
    texts.push_back(std::move(text));
  return texts;
}

Providers providers(const Manifest& manifest,
                    std::map<std::string, std::string> ManifestEntry::*items) {
  Providers out;
  for (const auto& [rock, versions] : manifest.repository)
    for (const std::string& version : newest_first(versions))
      for (const auto& [item, file] : versions.at(version).*items)
        out[item].push_back(rock + "/" + version);
  return out;
}

lua::Table strings_table(const std::map<std::string, std::string>& strings) {
  lua::Table table;
  for (const auto& [key, text] : strings)
    table.fields.emplace_back(key, lua::Value{text});
  return table;
}

lua::Table providers_table(const Providers& all) {
  lua::Table table;
  for (const auto& [item, rocks] : all) {
    lua::Table list;
    for (const std::string& rock : rocks)
      list.items.push_back(lua::Value{rock});
    table.fields.emplace_back(item, lua::Value{std::move(list)});
  }
  return table;
}

lua::Table version_table(const Version& version) {
  lua::Table table;
  for (const double component : version.components)
    table.items.push_back(lua::Value{component});
  if (version.revision) table.set("revision", lua::Value{*version.revision});
  table.set("string", lua::Value{version.text});
  return table;
}

lua::Table dependency_table(const Dependency& dependency) {
  lua::Table constraints;
  for (const Constraint& constraint : dependency.constraints) {
    lua::Table table;
    if (constraint.no_upgrade) table.set("no_upgrade", lua::Value{true});
    table.set("op", lua::Value{constraint.op});
    table.set("version", lua::Value{version_table(constraint.version)});
    constraints.items.push_back(lua::Value{std::move(table)});
  }
  lua::Table table;
  table.set("constraints", lua::Value{std::move(constraints)});
  table.set("name", lua::Value{dependency.name});
  if (!dependency.ns.empty()) table.set("namespace", lua::Value{dependency.ns});
  return table;
}

lua::Table record_table(const ManifestEntry& entry) {
  lua::Table record = entry.extra;
  record.set("arch", lua::Value{std::string("installed")});
  record.set("commands", lua::Value{strings_table(entry.commands)});
  record.set("dependencies", lua::Value{strings_table(entry.dependencies)});
  record.set("modules", lua::Value{strings_table(entry.modules)});
  lua::Table records;
  records.items.push_back(lua::Value{std::move(record)});
  return records;
}

lua::Table declared_table(const ManifestEntry& entry) {
  lua::Table list;
  for (const Dependency& dependency : entry.declared)
    list.items.push_back(lua::Value{dependency_table(dependency)});
  return list;
}

/// One table a rock, one value a version.
template <class MakeTable>
lua::Table per_version(const Manifest& manifest, MakeTable make) {
  lua::Table rocks;
  for (const auto& [rock, versions] : manifest.repository) {
    lua::Table table;
    for (const auto& [version, entry] : versions)
      table.fields.emplace_back(version, lua::Value{make(entry)});
    if (!versions.empty()) rocks.fields.emplace_back(rock, lua::Value{std::move(table)});
  }
  return rocks;
}

/// Walks what is installed for the dependencies of one rock, as deps.scan_deps does.
class DependencyScan {
 public:
  DependencyScan(const Manifest& manifest, const std::set<std::string>& provided)
      : manifest_(manifest), provided_(provided) {}

  std::map<std::string, std::string> run(const std::string& rock, const std::string& version) {
    found_.clear();
    found_.emplace(rock, version);
    std::vector<const ManifestEntry*> open = {&manifest_.repository.at(rock).at(version)};
    // A growing list in place of recursion: a manifest may hold a chain of any length.
    for (std::size_t i = 0; i < open.size(); ++i) {
      const ManifestEntry& entry = *open[i];
      for (const Dependency& dependency : entry.declared)
        if (const ManifestEntry* next = take(dependency)) open.push_back(next);
    }
    found_.erase(rock);
    return found_;
  }

 private:
  /// The newest installed rock that satisfies `dependency`; null when there is none, or it is found
  /// already.
  const ManifestEntry* take(const Dependency& dependency) {
    const auto rock = manifest_.repository.find(dependency.name);
    if (provided_.contains(dependency.name) || rock == manifest_.repository.end()) return nullptr;
    for (const std::string& version : newest_first(rock->second)) {
      if (!matches(parse_version(version), dependency.constraints)) continue;
      const bool is_new = found_.emplace(dependency.name, version).second;
      return is_new ? &rock->second.at(version) : nullptr;
    }
    return nullptr;
  }

  const Manifest& manifest_;
  const std::set<std::string>& provided_;
  std::map<std::string, std::string> found_;
};

/// Rocks that the VM itself provides (util.tl, get_rocks_provided). `luabitop` is one only on
/// LuaJIT; when a tree for 5.1 has it, a rock of the tree is what gets used.
std::set<std::string> provided_by_vm(const std::string& v) {
  if (v == "5.1") return {"lua", "luajit"};
  if (v == "5.2") return {"lua", "bit32"};
  return {"lua", "utf8"};
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  lua::Table globals = manifest.extra;
  globals.set("commands", lua::Value{providers_table(command_providers(manifest))});
  globals.set("dependencies", lua::Value{per_version(manifest, declared_table)});
  globals.set("modules", lua::Value{providers_table(module_providers(manifest))});
  globals.set("repository", lua::Value{per_version(manifest, record_table)});
  return lua::write_assignments(globals);
}

Providers module_providers(const Manifest& manifest) {
  return providers(manifest, &ManifestEntry::modules);
}

Providers command_providers(const Manifest& manifest) {
  return providers(manifest, &ManifestEntry::commands);
}

void update_dependencies(Manifest& manifest, const std::string& lua_version_directory) {
  const std::set<std::string> provided = provided_by_vm(lua_version_directory);
  DependencyScan scan(manifest, provided);
  for (auto& [rock, versions] : manifest.repository)
    for (auto& [version, entry] : versions)
      entry.dependencies = scan.run(rock, version);
}

}  // namespace rockstage::rock
