#include "base/text.hpp"
#include "rock/rockspec.hpp"
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

InstalledRock installed_rock(const std::string& tree, const TreeState& state, const RockKey& key) {
  InstalledRock out;
  out.name = key.first;
  out.version = key.second;
  out.v = state.layout.v;
  out.rocks_dir = sys::join(tree, state.layout.rocks_dir());
  const TreeEdit edit(tree, sys::join(tree, ".rockstage-none"));
  for (const auto& file : deployed_files(state.layout, key, state.rocks.at(key))) {
    const auto name =
        file.item.substr(file.item.find('\'') + 1, file.item.size() - file.item.find('\'') - 2);
    (file.item.starts_with("command") ? out.commands : out.modules)[name] =
        sys::join(tree, current_path(edit, file));
  }
  const auto& entry = state.manifest.repository.at(key.first).at(key.second);
  for (const auto& dependency : entry.declared) {
    const auto provided = provided_version(state.layout.v, dependency.name);
    out.dependencies.emplace_back(
        dependency.text, provided.empty() ? installed_version(state, dependency) : provided);
  }
  for (const auto& [name, version] : entry.dependencies) {
    const bool direct = std::ranges::any_of(
        entry.declared, [&name = name](const auto& dependency) { return dependency.name == name; });
    if (!direct) out.indirect_dependencies[name] = version;
  }
  return out;
}

bool is_newer_first(const InstalledRock& a, const InstalledRock& b) {
  if (a.name != b.name) return a.name < b.name;
  const int order = rock::compare(rock::parse_version(a.version), rock::parse_version(b.version));
  return order != 0 ? order > 0 : a.v < b.v;
}

}  // namespace

Result<std::vector<InstalledRock>> list(const std::string& path, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto tree, tree_at(path));
  std::vector<InstalledRock> out;
  for (const auto& v : version_directories(tree)) {
    RS_TRY_ASSIGN(const auto state, read_state(tree, v, diagnostics));
    for (const auto& [key, files] : state.rocks)
      out.push_back(installed_rock(tree, state, key));
  }
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
    for (const auto& rock : rocks)
      names.push_back(rock.name);
    const auto wanted = version.empty() ? name : name + " " + version;
    return fail(
        Errc::not_found,
        fmt::format(
            "{} is not installed in '{}'{}", wanted, path, text::did_you_mean(name, names)));
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
