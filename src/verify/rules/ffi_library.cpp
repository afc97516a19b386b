#include "lua/abi.hpp"
#include "verify/rules/elf_rules.hpp"
#include "verify/rules/ffi_host_names.hpp"
#include "verify/rules/lua_rules.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// The file names that `ffi.load(name)` and a walk along package.cpath try (lib_ffi.c, lj_clib.c).
std::vector<std::string> names_of_load(std::string_view name) {
  const auto base = std::string(base_name(name));
  if (base.find('.') != std::string::npos) return {base, "lib" + base};
  return {base + ".so", "lib" + base + ".so"};
}

/// What a script could load, by file name.
std::set<std::string> loaded_names(const lua::ScriptFacts& script) {
  std::set<std::string> names;
  for (const auto& load : script.ffi_loads)
    for (auto& name : names_of_load(load.name))
      names.insert(std::move(name));
  for (const auto& text : script.strings)
    names.insert(std::string(base_name(text)));
  return names;
}

/// The libraries of the subject by file name.
using ByName = std::multimap<std::string, const ModuleFile*, std::less<>>;

ByName by_name(const Modules& modules) {
  ByName files;
  for (const auto& file : modules.libraries) {
    files.emplace(std::string(base_name(file.path)), &file);
    if (file.has_elf() && !file.facts->elf->facts.soname.empty()
        && file.facts->elf->facts.soname != base_name(file.path))
      files.emplace(file.facts->elf->facts.soname, &file);
  }
  return files;
}

/// Loaded by a script, or NEEDED by another library.
std::set<const ModuleFile*> used_libraries(const Modules& modules, const ByName& files) {
  std::set<const ModuleFile*> used;
  const auto use = [&](const std::string& name) {
    for (auto [at, end] = files.equal_range(name); at != end; ++at)
      used.insert(at->second);
  };
  for (const auto& script : modules.scripts)
    for (const auto& name : loaded_names(*script.facts->script))
      use(name);
  for (const auto& library : modules.libraries)
    if (library.has_elf())
      for (const auto& name : library.facts->elf->facts.needed)
        use(name);
  return used;
}

bool is_ffi_library(const ModuleFile& file) {
  return file.scanned && file.has_elf()
         && lua::module_kind(file.facts->elf->facts) == lua::ModuleKind::ffi_library;
}

Basis own_basis(const Context& context) {
  return context.is_image() ? Basis::image : context.target.libc_basis();
}

void check_unused(const Context& context, const Modules& modules, const ByName& files, Sink& sink) {
  const auto used = used_libraries(modules, files);
  const auto manifests = read_manifests(context);
  const auto listed = listed_modules(manifests);
  for (const auto& file : modules.libraries) {
    if (!is_ffi_library(file) || used.contains(&file) || !is_for_target(file, context)) continue;
    // A module without its wrapper is lua-open-symbol's.
    if (listed.contains(file.path) && !file.module.empty()) continue;
    if (!modules.unread.empty()) {
      sink.not_judged(rules::ffi_library_unused, modules.unread.front().path, kTooLong);
      continue;
    }
    auto finding = context.finding(rules::ffi_library_unused, file.id, file.origin);
    finding.severity = Severity::warning;
    finding.message = file.path + " is an FFI library that no staged Lua file loads";
    finding.fix = "stage its Lua wrapper, or leave the library out";
    finding.evidence["basis"] = std::string(to_string(own_basis(context)));
    sink.add(std::move(finding));
  }
}

/// Where the functions that a script declares may come from.
struct Origins {
  std::vector<const ModuleFile*> ours;
  std::vector<const ElfRecord*> records;
  bool complete = true;  ///< every library was read
};

void add_system_library(const Context& context, const std::string& load, Origins& origins) {
  const elf::ElfFacts program;  // ffi.load is called by the interpreter, which has no run path
  for (const auto& name : names_of_load(load)) {
    const auto found = context.target.find_library(name, {.facts = &program, .directory = "/"});
    if (!found || found->record == nullptr) continue;
    origins.records.push_back(found->record);
    return;
  }
  origins.complete = false;
}

Origins origins_of(const Context& context, const lua::ScriptFacts& script, const ByName& files) {
  Origins origins;
  std::set<const ModuleFile*> seen;
  for (const auto& name : loaded_names(script))
    for (auto [at, end] = files.equal_range(name); at != end; ++at)
      if (at->second->has_elf() && seen.insert(at->second).second)
        origins.ours.push_back(at->second);
  for (const auto* file : origins.ours) {
    origins.records.push_back(file->facts->elf.get());
    for (const auto& library : needed_closure(context, *file).libraries)
      if (library.found.record != nullptr) origins.records.push_back(library.found.record);
  }
  for (const auto& load : script.ffi_loads) {
    const auto names = names_of_load(load.name);
    const bool ours = std::ranges::any_of(names, [&](const auto& n) { return files.contains(n); });
    if (!ours && !origins.ours.empty()) add_system_library(context, load.name, origins);
  }
  return origins;
}

bool is_defined(const Context& context, const Origins& origins, const std::string& name) {
  if (is_host_function(name)) return true;
  const auto* exports = context.target.lua_exports();
  if (exports != nullptr && exports->names.contains(name)) return true;
  return std::ranges::any_of(origins.records,
                             [&](const auto* record) { return record->symbols.contains(name); });
}

/// The names of one script that its own library does not export.
void check_script(const Context& context,
                  const ModuleFile& script,
                  const ByName& files,
                  Sink& sink) {
  const auto& facts = *script.facts->script;
  if (facts.cdefs.empty()) return;
  const auto origins = origins_of(context, facts, files);
  if (origins.ours.empty()) return;
  if (!origins.complete) {
    sink.not_judged(
        rules::ffi_symbol, script.path, "it also loads a library of the runtime that was not read");
    return;
  }
  std::vector<std::string> missing;
  for (const auto& declared : facts.cdefs)
    if (!declared.optional && !is_defined(context, origins, declared.name)
        && std::ranges::find(missing, declared.name) == missing.end())
      missing.push_back(declared.name);
  if (missing.empty()) return;
  const auto& library = *origins.ours.front();
  auto finding = context.finding(rules::ffi_symbol, script.id, script.origin);
  finding.severity = Severity::error;
  finding.message = script.path + " declares " + missing.front()
                    + (missing.size() > 1 ? " (+" + std::to_string(missing.size() - 1) + ")" : "")
                    + ", which " + library.path + " does not export";
  finding.fix = "export it with #[unsafe(no_mangle)], or drop the declaration";
  finding.evidence["basis"] = std::string(to_string(own_basis(context)));
  finding.evidence["library"] = library.path;
  finding.evidence["symbols"] = std::move(missing);
  sink.add(std::move(finding));
}

}  // namespace

void check_ffi_libraries(const Context& context, Sink& sink) {
  const auto modules = find_modules(context);
  const auto files = by_name(modules);
  check_unused(context, modules, files, sink);
  if (!lua::is_luajit(context.target.lua())) return;  // no other Lua has ffi: lua-require says so
  for (const auto& script : modules.unread)
    if (is_for_target(script, context)) sink.not_judged(rules::ffi_symbol, script.path, kTooLong);
  for (const auto& script : modules.scripts)
    if (is_for_target(script, context) && !script.module.empty())
      check_script(context, script, files, sink);
}

}  // namespace rockstage::verify
