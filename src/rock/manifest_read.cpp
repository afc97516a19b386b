
#include "lua/literal.hpp"
#include "rock/manifest.hpp"

namespace rockstage::rock {

namespace {

using StringMap = std::map<std::string, std::string>;

/// Says where a value stands, for messages: `manifest: repository.greet`.
struct Place {
  std::string path;

  [[nodiscard]] Place in(const std::string& key) const { return {path + "[\"" + key + "\"]"}; }

  [[nodiscard]] Place at(std::size_t index) const {
    return {path + "[" + std::to_string(index + 1) + "]"};
  }

  [[nodiscard]] tl::unexpected<Error> expected(const char* what, const lua::Value* found) const {
    return fail(Errc::invalid_input,
                path + ": expected " + what + ", found "
                    + std::string(found == nullptr ? "nothing" : found->type_name()));
  }
};

Result<const lua::Table*> table_at(const lua::Value* value, const Place& place) {
  if (value == nullptr || value->table() == nullptr) return place.expected("a table", value);
  return value->table();
}

Result<std::string> string_at(const lua::Value* value, const Place& place) {
  if (value == nullptr || value->string() == nullptr) return place.expected("a string", value);
  return *value->string();
}

/// A table of strings; absent is empty, as in manifests of other versions of LuaRocks.
Result<StringMap> strings_at(const lua::Value* value, const Place& place) {
  StringMap out;
  if (value == nullptr) return out;
  RS_TRY_ASSIGN(const lua::Table* table, table_at(value, place));
  for (const auto& [key, entry] : table->fields) {
    RS_TRY_ASSIGN(std::string text, string_at(&entry, place.in(key)));
    out.emplace(key, std::move(text));
  }
  return out;
}

Result<Version> read_version(const lua::Value* value, const Place& place) {
  RS_TRY_ASSIGN(const lua::Table* table, table_at(value, place));
  if (const lua::Value* text = table->find("string")) {
    RS_TRY_ASSIGN(const std::string written, string_at(text, place.in("string")));
    return parse_version(written);
  }
  return place.in("string").expected("a string", nullptr);
}

Result<Constraint> read_constraint(const lua::Value& value, const Place& place) {
  RS_TRY_ASSIGN(const lua::Table* table, table_at(&value, place));
  Constraint constraint;
  RS_TRY_ASSIGN(constraint.op, string_at(table->find("op"), place.in("op")));
  RS_TRY_ASSIGN(constraint.version, read_version(table->find("version"), place.in("version")));
  if (const lua::Value* flag = table->find("no_upgrade"))
    constraint.no_upgrade = flag->boolean() != nullptr && *flag->boolean();
  return constraint;
}

Result<Dependency> read_dependency(const lua::Value& value, const Place& place) {
  RS_TRY_ASSIGN(const lua::Table* table, table_at(&value, place));
  Dependency dependency;
  RS_TRY_ASSIGN(dependency.name, string_at(table->find("name"), place.in("name")));
  if (const lua::Value* ns = table->find("namespace")) {
    RS_TRY_ASSIGN(dependency.ns, string_at(ns, place.in("namespace")));
  }
  if (const lua::Value* list = table->find("constraints")) {
    const Place constraints = place.in("constraints");
    RS_TRY_ASSIGN(const lua::Table* items, table_at(list, constraints));
    for (std::size_t i = 0; i < items->items.size(); ++i) {
      RS_TRY_ASSIGN(Constraint constraint, read_constraint(items->items[i], constraints.at(i)));
      dependency.constraints.push_back(std::move(constraint));
    }
  }
  dependency.text = dependency_text(dependency);
  return dependency;
}

Result<ManifestEntry> read_entry(const lua::Value& value, const Place& place) {
  RS_TRY_ASSIGN(const lua::Table* records, table_at(&value, place));
  if (records->items.size() != 1)
    return fail(Errc::invalid_input,
                place.path + ": expected one installed rock, found "
                    + std::to_string(records->items.size()) + " records");
  const Place here = place.at(0);
  RS_TRY_ASSIGN(const lua::Table* record, table_at(&records->items[0], here));
  RS_TRY_ASSIGN(const std::string arch, string_at(record->find("arch"), here.in("arch")));
  if (arch != "installed")
    return fail(Errc::invalid_input,
                here.in("arch").path + ": expected 'installed', found '" + arch + "'",
                "this is the manifest of a rock server, not of a tree");
  ManifestEntry entry;
  RS_TRY_ASSIGN(entry.modules, strings_at(record->find("modules"), here.in("modules")));
  RS_TRY_ASSIGN(entry.commands, strings_at(record->find("commands"), here.in("commands")));
  RS_TRY_ASSIGN(entry.dependencies,
                strings_at(record->find("dependencies"), here.in("dependencies")));
  entry.extra = *record;
  for (const char* known : {"arch", "modules", "commands", "dependencies"})
    entry.extra.erase(known);
  return entry;
}

Result<void> read_repository(const lua::Table& globals,
                             const std::string& name,
                             Manifest& manifest) {
  const Place place{name + ": repository"};
  RS_TRY_ASSIGN(const lua::Table* rocks, table_at(globals.find("repository"), place));
  for (const auto& [rock, versions] : rocks->fields) {
    RS_TRY_ASSIGN(const lua::Table* table, table_at(&versions, place.in(rock)));
    for (const auto& [version, records] : table->fields) {
      RS_TRY_ASSIGN(ManifestEntry entry, read_entry(records, place.in(rock).in(version)));
      manifest.repository[rock].insert_or_assign(version, std::move(entry));
    }
  }
  return {};
}

/// Dependencies of rocks that are not installed (LuaRocks leaves them behind at times) are left
/// out.
Result<void> read_declared(const lua::Table& globals, const std::string& name, Manifest& manifest) {
  if (globals.find("dependencies") == nullptr) return {};
  const Place place{name + ": dependencies"};
  RS_TRY_ASSIGN(const lua::Table* rocks, table_at(globals.find("dependencies"), place));
  for (const auto& [rock, versions] : rocks->fields) {
    const auto installed = manifest.repository.find(rock);
    if (installed == manifest.repository.end()) continue;
    RS_TRY_ASSIGN(const lua::Table* table, table_at(&versions, place.in(rock)));
    for (const auto& [version, list] : table->fields) {
      const auto entry = installed->second.find(version);
      if (entry == installed->second.end()) continue;
      const Place here = place.in(rock).in(version);
      RS_TRY_ASSIGN(const lua::Table* items, table_at(&list, here));
      for (std::size_t i = 0; i < items->items.size(); ++i) {
        RS_TRY_ASSIGN(Dependency dependency, read_dependency(items->items[i], here.at(i)));
        entry->second.declared.push_back(std::move(dependency));
      }
    }
  }
  return {};
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text, const std::string& name) {
  RS_TRY_ASSIGN(lua::Table globals, lua::parse_assignments(text, name));
  Manifest manifest;
  RS_TRY(read_repository(globals, name, manifest));
  RS_TRY(read_declared(globals, name, manifest));
  for (const char* known : {"repository", "dependencies", "modules", "commands"})
    globals.erase(known);
  manifest.extra = std::move(globals);
  return manifest;
}

}  // namespace rockstage::rock
