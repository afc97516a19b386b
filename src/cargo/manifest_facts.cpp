#include "cargo/manifest_facts.hpp"

#include "base/text.hpp"
#include "cargo/cfg_expression.hpp"
#include "cargo/config.hpp"
#include "cargo/manifest_workspace.hpp"
#include "cargo/paths.hpp"
#include "cargo/rustflags.hpp"
#include "cargo/toolchain_file.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

namespace rockstage::cargo {
namespace {

/// What `rustc --print cfg` says for a Linux triple, as far as manifests ask for it.
CfgSet cfg_of(const std::string& triple) {
  const auto parts = text::split(triple, '-');
  const auto& arch = parts.front();
  const bool is_musl = triple.ends_with("-musl");
  CfgSet out = {"unix",
                "panic=\"unwind\"",
                "target_endian=\"little\"",
                "target_family=\"unix\"",
                "target_os=\"linux\"",
                "target_pointer_width=\"64\"",
                "target_vendor=\"unknown\""};
  out.insert(fmt::format("target_arch=\"{}\"", arch));
  out.insert(is_musl ? "target_env=\"musl\"" : "target_env=\"gnu\"");
  if (is_musl) out.insert("target_feature=\"crt-static\"");
  for (const char* size : {"8", "16", "32", "64", "ptr"})
    out.insert(fmt::format("target_has_atomic=\"{}\"", size));
  return out;
}

/// Packages that are taken by path from outside the workspace, with those that they take.
class OutsidePackages {
 public:
  OutsidePackages(Metadata& metadata, Manifests& manifests)
      : metadata_(metadata), manifests_(manifests) {
    for (const auto& package : metadata.packages)
      known_.insert(package.directory());
  }

  /// Adds them to the metadata, and returns the directories of all that lies outside the root.
  Result<std::vector<std::string>> run() {
    for (const auto& package : metadata_.packages) {
      note(package.directory());
      follow(package, Kinds::all);
    }
    RS_TRY_ASSIGN(const auto patches,
                  load_patch_paths(sys::join(metadata_.workspace_root, "Cargo.toml")));
    for (const auto& path : patches)
      open_.push_back(path);
    while (!open_.empty()) {
      const auto directory = open_.front();
      open_.pop_front();
      note(directory);
      if (known_.insert(directory).second) RS_TRY(visit(directory));
    }
    return std::vector<std::string>(outside_.begin(), outside_.end());
  }

 private:
  enum class Kinds { all, built };

  void note(const std::string& directory) {
    if (!is_below(directory, metadata_.workspace_root)) outside_.insert(directory);
  }

  void follow(const Package& package, Kinds kinds) {
    for (const auto& dependency : package.dependencies)
      if (!dependency.path.empty() && (kinds == Kinds::all || dependency.kind != "dev"))
        open_.push_back(dependency.path);
  }

  /// One that is not there is cargo's to complain about, when it is really needed.
  Result<void> visit(const std::string& directory) {
    const auto path = sys::join(directory, "Cargo.toml");
    if (!sys::is_file(path)) return {};
    RS_TRY_ASSIGN(const auto workspace, find_workspace(path, manifests_));
    RS_TRY_ASSIGN(const auto* root, manifests_.read(workspace.root));
    RS_TRY_ASSIGN(const auto* manifest, manifests_.read(path));
    if (!manifest->has_package()) return {};
    RS_TRY_ASSIGN(auto package, read_package(*manifest, *root));
    follow(package, Kinds::built);
    metadata_.packages.push_back(std::move(package));
    return {};
  }

  Metadata& metadata_;
  Manifests& manifests_;
  std::set<std::string> known_, outside_;
  std::deque<std::string> open_;
};

struct Read {
  Metadata metadata;
  std::vector<std::string> outside;  ///< directories
};

Result<Read> read_all(const std::string& manifest_path) {
  if (!sys::is_file(manifest_path))
    return fail(Errc::not_found,
                fmt::format("there is no '{}'", manifest_path),
                "name it with --manifest-path");
  Manifests manifests;
  RS_TRY_ASSIGN(const auto workspace, find_workspace(manifest_path, manifests));
  RS_TRY_ASSIGN(const auto* root, manifests.read(workspace.root));
  Read out;
  out.metadata.workspace_root = sys::parent(workspace.root);
  for (const auto& path : workspace.members) {
    RS_TRY_ASSIGN(const auto* manifest, manifests.read(path));
    RS_TRY_ASSIGN(auto package, read_package(*manifest, *root));
    out.metadata.workspace_members.push_back(package.id);
    if (std::ranges::count(workspace.defaults, path) > 0)
      out.metadata.workspace_default_members.push_back(package.id);
    out.metadata.packages.push_back(std::move(package));
  }
  RS_TRY_ASSIGN(out.outside, OutsidePackages(out.metadata, manifests).run());
  std::ranges::sort(out.metadata.packages, {}, &Package::id);
  return out;
}

/// Dependencies for other platforms say nothing about this build.
void drop_foreign_declarations(Metadata& metadata, const std::vector<std::string>& targets) {
  const auto is_foreign = [&](const Declaration& declaration) {
    return !declaration.target.empty()
           && std::ranges::none_of(targets, [&](const std::string& target) {
                return target_key_applies(declaration.target, target, cfg_of(target));
              });
  };
  for (auto& package : metadata.packages)
    std::erase_if(package.dependencies, is_foreign);
}

}  // namespace

Result<Metadata> read_workspace(const std::string& manifest_path) {
  RS_TRY_ASSIGN(auto read, read_all(manifest_path));
  return std::move(read.metadata);
}

Result<CrateFacts> read_crate(const InspectRequest& request, const std::string& project) {
  RS_TRY_ASSIGN(auto read, read_all(request.manifest_path));
  CrateFacts facts;
  facts.toolchain.cargo = "cargo";
  facts.toolchain.rustc = "rustc";
  facts.metadata = std::move(read.metadata);
  facts.outside_path_dependencies = std::move(read.outside);
  drop_foreign_declarations(facts.metadata, request.targets);
  const auto& root = facts.metadata.workspace_root;
  facts.lock_file = sys::join(root, "Cargo.lock");
  facts.lock = sys::is_file(facts.lock_file) ? LockState::fresh : LockState::missing;

  const auto directory = sys::parent(request.manifest_path);
  const auto& top = is_below(directory, project) && is_below(root, project) ? project : root;
  if (const auto pin = find_toolchain_pin(directory).file; is_below(pin, top))
    facts.toolchain.toolchain_file = pin;
  RS_TRY_ASSIGN(const auto config, load_config_below(directory, top));
  for (const auto& file : config)
    facts.config_files.push_back({file.path});
  const sys::Environment nothing;
  for (const auto& target : request.targets)
    facts.rustflags[target] = user_rustflags(target, cfg_of(target), config, nothing);
  RS_TRY_ASSIGN(const auto profiles, load_manifest_profiles(sys::join(root, "Cargo.toml")));
  for (const auto& profile : request.profiles)
    facts.profile_panic[profile] = profile_panic(profile, profiles, config, nothing);
  return facts;
}

Result<std::vector<std::string>> locked_packages(const std::string& lock_file) {
  RS_TRY_ASSIGN(const auto root, read_toml(lock_file));
  std::set<std::string> names;
  if (const auto* packages = root["package"].as_array())
    for (const auto& package : *packages)
      if (const auto name = toml::node_view(package)["name"].value<std::string>())
        names.insert(*name);
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace rockstage::cargo
