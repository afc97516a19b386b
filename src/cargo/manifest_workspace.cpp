#include "cargo/manifest_workspace.hpp"

#include "cargo/paths.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

namespace rockstage::cargo {
namespace {

constexpr std::size_t kMostManifests = 10'000;

std::string manifest_in(const std::string& directory) {
  return sys::join(directory, "Cargo.toml");
}

/// What `[workspace]` says of a path: it is below one that is excluded, and below none that is
/// listed by its name.
bool is_excluded(const Manifest& root, const std::string& directory) {
  const auto below_one_of = [&](const char* key) {
    const auto paths = texts_of(root.root["workspace"][key].node());
    return std::ranges::any_of(paths, [&](const std::string& path) {
      return is_below(directory, without_dots(sys::join(sys::parent(root.path), path)));
    });
  };
  return below_one_of("exclude") && !below_one_of("members");
}

/// The manifest whose `[workspace]` the package belongs to; its own where there is none.
Result<std::string> find_root(const std::string& manifest_path, Manifests& manifests) {
  RS_TRY_ASSIGN(const auto* own, manifests.read(manifest_path));
  if (own->has_workspace()) return manifest_path;
  const auto directory = sys::parent(manifest_path);
  if (const auto pointer = own->root["package"]["workspace"].value<std::string>())
    return manifest_in(without_dots(sys::join(directory, *pointer)));
  for (auto folder = sys::parent(directory);; folder = sys::parent(folder)) {
    if (const auto path = manifest_in(folder); sys::is_file(path)) {
      RS_TRY_ASSIGN(const auto* above, manifests.read(path));
      if (above->has_workspace() && !is_excluded(*above, directory)) return path;
    }
    if (sys::parent(folder) == folder) return manifest_path;
  }
}

class MemberSearch {
 public:
  MemberSearch(const Manifest& root, Manifests& manifests) : root_(root), manifests_(manifests) {}

  Result<Workspace> run() {
    Workspace out;
    out.root = root_.path;
    RS_TRY_ASSIGN(const auto listed, expand("members"));
    for (const auto& path : listed)
      RS_TRY(add_with_path_dependencies(path));
    RS_TRY(add_with_path_dependencies(root_.path));
    out.members = std::move(members_);
    RS_TRY_ASSIGN(out.defaults, expand("default-members"));
    if (!out.defaults.empty()) return out;
    out.defaults = root_.has_package() ? std::vector<std::string>{root_.path} : out.members;
    return out;
  }

 private:
  /// Manifests of the members that a list of patterns names.
  Result<std::vector<std::string>> expand(const char* key) {
    std::vector<std::string> out;
    for (const auto& pattern : texts_of(root_.root["workspace"][key].node())) {
      RS_TRY_ASSIGN(const auto directories, expand_member(sys::parent(root_.path), pattern));
      for (const auto& directory : directories) {
        auto path = manifest_in(without_dots(directory));
        if (is_excluded(root_, sys::parent(path))) continue;
        if (!sys::is_file(path))
          return fail(
              Errc::invalid_input,
              fmt::format(
                  "'{}' lists the member '{}', and there is no '{}'", root_.path, pattern, path),
              fmt::format("correct workspace.{} there", key));
        out.push_back(std::move(path));
      }
    }
    return out;
  }

  /// Path dependencies of members are members, too.
  Result<void> add_with_path_dependencies(const std::string& first) {
    std::deque<std::string> open = {first};
    while (!open.empty()) {
      const auto path = open.front();
      open.pop_front();
      if (!seen_.insert(path).second) continue;
      RS_TRY_ASSIGN(const auto* manifest, manifests_.read(path));
      if (!manifest->has_package()) continue;
      members_.push_back(path);
      RS_TRY_ASSIGN(const auto dependencies, read_dependencies(*manifest, root_));
      for (const auto& dependency : dependencies) {
        if (dependency.path.empty()) continue;
        auto next = manifest_in(dependency.path);
        RS_TRY_ASSIGN(const bool belongs, belongs_here(next));
        if (belongs) open.push_back(std::move(next));
      }
    }
    return {};
  }

  /// A dependency that is not there is cargo's to complain about, when it is really needed.
  Result<bool> belongs_here(const std::string& path) {
    if (!sys::is_file(path) || is_excluded(root_, sys::parent(path))) return false;
    if (is_below(path, sys::parent(root_.path))) return true;
    RS_TRY_ASSIGN(const auto root, find_root(path, manifests_));
    return root == root_.path;
  }

  const Manifest& root_;
  Manifests& manifests_;
  std::vector<std::string> members_;
  std::set<std::string> seen_;
};

}  // namespace

Result<const Manifest*> Manifests::read(const std::string& path) {
  const auto known = read_.find(path);
  if (known != read_.end()) return &known->second;
  if (read_.size() >= kMostManifests)
    return fail(Errc::invalid_input,
                fmt::format("more than {} manifests belong to one workspace", kMostManifests));
  RS_TRY_ASSIGN(auto root, read_toml(path));
  return &read_.emplace(path, Manifest{path, std::move(root)}).first->second;
}

Result<Workspace> find_workspace(const std::string& manifest_path, Manifests& manifests) {
  RS_TRY_ASSIGN(const auto root_path, find_root(manifest_path, manifests));
  RS_TRY_ASSIGN(const auto* root, manifests.read(root_path));
  if (!root->has_workspace()) return Workspace{root_path, {root_path}, {root_path}};
  RS_TRY_ASSIGN(auto workspace, MemberSearch(*root, manifests).run());
  RS_TRY_ASSIGN(const auto* own, manifests.read(manifest_path));
  if (own->has_package() && std::ranges::count(workspace.members, manifest_path) == 0)
    return fail(
        Errc::invalid_input,
        fmt::format(
            "'{}' lies below the workspace '{}', which does not list it", manifest_path, root_path),
        "add it to workspace.members or to workspace.exclude there");
  if (own->has_package() && manifest_path != root_path) workspace.defaults = {manifest_path};
  return workspace;
}

}  // namespace rockstage::cargo
