#include "base/text.hpp"
#include "lua/abi.hpp"
#include "verify/rules/elf_rules.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

using Listed = std::map<std::string, ListedModule, std::less<>>;

bool has(const std::vector<std::string>& sorted, const std::string& name) {
  return std::ranges::binary_search(sorted, name);
}

/// `x/deep.probe.so`: no require ever looks there.
bool has_dots(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.size() - 3).find('.') != std::string_view::npos;
}

/// `a.so` may hold `luaopen_a_b` for require "a.b", and no luaopen_a.
bool is_all_in_one(const std::string& module, const std::vector<std::string>& opens) {
  if (module.find('.') != std::string::npos) return false;
  const auto prefix = "luaopen_" + module + "_";
  return std::ranges::any_of(opens, [&](const auto& name) { return name.starts_with(prefix); });
}

/// The wrapper that `require` opens instead of the library: the Lua file of the same module.
bool has_wrapper(const Context& context, const ListedModule& listed, const std::string& module) {
  const auto place = text::replace_all(module, ".", "/");
  return context.resolver.resolve(deployed_path(*listed.tree, place + ".lua")) != tree::kNoPath
         || context.resolver.resolve(deployed_path(*listed.tree, place + "/init.lua"))
                != tree::kNoPath;
}

void check_ffi_library(const ElfCase& judged, const Listed& listed) {
  const auto found = listed.find(judged.file.path);
  if (found == listed.end()) return;
  const auto& module = judged.file.module;
  if (has_wrapper(judged.context, found->second, module)) return;
  auto& finding =
      judged.out.refuse(rules::lua_open_symbol,
                        "is an FFI library: require \"" + module + "\" cannot load it",
                        "stage " + text::replace_all(module, ".", "/") + ".lua beside it",
                        judged.out.own_basis());
  finding.evidence["module"] = module;
}

void check_hyphens(const ElfCase& judged, const std::vector<std::string>& opens) {
  const auto names = lua::open_names(judged.file.module, lua::Lua::lua54);
  if (names.size() < 2 || !std::ranges::all_of(names, [&](const auto& n) { return has(opens, n); }))
    return;
  auto& finding = judged.out.add(rules::lua_open_symbol,
                                 Severity::warning,
                                 "exports " + names[0] + " and " + names[1]
                                     + ": Lua 5.1 opens the second, Lua 5.2 and later the first",
                                 "export one of them",
                                 judged.out.own_basis());
  finding.evidence["symbols"] = names;
}

}  // namespace

void check_lua_open_symbol(const ElfCase& judged, const Listed& listed) {
  const auto& file = judged.file;
  if (file.module.empty() || !file.path.ends_with(".so")) return;
  const auto opens = elf::luaopen_names(judged.elf());
  if (opens.empty()) {
    // Only a library whose undefined symbols are known can be told from a native module.
    if (!file.scanned) return;
    if (lua::module_kind(judged.elf()) == lua::ModuleKind::ffi_library) {
      check_ffi_library(judged, listed);
      return;
    }
  }
  if (has_dots(file.path)) {
    auto& finding = judged.out.refuse(
        rules::lua_open_symbol,
        "has dots in its name: require \"" + file.module + "\" looks for a file in a directory",
        "stage it as " + text::replace_all(file.module, ".", "/") + ".so",
        judged.out.own_basis());
    finding.evidence["module"] = file.module;
    return;
  }
  const auto names = lua::open_names(file.module, judged.context.target.lua());
  const bool opened = std::ranges::any_of(names, [&](const auto& n) { return has(opens, n); });
  if (opened || is_all_in_one(file.module, opens)) {
    check_hyphens(judged, opens);
    return;
  }
  auto& finding = judged.out.refuse(
      rules::lua_open_symbol,
      "is looked up as " + names.front() + " by require \"" + file.module + "\", but exports "
          + (opens.empty() ? "no luaopen_ function" : text::join(opens, ", ")),
      opens.empty() ? "export " + names.front()
                    : "rename the file, or the module's function to " + names.front(),
      judged.context.target.lua_basis());
  finding.evidence["module"] = file.module;
  finding.evidence["wanted"] = names;
  finding.evidence["symbols"] = opens;
}

}  // namespace rockstage::verify
