#include "cli/init_facts.hpp"

#include "base/text.hpp"
#include "cargo/inspect.hpp"
#include "cargo/manifest_facts.hpp"
#include "lua/script.hpp"
#include "runtime/profiles.hpp"
#include "source/find.hpp"
#include "source/open.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace rockstage::cli {
namespace {

constexpr std::uint64_t kScriptLimit = std::uint64_t{4} << 20;
constexpr std::size_t kScripts = 200;    // that are read for what they require
constexpr std::size_t kLuaEntries = 30;  // more become their folder

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// `a.init` is required as `a`.
std::string required_name(const std::string& module) {
  constexpr std::string_view kInit = ".init";
  const bool is_init = module.ends_with(kInit) && module.size() > kInit.size();
  return is_init ? module.substr(0, module.size() - kInit.size()) : module;
}

/// The Lua files of a project without a list of them: those of `lua`, `src` or `lib` (the first
/// that has any), else the one named like the rock.
struct LuaSources {
  std::string folder;              ///< empty: the root
  std::vector<std::string> files;  ///< relative to the root
};

LuaSources lua_sources(const source::Rock& rock) {
  for (const char* folder : {"lua", "src", "lib"}) {
    LuaSources found{folder, {}};
    for (const auto& file : rock.files)
      if (file.ends_with(".lua") && file.starts_with(found.folder + "/"))
        found.files.push_back(file);
    if (!found.files.empty()) return found;
  }
  const auto named = rock.spec.name + ".lua";
  if (std::ranges::binary_search(rock.files, named)) return {"", {named}};
  return {};
}

/// Module → file; where they are many, the folder for all of them.
Pairs lua_entries(const LuaSources& sources) {
  if (sources.files.size() > kLuaEntries && !sources.folder.empty()) return {{".", sources.folder}};
  Pairs out;
  for (const auto& file : sources.files) {
    const auto below = sources.folder.empty() ? file : file.substr(sources.folder.size() + 1);
    out.emplace_back(required_name(lua::path_to_module(below)), file);
  }
  return out;
}

/// What the project's Lua files require, tests and examples included.
std::set<std::string> required_modules(const source::Rock& rock) {
  std::set<std::string> out;
  std::size_t read = 0;
  for (const auto& file : rock.files) {
    if (!file.ends_with(".lua")) continue;
    if (++read > kScripts) break;
    const auto text = sys::read_file(sys::join(rock.directory, file), kScriptLimit);
    if (!text) continue;
    for (const auto& require : lua::scan_script(*text).requires_)
      out.insert(require.module);
  }
  return out;
}

/// The name under which Lua files ask for a library: `luaopen_a_b` answers to `a.b` and to `a_b`.
std::string module_of_library(const std::string& library, const std::set<std::string>& required) {
  const auto asked = std::ranges::find_if(required, [&library](const std::string& module) {
    return text::replace_all(module, ".", "_") == library;
  });
  return asked == required.end() ? library : *asked;
}

/// The modules that the rockspec names; empty where its own commands decide.
std::vector<std::string> modules_of_spec(const rock::Rockspec& spec) {
  std::set<std::string> out;
  if (spec.build_type == "rust-mlua") {
    if (const auto fields = rock::rust_mlua_fields(spec))
      for (const auto& [module, library] : fields->modules)
        out.insert(module);
  } else if (spec.build_type == "builtin" || spec.build_type == "module") {
    if (const auto modules = rock::builtin_modules(spec))
      for (const auto& module : *modules)
        out.insert(required_name(module.name));
  }
  for (const auto& entry : spec.install.lua)
    out.insert(required_name(entry.key.empty() ? lua::path_to_module(sys::base_name(entry.path))
                                               : entry.key));
  return {out.begin(), out.end()};
}

bool is_for(const rock::Rockspec& spec, const std::string& version) {
  return std::ranges::all_of(spec.dependencies, [&version](const rock::Dependency& dependency) {
    return dependency.name != "lua"
           || rock::matches(rock::parse_version(version), dependency.constraints);
  });
}

/// LuaJIT where the rock takes Lua 5.1, else the newest that it takes.
std::string choose_lua(const rock::Rockspec& spec) {
  if (is_for(spec, "5.1")) return "luajit";
  for (const char* version : {"5.4", "5.3", "5.2", "5.5"})
    if (is_for(spec, version)) return version;
  return "luajit";
}

/// The gateway that the Lua files are written for.
std::string guess_runtime(const std::string& lua,
                          const std::set<std::string>& required,
                          Diagnostics& diagnostics) {
  if (lua != "luajit" && lua != "openresty") return "generic-" + lua;
  const auto asks_for = [&required](const std::string& root) {
    return std::ranges::any_of(required, [&root](const std::string& module) {
      return module == root || module.starts_with(root + ".");
    });
  };
  if (asks_for("apisix")) return "apisix-debian";
  if (asks_for("kong")) return "kong-ubuntu";
  if (asks_for("resty") || asks_for("ngx")) return "openresty-bookworm";
  diagnostics.note("runtime is 'apisix-debian': nothing here says which gateway the rock is for",
                   "another one: rockstage init --runtime NAME");
  return "apisix-debian";
}

/// A script that tries the modules, where projects keep it. `smoke.lua` of the root is a name that
/// `rockstage dockerfile` writes.
std::string find_smoke_script(const source::Rock& rock) {
  for (const char* file :
       {"spec/smoke.lua", "test/smoke.lua", "tests/smoke.lua", "t/smoke.lua", "scripts/smoke.lua"})
    if (std::ranges::binary_search(rock.files, file)) return file;
  return {};
}

bool has_cdylib(const cargo::Package& package) {
  const auto* library = package.library();
  return library != nullptr
         && std::ranges::find(library->crate_types, "cdylib") != library->crate_types.end();
}

/// Settles which package of a workspace is meant, where the crate has no rockspec.
Result<void> choose_package(source::Request& request, emit::ProjectFacts& facts, Io& io) {
  const auto manifest = sys::join(sys::current_directory(), "Cargo.toml");
  RS_TRY_ASSIGN(const auto rockspec, source::find_rockspec(sys::current_directory()));
  RS_TRY_ASSIGN(const auto project, source::find_project(request, io));
  if (!rockspec.empty() || project || !sys::is_file(manifest)) return {};
  RS_TRY_ASSIGN(const auto metadata, cargo::read_workspace(manifest));
  std::vector<std::string> names;
  for (const auto& package : metadata.packages)
    if (metadata.is_member(package.id) && has_cdylib(package)) names.push_back(package.name);
  std::ranges::sort(names);
  const auto own = cargo::choose_package(metadata, manifest, "");
  const bool is_root = own && (*own)->manifest_path == manifest;
  if (names.empty() || is_root) return {};
  facts.package = request.package = names.front();
  facts.other_packages.assign(names.begin() + 1, names.end());
  return {};
}

/// What the project file that stays says.
void take_from_project(const config::ProjectFile& project, emit::ProjectFacts& facts) {
  if (const auto found = project.options.find("lua"); found != project.options.end())
    facts.luas = found->second;
  if (const auto found = project.options.find("runtime");
      found != project.options.end() && !found->second.empty())
    facts.runtime = found->second.front();
  if (!project.smoke_script.empty()) facts.smoke_script = project.smoke_script;
  if (!project.build) return;
  facts.manifest = project.build->manifest;
  facts.package = project.build->package;
}

void find_modules(const source::Rock& rock,
                  const std::set<std::string>& required,
                  emit::ProjectFacts& facts) {
  const auto entries = lua_entries(lua_sources(rock));
  facts.required = modules_of_spec(rock.spec);
  if (!rock.spec_written) {
    // What commands install is not written anywhere; that it holds the rock's own name is sure.
    if (facts.required.empty())
      for (const auto& [module, file] : entries)
        if (module == rock.spec.name) facts.required.push_back(module);
    return;
  }
  const auto described = rock.project && rock.project->build;
  if (described && !rock.project->build->modules.empty()) {
    for (const auto& [module, library] : rock.project->build->modules)
      facts.modules.emplace_back(module, library);
  } else if (const auto fields = rock::rust_mlua_fields(rock.spec)) {
    for (const auto& [module, library] : fields->modules)
      facts.modules.emplace_back(module_of_library(library, required), library);
  }
  facts.lua_files = described ? rock.project->build->lua : entries;
  std::set<std::string> names(facts.required.begin(), facts.required.end());
  if (!described) {
    names.clear();
    for (const auto& [module, library] : facts.modules)
      names.insert(module);
    for (const auto& [module, file] : facts.lua_files)
      if (module != ".") names.insert(module);
  }
  facts.required.assign(names.begin(), names.end());
}

}  // namespace

Result<emit::ProjectFacts> find_project_facts(OwnProjectFile own,
                                              const std::string& runtime,
                                              Io& io,
                                              Diagnostics& diagnostics) {
  emit::ProjectFacts facts;
  source::Request request;
  request.isolated = own == OwnProjectFile::ignore && sys::exists("rockstage.yaml");
  RS_TRY(choose_package(request, facts, io));
  auto opened = source::open(request, io, diagnostics);
  if (!opened)
    return fail_while(std::move(opened).error(), "looking for the rock that rockstage.yaml is for");
  const auto& rock = *opened;

  facts.name = rock.spec.name;
  facts.version = rock.spec.version;
  if (!rock.rockspec_path.empty())
    facts.rockspec = sys::relative_to(rock.rockspec_path, rock.directory);
  facts.has_lock_file = std::ranges::binary_search(rock.files, "Cargo.lock");
  facts.smoke_script = find_smoke_script(rock);
  const auto required = required_modules(rock);
  find_modules(rock, required, facts);
  if (rock.project) take_from_project(*rock.project, facts);
  if (facts.luas.empty()) facts.luas = {choose_lua(rock.spec)};
  if (!runtime.empty()) facts.runtime = runtime;
  if (facts.runtime.empty())
    facts.runtime = guess_runtime(facts.luas.front(), required, diagnostics);
  RS_TRY_ASSIGN(const auto profile, runtime::find_profile(facts.runtime));
  if (!profile.images.empty()) facts.base = profile.images.front();
  return facts;
}

}  // namespace rockstage::cli
