#include "base/text.hpp"
#include "rock/rockspec.hpp"
#include "stage/journal.hpp"
#include "stage/stage.hpp"
#include "stage/tree_state.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::stage {
namespace {

Result<std::string> tree_at(const std::string& path) {
  auto tree = sys::absolute(path);
  if (!sys::is_directory(tree))
    return fail(Errc::not_found, fmt::format("there is no tree at '{}'", tree));
  return tree;
}

/// The version of `dependency` that is installed; empty when none is.
std::string installed_version(const TreeState& state, const rock::Dependency& dependency) {
  const auto found = state.manifest.repository.find(dependency.name);
  if (found == state.manifest.repository.end()) return {};
  std::string best;
  for (const auto& [version, entry] : found->second) {
    const auto parsed = rock::parse_version(version);
    if (!rock::matches(parsed, dependency.constraints)) continue;
    if (best.empty() || rock::compare(rock::parse_version(best), parsed) < 0) best = version;
  }
  return best;
}

/// What a Lua of this version directory brings itself.
std::string provided_version(const std::string& v, const std::string& name) {
  if (name == "lua") return v + "-1";
  if (name == "bit32" && v == "5.2") return "5.2-1";
  if (name == "utf8" && (v == "5.3" || v == "5.4" || v == "5.5")) return v + "-1";
  return {};
}

void add_description(const std::string& text, const std::string& path, InstalledRock& rock) {
  Diagnostics unheard;  // it was judged when it was installed
  const auto spec = rock::read_rockspec(text, path, unheard);
  if (!spec) return;
  rock.summary = spec->description.summary;
  rock.detailed = spec->description.detailed;
  rock.license = spec->description.license;
  rock.homepage = spec->description.homepage;
  rock.issues_url = spec->description.issues_url;
}

/// Where a deployed file is: under its versioned name if that is there, else its plain one, as
/// LuaRocks finds it (show.lua, adjust_path).
std::string found_file(const std::string& tree, const DeployedFile& file) {
  const auto versioned = sys::join(tree, file.versioned);
  return sys::exists(versioned) ? versioned : sys::join(tree, file.plain);
}

InstalledRock installed_rock(const std::string& tree, const TreeState& state, const RockKey& key) {
  InstalledRock out;
  out.name = key.first;
  out.version = key.second;
  out.v = state.layout.v;
  out.rocks_dir = sys::join(tree, state.layout.rocks_dir());
  for (const auto& file : deployed_files(state.layout, key, state.rocks.at(key)))
    (file.is_command ? out.commands : out.modules)[file.name] = found_file(tree, file);
  const auto& entry = state.manifest.repository.at(key.first).at(key.second);
  for (const auto& dependency : entry.declared) {
    const auto provided = provided_version(state.layout.v, dependency.name);
    out.dependencies.emplace_back(
        dependency.text, provided.empty() ? installed_version(state, dependency) : provided);
  }
  // LuaRocks means to leave out the direct ones, and does not (show.lua, indirect_deps).
  out.indirect_dependencies = entry.dependencies;
  return out;
}

/// One state of the tree: it is read again when it was exchanged meanwhile, and only what is true
/// of the last reading is said.
Result<TreeStates> read_consistently(const std::string& tree, Diagnostics& diagnostics) {
  const auto inode = [&tree] {
    const auto found = sys::status(tree);
    return found ? found->inode : 0;
  };
  constexpr int kAttempts = 10;
  for (int i = 1;; ++i) {
    const auto before = inode();
    Diagnostics heard;
    auto out = read_states(tree, heard);
    if (inode() != before && i < kAttempts) continue;
    for (const auto& item : heard.items())
      diagnostics.add(item);
    return out;
  }
}

bool is_newer_first(const InstalledRock& a, const InstalledRock& b) {
  if (a.name != b.name) return a.name < b.name;
  const int order = rock::compare(rock::parse_version(a.version), rock::parse_version(b.version));
  return order != 0 ? order > 0 : a.v < b.v;
}

}  // namespace

Result<std::vector<InstalledRock>> list(const std::string& path, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto tree, tree_at(path));
  if (is_journal_pending(tree))
    diagnostics.warning(fmt::format("a change of '{}' was interrupted half-way", tree),
                        "the next build or remove into this tree finishes it");
  RS_TRY_ASSIGN(const auto states, read_consistently(tree, diagnostics));
  std::vector<InstalledRock> out;
  for (const auto& [v, state] : states)
    for (const auto& [key, files] : state.rocks)
      out.push_back(installed_rock(tree, state, key));
  std::ranges::sort(out, is_newer_first);
  return out;
}

Result<InstalledRock> show(const std::string& path,
                           const std::string& name,
                           const std::string& version,
                           Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto rocks, list(path, diagnostics));
  const auto found = std::ranges::find_if(rocks, [&](const auto& rock) {
    return rock.name == name && (version.empty() || rock.version == version);
  });
  if (found == rocks.end()) {
    std::vector<std::string> names;
    std::vector<std::string> versions;
    for (const auto& rock : rocks) {
      names.push_back(rock.name);
      if (rock.name == name) versions.push_back(rock.version);
    }
    if (!versions.empty())
      return fail(Errc::not_found,
                  fmt::format("{} {} is not installed in '{}'", name, version, path),
                  "installed: " + text::join(versions, ", "));
    return fail(
        Errc::not_found,
        fmt::format("{} is not installed in '{}'{}", name, path, text::did_you_mean(name, names)),
        fmt::format("`rockstage list --tree {}` shows what is", text::shell_quote(path)));
  }
  auto out = *found;
  const auto file = fmt::format(
      "{}/{}/{}/{}-{}.rockspec", out.rocks_dir, out.name, out.version, out.name, out.version);
  if (const auto text = sys::read_file(file)) add_description(*text, file, out);
  return out;
}

Result<std::vector<std::string>> missing_dependencies(const rock::Rockspec& spec,
                                                      const std::string& tree,
                                                      lua::Lua lua) {
  const auto v = lua::version_directory(lua);
  TreeState state;
  if (sys::is_directory(tree)) {
    Diagnostics unheard;  // `deploy` will say what is to be said of the tree
    RS_TRY_ASSIGN(state, read_state(sys::absolute(tree), v, unheard));
  }
  std::vector<std::string> out;
  for (const auto& dependency : spec.dependencies) {
    const bool from_luajit =
        lua::is_luajit(lua) && (dependency.name == "luajit" || dependency.name == "luabitop");
    if (from_luajit || !provided_version(v, dependency.name).empty()) continue;
    if (installed_version(state, dependency).empty()) out.push_back(dependency.text);
  }
  return out;
}

SearchPaths search_paths(const std::string& path, const std::string& v) {
  const auto tree = sys::absolute(path);
  const rock::Layout layout{v};
  return {fmt::format("{0}/{1}/?.lua;{0}/{1}/?/init.lua", tree, layout.lua_dir()),
          fmt::format("{}/{}/?.so", tree, layout.lib_dir()),
          sys::join(tree, rock::kBinDir)};
}

}  // namespace rockstage::stage
