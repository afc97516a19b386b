#include "base/json.hpp"
#include "base/text.hpp"
#include "cargo/inspect.hpp"
#include "cargo/json_fields.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <set>

namespace rockstage::cargo {
namespace {

using nlohmann::json;

Target target_from(const json& object) {
  return {text_at(object, "name"),
          texts(array_at(object, "kind")),
          texts(array_at(object, "crate_types")),
          texts(array_at(object, "required-features")),
          text_at(object, "src_path")};
}

Declaration declaration_from(const json& object) {
  Declaration declaration;
  declaration.name = text_at(object, "name");
  declaration.rename = text_at(object, "rename");
  const std::string kind = text_at(object, "kind");
  declaration.kind = kind.empty() ? "normal" : kind;
  declaration.features = texts(array_at(object, "features"));
  declaration.default_features = flag_at(object, "uses_default_features", true);
  declaration.optional = flag_at(object, "optional", false);
  declaration.path = text_at(object, "path");
  declaration.target = text_at(object, "target");
  return declaration;
}

Package package_from(const json& object) {
  Package package;
  package.id = text_at(object, "id");
  package.name = text_at(object, "name");
  package.version = text_at(object, "version");
  package.manifest_path = text_at(object, "manifest_path");
  package.source = text_at(object, "source");
  package.edition = text_at(object, "edition");
  package.rust_version = text_at(object, "rust_version");
  package.license = text_at(object, "license");
  package.license_file = text_at(object, "license_file");
  package.description = text_at(object, "description");
  package.homepage = text_at(object, "homepage");
  package.repository = text_at(object, "repository");
  if (const auto features = object.find("features");
      features != object.end() && features->is_object()) {
    for (const auto& [name, entries] : features->items())
      package.features[name] = texts(entries);
  }
  for (const json& target : array_at(object, "targets")) {
    if (target.is_object()) package.targets.push_back(target_from(target));
  }
  for (const json& dependency : array_at(object, "dependencies")) {
    if (dependency.is_object()) package.dependencies.push_back(declaration_from(dependency));
  }
  return package;
}

/// Whether a dependency is of this kind: null for a normal one, "build", or "dev", which only tests
/// and examples use.
bool is_of_kind(const json& dependency, std::string_view wanted) {
  const json& kinds = array_at(dependency, "dep_kinds");
  return std::any_of(kinds.begin(), kinds.end(), [&](const json& kind) {
    return kind.is_object() && text_at(kind, "kind") == wanted;
  });
}

void read_resolve(const json& root, Metadata& metadata) {
  const auto resolve = root.find("resolve");
  if (resolve == root.end() || !resolve->is_object()) return;
  for (const json& node : array_at(*resolve, "nodes")) {
    if (!node.is_object()) continue;
    auto& ids = metadata.resolve[text_at(node, "id")];
    auto& build_only = metadata.resolve_build_only[text_at(node, "id")];
    for (const json& dependency : array_at(node, "deps")) {
      if (!dependency.is_object()) continue;
      const bool normal =
          array_at(dependency, "dep_kinds").empty() || is_of_kind(dependency, std::string_view());
      if (!normal && !is_of_kind(dependency, "build")) continue;
      ids.push_back(text_at(dependency, "pkg"));
      if (!normal) build_only.push_back(ids.back());
    }
    std::sort(ids.begin(), ids.end());
  }
}

std::vector<const Package*> members_of(const Metadata& metadata) {
  std::vector<const Package*> members;
  for (const std::string& id : metadata.workspace_members) {
    if (const Package* package = metadata.find(id)) members.push_back(package);
  }
  return members;
}

bool declares_cdylib(const Package& package) {
  const Target* library = package.library();
  return library != nullptr
         && std::count(library->crate_types.begin(), library->crate_types.end(), "cdylib") > 0;
}

std::string names_of(const std::vector<const Package*>& packages) {
  std::vector<std::string> names;
  for (const Package* package : packages)
    names.push_back(package->name);
  std::sort(names.begin(), names.end());
  return text::join(names, ", ");
}

Result<const Package*> choose_by_name(const std::vector<const Package*>& members,
                                      const std::string& wanted) {
  std::vector<std::string> names;
  for (const Package* package : members) {
    if (wanted == package->name || wanted == package->id
        || wanted == package->name + "@" + package->version)
      return package;
    names.push_back(package->name);
  }
  return fail(
      Errc::usage,
      fmt::format("the workspace has no package '{}'{}", wanted, text::did_you_mean(wanted, names)),
      fmt::format("its packages: {}", names_of(members)));
}

/// The only one of `candidates`; of several the only one among the workspace's default members.
const Package* only_one(const std::vector<const Package*>& candidates, const Metadata& metadata) {
  if (candidates.size() == 1) return candidates.front();
  std::vector<const Package*> by_default;
  const auto& ids = metadata.workspace_default_members;
  for (const Package* package : candidates) {
    if (std::count(ids.begin(), ids.end(), package->id) > 0) by_default.push_back(package);
  }
  return by_default.size() == 1 ? by_default.front() : nullptr;
}

}  // namespace

std::string Package::directory() const {
  return sys::parent(manifest_path);
}

const Target* Package::library() const {
  constexpr std::array<std::string_view, 5> kLibraryKinds = {
      "lib", "rlib", "dylib", "cdylib", "staticlib"};
  for (const Target& target : targets) {
    for (const std::string& kind : target.kinds) {
      if (std::count(kLibraryKinds.begin(), kLibraryKinds.end(), kind) > 0) return &target;
    }
  }
  return nullptr;
}

const Package* Metadata::find(const std::string& id) const {
  const auto found = std::lower_bound(
      packages.begin(), packages.end(), id, [](const Package& package, const std::string& key) {
        return package.id < key;
      });
  return found != packages.end() && found->id == id ? &*found : nullptr;
}

bool Metadata::is_member(const std::string& id) const {
  return std::count(workspace_members.begin(), workspace_members.end(), id) > 0;
}

Result<Metadata> parse_metadata(const std::string& text) {
  auto parsed = parse_json(text);
  if (!parsed) return fail_while(parsed.error(), "reading the output of cargo metadata");
  const json& root = *parsed;
  if (!root.is_object() || !root.contains("packages") || text_at(root, "workspace_root").empty())
    return fail(Errc::invalid_input,
                "the output of cargo metadata has no packages and workspace_root");
  Metadata metadata;
  for (const json& package : array_at(root, "packages")) {
    if (package.is_object()) metadata.packages.push_back(package_from(package));
  }
  std::sort(metadata.packages.begin(),
            metadata.packages.end(),
            [](const Package& a, const Package& b) { return a.id < b.id; });
  metadata.workspace_members = texts(array_at(root, "workspace_members"));
  metadata.workspace_default_members = texts(array_at(root, "workspace_default_members"));
  metadata.workspace_root = text_at(root, "workspace_root");
  read_resolve(root, metadata);
  return metadata;
}

Result<const Package*> choose_package(const Metadata& metadata,
                                      const std::string& manifest_path,
                                      const std::string& wanted) {
  const auto members = members_of(metadata);
  if (!wanted.empty()) return choose_by_name(members, wanted);

  const Package* own = nullptr;
  std::vector<const Package*> cdylibs;
  std::vector<const Package*> libraries;
  for (const Package* package : members) {
    if (sys::absolute(package->manifest_path) == sys::absolute(manifest_path)) own = package;
    if (package->library() != nullptr) libraries.push_back(package);
    if (declares_cdylib(*package)) cdylibs.push_back(package);
  }
  if (own != nullptr && (own->library() != nullptr || libraries.empty())) return own;
  const auto& candidates = cdylibs.empty() ? libraries : cdylibs;
  if (const Package* package = only_one(candidates, metadata)) return package;
  if (candidates.empty())
    return fail(
        Errc::usage,
        fmt::format("no package of the workspace '{}' has a library", metadata.workspace_root),
        "add [lib] with crate-type = [\"cdylib\"] to one of them");
  return fail(
      Errc::usage,
      fmt::format("the workspace has several packages that can be built: {}", names_of(candidates)),
      "choose one with --package");
}

std::size_t crates_to_build(const Metadata& metadata, const std::string& package_id) {
  if (metadata.resolve.count(package_id) == 0) return 0;
  std::set<std::string> seen = {package_id};
  std::deque<std::string> open = {package_id};
  while (!open.empty()) {
    const auto node = metadata.resolve.find(open.front());
    open.pop_front();
    if (node == metadata.resolve.end()) continue;
    for (const std::string& id : node->second) {
      if (seen.insert(id).second) open.push_back(id);
    }
  }
  return seen.size();
}

}  // namespace rockstage::cargo
