#include "base/text.hpp"
#include "elf/elf_file.hpp"
#include "lua/abi.hpp"
#include "lua/script.hpp"
#include "rock/layout.hpp"
#include "smoke/smoke.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace rockstage::smoke {
namespace {

constexpr std::uint64_t kLargestScript = std::uint64_t{16} << 20;
constexpr std::uint64_t kLargestLibrary = std::uint64_t{1} << 30;

/// What one file says about the libraries that it loads.
struct Found {
  Module module;
  std::set<std::string> loads;  ///< file names
  std::string soname;
};

/// The name by which `require` finds a deployed file; LuaRocks writes "a.init" for a/init.lua.
std::string required_name(const std::string& path) {
  auto name = lua::path_to_module(path);
  constexpr std::string_view kInit = ".init";
  if (path.ends_with("/init.lua") && name.ends_with(kInit)) name.resize(name.size() - kInit.size());
  return name;
}

/// Relative paths of the files below `directory` that end in `suffix`, links to files among them.
Result<std::vector<std::string>> files_below(const std::string& directory,
                                             std::string_view suffix) {
  std::vector<std::string> out;
  if (!sys::is_directory(directory)) return out;
  RS_TRY_ASSIGN(const auto entries, sys::walk(directory));
  for (const auto& entry : entries)
    if (entry.path.ends_with(suffix) && sys::is_file(sys::join(directory, entry.path)))
      out.push_back(entry.path);
  return out;
}

/// The file names that `ffi.load(name)` and a walk along package.cpath try (lib_ffi.c, lj_clib.c).
void add_names_of_load(const std::string& name, std::set<std::string>& names) {
  const auto base = sys::base_name(name);
  const auto file = base.find('.') == std::string::npos ? base + ".so" : base;
  names.insert(file);
  names.insert("lib" + file);
}

/// Words in quotes: a walk along package.cpath puts the file's name together at run time.
void add_quoted_words(std::string_view text, std::set<std::string>& names) {
  constexpr std::size_t kLongestName = 255;
  for (std::size_t i = text.find_first_of("\"'"); i != std::string_view::npos;
       i = text.find_first_of("\"'", i + 1)) {
    const auto word = text.substr(i + 1, kLongestName);
    const auto end = word.find_first_of("\"'\n");
    if (end != std::string_view::npos && end > 0 && word[end] == text[i])
      add_names_of_load(std::string(word.substr(0, end)), names);
  }
}

Found script_module(const std::string& tree, const std::string& file, const std::string& path) {
  Found found{{required_name(path), file, Module::Kind::lua, {}}, {}, {}};
  // One that cannot be read is said when it is loaded.
  const auto text = sys::read_file(sys::join(tree, file), kLargestScript);
  if (!text) return found;
  const auto facts = lua::scan_script(*text);
  for (const auto& load : facts.ffi_loads)
    add_names_of_load(load.name, found.loads);
  for (const auto& name : facts.strings)
    found.loads.insert(sys::base_name(name));
  if (facts.uses_ffi) add_quoted_words(*text, found.loads);
  return found;
}

/// A library that is damaged or cannot be read counts as a module, so that loading it says so.
Found library_module(const std::string& tree, const std::string& file, const std::string& path) {
  Found found{{required_name(path), file, Module::Kind::native, {}}, {}, {}};
  const auto bytes = sys::read_file(sys::join(tree, file), kLargestLibrary);
  if (!bytes) return found;
  const auto facts = elf::read_elf(*bytes);
  if (!facts || !facts->damage.empty()) return found;
  if (lua::module_kind(*facts) == lua::ModuleKind::ffi_library)
    found.module.kind = Module::Kind::ffi_library;
  found.loads.insert(facts->needed.begin(), facts->needed.end());
  found.soname = facts->soname;
  return found;
}

void name_wrappers(std::vector<Found>& all) {
  std::map<std::string, std::set<std::string>> loaders;  // file name → modules
  for (const auto& found : all)
    for (const auto& name : found.loads)
      loaders[name].insert(found.module.name);
  for (auto& found : all) {
    if (found.module.kind != Module::Kind::ffi_library) continue;
    std::set<std::string> wrappers = loaders[sys::base_name(found.module.file)];
    if (!found.soname.empty()) wrappers.merge(std::set(loaders[found.soname]));
    found.module.wrappers.assign(wrappers.begin(), wrappers.end());
  }
}

Result<void> check_is_tree(const std::string& tree, lua::Lua lua) {
  const auto there = version_directories(tree);
  if (there.empty())
    return fail(Errc::invalid_input,
                fmt::format("'{}' is no tree: it has no share/lua and no lib/lua", tree),
                "name the directory that `rockstage build --tree DIR` wrote");
  if (std::ranges::find(there, lua::version_directory(lua)) != there.end()) return {};
  return fail(Errc::invalid_input,
              fmt::format("'{}' has modules for Lua {}, none for {}",
                          tree,
                          text::join(there, " and "),
                          lua::to_string(lua)),
              fmt::format("--lua {}", there.front() == "5.1" ? "luajit" : there.front()));
}

}  // namespace

std::vector<std::string> version_directories(const std::string& tree) {
  std::set<std::string> found;
  for (const auto lua : lua::kAllLuas) {
    const rock::Layout layout{lua::version_directory(lua)};
    if (sys::is_directory(sys::join(tree, layout.lua_dir()))
        || sys::is_directory(sys::join(tree, layout.lib_dir())))
      found.insert(layout.v);
  }
  return {found.begin(), found.end()};
}

Result<std::vector<Module>> find_modules(const std::string& tree, lua::Lua lua) {
  RS_TRY(check_is_tree(tree, lua));
  const rock::Layout layout{lua::version_directory(lua)};
  std::vector<Found> all;
  RS_TRY_ASSIGN(const auto scripts, files_below(sys::join(tree, layout.lua_dir()), ".lua"));
  for (const auto& path : scripts)
    all.push_back(script_module(tree, layout.lua_dir() + "/" + path, path));
  RS_TRY_ASSIGN(const auto libraries, files_below(sys::join(tree, layout.lib_dir()), ".so"));
  for (const auto& path : libraries)
    all.push_back(library_module(tree, layout.lib_dir() + "/" + path, path));
  name_wrappers(all);

  std::vector<Module> modules;
  for (auto& found : all)
    modules.push_back(std::move(found.module));
  std::ranges::sort(
      modules, {}, [](const Module& module) { return std::tie(module.name, module.kind); });
  // `require` takes the Lua file where both are there; the library behind it is not asked for.
  const auto repeats = [](const Module& a, const Module& b) {
    return a.name == b.name && b.kind != Module::Kind::ffi_library;
  };
  modules.erase(std::unique(modules.begin(), modules.end(), repeats), modules.end());
  return modules;
}

}  // namespace rockstage::smoke
