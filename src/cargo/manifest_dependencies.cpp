#include "cargo/manifest_package.hpp"
#include "cargo/paths.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>

namespace rockstage::cargo {
namespace {

constexpr std::string_view kDependencyPrefix = "dep:";

/// `[dependencies]` and its like; the second name is the older spelling.
struct Section {
  const char* name;
  const char* older;
  const char* kind;
};

constexpr Section kSections[] = {{"dependencies", "", "normal"},
                                 {"dev-dependencies", "dev_dependencies", "dev"},
                                 {"build-dependencies", "build_dependencies", "build"}};

std::optional<bool> default_features_of(const toml::table& table) {
  for (const char* name : {"default-features", "default_features"})
    if (const auto value = table[name].value<bool>()) return value;
  return std::nullopt;
}

/// What a table says of a dependency; a path begins at `directory`.
void take(const toml::table& table, const std::string& directory, Declaration& out) {
  const auto name = table["package"].value_or(out.name);
  if (name != out.name) out.rename = out.name;
  out.name = name;
  out.features = texts_of(table.get("features"));
  out.default_features = default_features_of(table).value_or(true);
  out.optional = table["optional"].value_or(false);
  if (const auto path = table["path"].value<std::string>())
    out.path = without_dots(sys::join(directory, *path));
}

class DependencyReader {
 public:
  DependencyReader(const Manifest& manifest, const Manifest& workspace)
      : manifest_(manifest), workspace_(workspace) {}

  Result<std::vector<Declaration>> run() {
    RS_TRY(sections(manifest_.root, {}));
    if (const auto* targets = manifest_.root["target"].as_table())
      for (const auto& [key, node] : *targets)
        if (const auto* table = node.as_table()) RS_TRY(sections(*table, std::string(key.str())));
    return std::move(out_);
  }

 private:
  Result<void> sections(const toml::table& table, const std::string& target) {
    for (const auto& section : kSections) {
      const auto* found = table[section.name].as_table();
      if (found == nullptr) found = table[section.older].as_table();
      if (found == nullptr) continue;
      for (const auto& [key, node] : *found) {
        RS_TRY_ASSIGN(auto declaration, declaration_of(std::string(key.str()), node));
        declaration.kind = section.kind;
        declaration.target = target;
        out_.push_back(std::move(declaration));
      }
    }
    return {};
  }

  Result<Declaration> declaration_of(const std::string& key, const toml::node& node) {
    Declaration out;
    out.name = key;
    const auto* table = node.as_table();
    if (table == nullptr) return out;
    if (is_inherited(&node)) return inherited(key, *table);
    take(*table, sys::parent(manifest_.path), out);
    return out;
  }

  /// Features add up; `default-features = false` counts only where the workspace says so (cargo
  /// book, "Inheriting a dependency from a workspace").
  Result<Declaration> inherited(const std::string& key, const toml::table& own) {
    const auto* node = workspace_.root["workspace"]["dependencies"][key].node();
    if (node == nullptr)
      return fail(
          Errc::invalid_input,
          fmt::format("'{}' inherits the dependency '{}', which the workspace '{}' does not have",
                      manifest_.path,
                      key,
                      workspace_.path),
          fmt::format("write {} = \"…\" below [workspace.dependencies] there", key));
    Declaration out;
    out.name = key;
    if (const auto* table = node->as_table()) take(*table, sys::parent(workspace_.path), out);
    if (default_features_of(own).value_or(false)) out.default_features = true;
    for (auto& feature : texts_of(own.get("features")))
      out.features.push_back(std::move(feature));
    out.optional = own["optional"].value_or(false);
    return out;
  }

  const Manifest& manifest_;
  const Manifest& workspace_;
  std::vector<Declaration> out_;
};

}  // namespace

Result<std::vector<Declaration>> read_dependencies(const Manifest& manifest,
                                                   const Manifest& workspace) {
  return DependencyReader(manifest, workspace).run();
}

std::map<std::string, std::vector<std::string>> read_features(
    const Manifest& manifest, const std::vector<Declaration>& dependencies) {
  std::map<std::string, std::vector<std::string>> out;
  std::set<std::string, std::less<>> named;  // by a `dep:`
  if (const auto* table = manifest.root["features"].as_table())
    for (const auto& [name, entries] : *table) {
      auto& feature = out[std::string(name.str())];
      feature = texts_of(&entries);
      for (const auto& entry : feature)
        if (entry.starts_with(kDependencyPrefix))
          named.insert(entry.substr(kDependencyPrefix.size()));
    }
  for (const auto& declaration : dependencies) {
    const auto& key = declaration.rename.empty() ? declaration.name : declaration.rename;
    if (!declaration.optional || named.contains(key)) continue;
    out.try_emplace(key, std::vector<std::string>{std::string(kDependencyPrefix) + key});
  }
  return out;
}

}  // namespace rockstage::cargo
