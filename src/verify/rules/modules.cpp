#include "verify/rules/modules.hpp"

#include "base/text.hpp"
#include "lua/types.hpp"

#include <algorithm>
#include <set>

namespace rockstage::verify {
namespace {

bool is_version(std::string_view name) {
  return name.size() == 3 && name.starts_with("5.") && name[2] >= '1' && name[2] <= '9';
}

/// "5.1" of `…/luarocks/rocks-5.1/…`.
std::string rocks_version(std::string_view path) {
  constexpr std::string_view kRocks = "luarocks/rocks-";
  const auto at = path.find(kRocks);
  if (at == std::string_view::npos) return {};
  const auto version = path.substr(at + kRocks.size(), 3);
  return is_version(version) ? std::string(version) : std::string();
}

bool is_library_name(std::string_view name) {
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
}

bool is_script_name(std::string_view name) {
  return name.ends_with(".lua");
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

/// `a/b.so` → "a.b", `x/init.lua` → "x".
std::string module_name(std::string_view rest) {
  const bool script = is_script_name(rest);
  auto name = lua::path_to_module(rest);
  if (script && name.ends_with(".init")) name.resize(name.size() - 5);
  return name;
}

/// Fills in what the path says.
ModuleFile describe(const Context& context, tree::PathId id, tree::PathId real) {
  ModuleFile file;
  file.id = id;
  file.origin = context.platform.view.at(real);
  file.facts = context.facts(file.origin);
  file.path = context.path(id);
  const auto real_path = real == id ? file.path : context.path(real);
  file.directory = directory_of(real_path);
  file.scanned = may_be_module(real_path, context.is_image());
  if (const auto place = lua_place(file.path)) {
    file.module = module_name(place->rest);
    file.version = place->version;
  } else {
    file.version = rocks_version(file.path);
  }
  return file;
}

/// A shared object by its content: neither a program nor an object file.
bool is_shared_object(const FileFacts& facts) {
  constexpr std::uint16_t kShared = 3;  // ET_DYN
  return facts.elf && !facts.elf->malformed && facts.elf->facts.type == kShared
         && !facts.elf->facts.pie && facts.elf->facts.interpreter.empty();
}

}  // namespace

std::optional<LuaPlace> lua_place(std::string_view path) {
  std::size_t begin = 0;
  std::string_view before;
  while (true) {
    const auto slash = path.find('/', begin);
    if (slash == std::string_view::npos) return std::nullopt;
    const auto component = path.substr(begin, slash - begin);
    const bool versioned = before == "lua" && is_version(component);
    if (versioned || component == "lualib") {
      const auto end = versioned ? begin - before.size() - 1 : begin;
      return LuaPlace{path.substr(0, end == 0 ? 0 : end - 1),
                      versioned ? component : std::string_view{},
                      path.substr(slash + 1)};
    }
    before = component;
    begin = slash + 1;
  }
}

Modules find_modules(const Context& context) {
  Modules modules;
  const auto& paths = *context.subject.paths;
  for (const auto& node : context.platform.view.nodes()) {
    const auto name = paths.name(node.path);
    const bool library = is_library_name(name);
    const bool script = is_script_name(name);
    if (!library && !script && context.is_image()) continue;
    const auto kind = context.entry(node.origin).kind;
    if (kind == tree::EntryKind::directory || kind == tree::EntryKind::other) continue;
    if (context.is_image() && !in_lua_directory(context.path(node.path))) continue;

    auto real = node.path;
    if (kind == tree::EntryKind::symlink) real = context.resolver.resolve(context.path(node.path));
    if (real == tree::kNoPath) continue;
    auto file = describe(context, node.path, real);
    if (file.facts == nullptr) continue;
    if (script && file.facts->script)
      modules.scripts.push_back(std::move(file));
    else if (script && file.facts->script_too_long)
      modules.unread.push_back(std::move(file));
    else if (library || (!script && is_shared_object(*file.facts)))
      modules.libraries.push_back(std::move(file));
  }
  return modules;
}

bool is_for_target(const ModuleFile& file, const Context& context) {
  return file.version.empty() || file.version == lua::version_directory(context.target.lua());
}

std::vector<TreeManifest> read_manifests(const Context& context) {
  std::vector<TreeManifest> manifests;
  for (const auto& node : context.platform.view.nodes()) {
    if (context.subject.paths->name(node.path) != "manifest") continue;
    const auto path = context.path(node.path);
    const auto at = path.find("lib/luarocks/rocks-");
    const auto version = rocks_version(path);
    if (at == std::string::npos || version.empty()) continue;
    if (path.substr(at) != "lib/luarocks/rocks-" + version + "/manifest") continue;
    const auto* text = context.text(path);
    if (text == nullptr) continue;
    auto manifest = rock::parse_manifest(*text, path);
    if (manifest) manifests.push_back({path.substr(0, at), version, *std::move(manifest)});
  }
  return manifests;
}

std::string deployed_path(const TreeManifest& tree, std::string_view file) {
  const char* place = is_script_name(file) ? "share/lua/" : "lib/lua/";
  return tree.prefix + place + tree.version + "/" + std::string(file);
}

std::map<std::string, ListedModule, std::less<>> listed_modules(
    const std::vector<TreeManifest>& manifests) {
  std::map<std::string, ListedModule, std::less<>> listed;
  for (const auto& tree : manifests)
    for (const auto& [rock, versions] : tree.manifest.repository)
      for (const auto& [version, entry] : versions)
        for (const auto& [module, file] : entry.modules)
          listed.insert_or_assign(deployed_path(tree, file), ListedModule{&tree, &entry, module});
  return listed;
}

}  // namespace rockstage::verify
