#include "base/text.hpp"
#include "lua/lexical.hpp"
#include "rock/rockspec_parts.hpp"
#include "sys/files.hpp"

#include <algorithm>
#include <set>

namespace rockstage::rock {

namespace {

tl::unexpected<Error> expected(const std::string& field,
                               const char* what,
                               const lua::Value& found) {
  return fail(Errc::invalid_input,
              field + ": expected " + what + ", found a " + std::string(found.type_name()));
}

Result<std::vector<std::string>> optional_list(const lua::Table& table,
                                               const std::string& key,
                                               const std::string& field) {
  const lua::Value* value = table.find(key);
  if (value == nullptr) return std::vector<std::string>{};
  return string_list(*value, field_path(field, key));
}

Result<std::vector<std::string>> source_paths(const std::vector<std::string>& paths,
                                              const std::string& field) {
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    RS_TRY_ASSIGN(std::string inside, source_path(path, field));
    out.push_back(std::move(inside));
  }
  return out;
}

Result<void> check_module_name(const std::string& name, const std::string& field) {
  const auto path = lua::module_to_path(name);
  if (!path)
    return fail(Errc::invalid_input, field + ": " + path.error().message, path.error().hint);
  return {};
}

Result<BuiltinModule> read_builtin(const std::string& name,
                                   const lua::Value& value,
                                   const std::string& field) {
  RS_TRY(check_module_name(name, field));
  BuiltinModule module;
  module.name = name;
  std::vector<std::string> sources;
  if (value.string() != nullptr) {
    sources = {*value.string()};
  } else if (const lua::Table* table = value.table()) {
    // As in LuaRocks, entries without a name are the sources and win over the field `sources`.
    if (table->items.empty()) {
      RS_TRY_ASSIGN(sources, optional_list(*table, "sources", field));
    } else {
      lua::Table unnamed;
      unnamed.items = table->items;
      RS_TRY_ASSIGN(sources, string_list(lua::Value{std::move(unnamed)}, field));
    }
    RS_TRY_ASSIGN(module.libraries, optional_list(*table, "libraries", field));
    RS_TRY_ASSIGN(module.defines, optional_list(*table, "defines", field));
    RS_TRY_ASSIGN(module.incdirs, optional_list(*table, "incdirs", field));
    RS_TRY_ASSIGN(module.libdirs, optional_list(*table, "libdirs", field));
  } else {
    return expected(field, "a string or a table", value);
  }
  if (sources.empty())
    return fail(
        Errc::invalid_input, field + ": names no sources", "write the file, or sources = {…}");
  RS_TRY_ASSIGN(module.sources, source_paths(sources, field));
  return module;
}

/// The directory part of a module's file: `a.b.c` → `a/b/`.
std::string directory_of(const std::string& module_path) {
  return module_path.substr(0, module_path.rfind('/') + 1);
}

std::string slashes(std::string module) {
  std::ranges::replace(module, '.', '/');
  return module;
}

/// Who writes which file of the rock.
class Targets {
 public:
  void add(const std::string& target, const std::string& source, const std::string& field) {
    const auto [there, is_new] = taken_.emplace(target, std::pair{source, field});
    if (!is_new && there->second.first != source)
      faults_.push_back({field + ": writes " + target + ", as " + there->second.second + " does",
                         "two modules cannot have one file"});
  }

  Faults take() && { return std::move(faults_); }

 private:
  std::map<std::string, std::pair<std::string, std::string>> taken_;
  Faults faults_;
};

void add_install(Targets& targets,
                 InstallKind kind,
                 const char* name,
                 const std::vector<InstallEntry>& entries) {
  const std::string field = std::string("build.install.") + name;
  for (const InstallEntry& entry : entries) {
    // A library under a key may be staged under that key, so only equal keys are a clash for sure.
    const bool by_key = kind == InstallKind::lib && !entry.key.empty();
    const std::string target = by_key ? slashes(entry.key) + ".so" : install_target(kind, entry);
    const std::string key = entry.key.empty() ? entry.path : entry.key;
    targets.add(std::string(name) + "/" + target, entry.path, field_path(field, key));
  }
}

constexpr std::string_view kSkipped[] = {
    "spec", ".luarocks", "lua_modules", "test.lua", "tests.lua"};

/// NAME of the first `int luaopen_NAME`.
std::string open_name(const std::string& text) {
  constexpr std::string_view kMark = "luaopen_";
  for (auto at = text.find(kMark); at != text.npos; at = text.find(kMark, at + 1)) {
    const auto before = text.find_last_not_of(" \t\r\n", at == 0 ? 0 : at - 1);
    const bool after_int = at > 0 && before != text.npos && before < at - 1 && before >= 2
                           && text.compare(before - 2, 3, "int") == 0;
    const std::string_view rest = std::string_view(text).substr(at + kMark.size());
    const auto end = std::ranges::find_if_not(rest, lua::is_name_char) - rest.begin();
    if (after_int && end > 0) return std::string(rest.substr(0, static_cast<std::size_t>(end)));
  }
  return {};
}

bool any_below(const std::vector<std::string>& files, const std::string& directory) {
  return std::ranges::any_of(
      files, [&](const std::string& file) { return file.starts_with(directory + "/"); });
}

}  // namespace

bool BuiltinModule::is_lua() const {
  return sources.size() == 1 && sources.front().ends_with(".lua");
}

Result<std::vector<std::string>> string_list(const lua::Value& value, const std::string& field) {
  if (value.string() != nullptr) return std::vector<std::string>{*value.string()};
  const lua::Table* table = value.table();
  if (table == nullptr) return expected(field, "a string or a list of strings", value);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < table->items.size(); ++i) {
    const std::string* text = table->items[i].string();
    if (text == nullptr)
      return expected(field + "[" + std::to_string(i + 1) + "]", "a string", table->items[i]);
    out.push_back(*text);
  }
  return out;
}

Result<std::vector<BuiltinModule>> builtin_modules(const Rockspec& spec) {
  const lua::Value* value = spec.build.find("modules");
  std::vector<BuiltinModule> modules;
  if (value == nullptr) {
    RS_TRY_ASSIGN(const std::size_t format, format_index(spec.format));
    if (format >= *format_index("3.0")) return modules;
    return fail(Errc::invalid_input,
                "build.modules: is missing",
                "list the modules, or add 'rockspec_format = \"3.0\"' to have them found");
  }
  if (value->table() == nullptr) return expected("build.modules", "a table", *value);
  if (!value->table()->items.empty())
    return fail(
        Errc::invalid_input, "build.modules[1]: has no module name", "write [\"name\"] = \"file\"");
  for (const auto& [name, entry] : value->table()->fields) {
    RS_TRY_ASSIGN(BuiltinModule module,
                  read_builtin(name, entry, field_path("build.modules", name)));
    modules.push_back(std::move(module));
  }
  std::ranges::sort(modules, {}, &BuiltinModule::name);
  return modules;
}

std::string module_target(const BuiltinModule& module) {
  const std::string path = slashes(module.name);
  if (!module.is_lua()) return path + ".so";
  const bool to_init =
      sys::base_name(module.sources.front()) == "init.lua" && !module.name.ends_with(".init");
  return path + (to_init ? "/init.lua" : ".lua");
}

std::string install_target(InstallKind kind, const InstallEntry& entry) {
  const std::string base = sys::base_name(entry.path);
  if (entry.key.empty()) return base;
  if (kind == InstallKind::conf || kind == InstallKind::bin) return entry.key;
  const std::string path = slashes(entry.key);
  return base.ends_with(".lua") ? path + ".lua" : directory_of(path) + base;
}

Faults check_targets(const Rockspec& spec) {
  Targets targets;
  if (spec.build_type == "builtin") {
    if (const auto modules = builtin_modules(spec)) {
      for (const BuiltinModule& module : *modules)
        targets.add((module.is_lua() ? "lua/" : "lib/") + module_target(module),
                    text::join(module.sources, " "),
                    field_path("build.modules", module.name));
    }
  } else if (spec.build_type == "rust-mlua") {
    if (const auto fields = rust_mlua_fields(spec)) {
      for (const auto& [module, library] : fields->modules)
        targets.add("lib/" + slashes(module) + ".so", library, field_path("build.modules", module));
      for (const InstallEntry& entry : fields->include)
        targets.add("lua/" + (entry.key.empty() ? entry.path : entry.key),
                    entry.path,
                    field_path("build.include", entry.path));
    }
  }
  add_install(targets, InstallKind::lua, "lua", spec.install.lua);
  add_install(targets, InstallKind::lib, "lib", spec.install.lib);
  add_install(targets, InstallKind::conf, "conf", spec.install.conf);
  add_install(targets, InstallKind::bin, "bin", spec.install.bin);
  return std::move(targets).take();
}

std::vector<BuiltinModule> detect_modules(
    const std::vector<std::string>& files,
    const std::function<std::string(const std::string&)>& read) {
  std::string prefix;
  for (const char* parent : {"src", "lua", "lib"}) {
    if (!any_below(files, parent)) continue;
    prefix = std::string(parent) + "/";
    break;
  }
  std::map<std::string, BuiltinModule> found;
  for (const std::string& file : files) {
    if (!file.starts_with(prefix)) continue;
    const std::string inside = file.substr(prefix.size());
    const bool skipped =
        std::ranges::find(kSkipped, inside.substr(0, inside.find('/'))) != std::end(kSkipped);
    const bool is_c = inside.ends_with(".c");
    if (skipped || (!is_c && !inside.ends_with(".lua"))) continue;
    std::string name = is_c ? open_name(read(file)) : "";
    if (name.empty()) name = lua::path_to_module(inside.substr(0, inside.rfind('.')) + ".lua");
    if (!lua::module_to_path(name)) continue;
    BuiltinModule module;
    module.name = name;
    module.sources = {file};
    found.insert_or_assign(name, std::move(module));
  }
  std::vector<BuiltinModule> modules;
  for (auto& [name, module] : found)
    modules.push_back(std::move(module));
  return modules;
}

std::vector<std::string> detect_commands(const std::vector<std::string>& files) {
  const std::string directory = any_below(files, "src/bin") ? "src/bin/" : "bin/";
  std::set<std::string> commands;
  for (const std::string& file : files)
    if (file.starts_with(directory) && file.find('/', directory.size()) == file.npos)
      commands.insert(file);
  return {commands.begin(), commands.end()};
}

}  // namespace rockstage::rock
