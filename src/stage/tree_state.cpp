#include "stage/tree_state.hpp"

#include "lua/types.hpp"
#include "rock/rockspec.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::stage {
namespace {

constexpr std::string_view kRocksPrefix = "rocks-";

/// `lua/a/b.lua` split into its branch and the rest.
struct Branch {
  std::string name, rest;
};

Branch branch_of(const std::string& file) {
  const auto slash = file.find('/');
  if (slash == std::string::npos || file.ends_with('/')) return {};
  return {file.substr(0, slash), file.substr(slash + 1)};
}

/// The dependencies that an installed rock's rockspec declares; none when it cannot be read, with a
/// warning.
std::vector<rock::Dependency> declared_dependencies(const TreeEdit& edit,
                                                    const rock::Layout& layout,
                                                    const RockKey& key,
                                                    Diagnostics& diagnostics) {
  const auto path = rockspec_path(layout, key);
  const auto text = edit.read(path);
  Diagnostics unheard;  // an installed rockspec was judged when it was installed
  const auto spec = text ? rock::read_rockspec(*text, path, unheard)
                         : Result<rock::Rockspec>(tl::unexpected<Error>(text.error()));
  if (spec) return spec->dependencies;
  diagnostics.warning(fmt::format(
      "the dependencies of {} {} are not known: {}", key.first, key.second, spec.error().message));
  return {};
}

/// NAME/VERSION directories below the rocks directory.
std::vector<RockKey> rock_directories(const std::string& tree, const rock::Layout& layout) {
  std::vector<RockKey> out;
  const auto root = sys::join(tree, layout.rocks_dir());
  for (const auto& name : sys::list_directory(root).value_or(std::vector<std::string>{}))
    for (const auto& version :
         sys::list_directory(sys::join(root, name)).value_or(std::vector<std::string>{}))
      if (sys::is_directory(sys::join(root, name + "/" + version))) out.emplace_back(name, version);
  return out;
}

/// The deployed files of a rock as the tree's manifest has them.
rock::RockManifest listed_files(const rock::ManifestEntry& entry) {
  rock::RockManifest out;
  for (const auto& [module, file] : entry.modules)
    out[(file.ends_with(".lua") ? "lua/" : "lib/") + file] = "";
  for (const auto& [command, file] : entry.commands)
    out["bin/" + file] = "";
  return out;
}

class StateReader {
 public:
  StateReader(const TreeEdit& edit, const std::string& v, Diagnostics& diagnostics)
      : edit_(edit), diagnostics_(diagnostics) {
    state_.layout.v = v;
  }

  Result<TreeState> read() {
    const bool complete = read_manifest();
    const auto keys = complete ? listed() : rock_directories(edit_.tree(), state_.layout);
    for (const auto& key : keys)
      RS_TRY(read_rock(key));
    if (!complete) rebuild();
    state_.rebuilt = !complete && !keys.empty();
    return std::move(state_);
  }

 private:
  /// False when there is none that can be used.
  bool read_manifest() {
    const auto path = state_.layout.manifest();
    const auto text = edit_.read(path);
    if (!text) {
      if (!rock_directories(edit_.tree(), state_.layout).empty())
        diagnostics_.note(fmt::format("'{}' has no manifest: made anew from its rock directories",
                                      sys::join(edit_.tree(), state_.layout.rocks_dir())));
      return false;
    }
    auto manifest = rock::parse_manifest(*text, path);
    if (!manifest) {
      diagnostics_.warning(fmt::format(
          "the manifest of the tree '{}' cannot be read ({}): made anew from its rock directories",
          edit_.tree(),
          manifest.error().message));
      return false;
    }
    state_.manifest = *std::move(manifest);
    return true;
  }

  [[nodiscard]] std::vector<RockKey> listed() const {
    std::vector<RockKey> out;
    for (const auto& [name, versions] : state_.manifest.repository)
      for (const auto& [version, entry] : versions)
        out.emplace_back(name, version);
    return out;
  }

  Result<void> read_rock(const RockKey& key) {
    const auto path = state_.layout.rock_dir(key.first, key.second) + "/rock_manifest";
    const auto text = edit_.read(path);
    if (!text) {
      diagnostics_.warning(fmt::format(
          "{} {} has no rock_manifest: its documents are not known", key.first, key.second));
      state_.rocks[key] = listed_files(state_.manifest.repository[key.first][key.second]);
      return {};
    }
    RS_TRY_ASSIGN(state_.rocks[key],
                  rock::parse_rock_manifest(*text, sys::join(edit_.tree(), path)));
    return {};
  }

  void rebuild() {
    for (const auto& [key, files] : state_.rocks)
      state_.manifest.repository[key.first][key.second] =
          manifest_entry(files, declared_dependencies(edit_, state_.layout, key, diagnostics_));
    rock::update_dependencies(state_.manifest, state_.layout.v);
  }

  const TreeEdit& edit_;
  Diagnostics& diagnostics_;
  TreeState state_;
};

}  // namespace

Result<TreeState> read_state(const TreeEdit& edit, const std::string& v, Diagnostics& diagnostics) {
  return StateReader(edit, v, diagnostics).read();
}

Result<TreeState> read_state(const std::string& tree,
                             const std::string& v,
                             Diagnostics& diagnostics) {
  // No file waits anywhere: an edit that is never changed.
  return read_state(TreeEdit(tree, sys::join(tree, ".rockstage-none")), v, diagnostics);
}

Result<TreeStates> read_states(const TreeEdit& edit, Diagnostics& diagnostics) {
  TreeStates out;
  for (const auto& v : version_directories(edit.tree())) {
    RS_TRY_ASSIGN(out[v], read_state(edit, v, diagnostics));
  }
  return out;
}

Result<TreeStates> read_states(const std::string& tree, Diagnostics& diagnostics) {
  // No file waits anywhere: an edit that is never changed.
  return read_states(TreeEdit(tree, sys::join(tree, ".rockstage-none")), diagnostics);
}

std::string rockspec_path(const rock::Layout& layout, const RockKey& key) {
  return fmt::format(
      "{}/{}-{}.rockspec", layout.rock_dir(key.first, key.second), key.first, key.second);
}

std::vector<std::string> version_directories(const std::string& tree) {
  std::vector<std::string> out;
  for (const auto& name :
       sys::list_directory(sys::join(tree, "lib/luarocks")).value_or(std::vector<std::string>{}))
    if (name.starts_with(kRocksPrefix)) out.push_back(name.substr(kRocksPrefix.size()));
  return out;
}

rock::ManifestEntry manifest_entry(const rock::RockManifest& files,
                                   const std::vector<rock::Dependency>& declared) {
  rock::ManifestEntry entry;
  entry.declared = declared;
  // `lua` after `lib`, as LuaRocks stores them: a module that is both is its Lua file (repos.lua,
  // package_modules).
  for (const auto* wanted : {"lib", "lua"})
    for (const auto& [file, md5] : files)
      if (const auto [branch, rest] = branch_of(file); branch == wanted)
        entry.modules[lua::path_to_module(rest)] = rest;
  for (const auto& [file, md5] : files)
    if (const auto [branch, rest] = branch_of(file); branch == "bin") entry.commands[rest] = rest;
  return entry;
}

std::vector<DeployedFile> deployed_files(const rock::Layout& layout,
                                         const RockKey& key,
                                         const rock::RockManifest& files) {
  std::vector<DeployedFile> out;
  for (const auto& [file, md5] : files) {
    const auto [branch, rest] = branch_of(file);
    const bool module = branch == "lua" || branch == "lib";
    if (!module && branch != "bin") continue;
    const auto directory = branch == "lua"   ? layout.lua_dir()
                           : branch == "lib" ? layout.lib_dir()
                                             : std::string(rock::kBinDir);
    out.push_back({file,
                   module ? lua::path_to_module(rest) : rest,
                   !module,
                   directory + "/" + rest,
                   directory + "/" + rock::versioned_name(rest, key.first, key.second)});
  }
  return out;
}

Result<void> write_manifest(TreeState& state, TreeEdit& edit) {
  rock::update_dependencies(state.manifest, state.layout.v);
  return edit.write(state.layout.manifest(), rock::write_manifest(state.manifest), 0644);
}

void forget_rock(const RockKey& key, TreeState& state) {
  state.rocks.erase(key);
  const auto versions = state.manifest.repository.find(key.first);
  if (versions == state.manifest.repository.end()) return;
  versions->second.erase(key.second);
  if (versions->second.empty()) state.manifest.repository.erase(versions);
}

}  // namespace rockstage::stage
