#include "lua/abi.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace rockstage::lua {
namespace {

Family family_of(Lua lua) {
  switch (lua) {
    case Lua::luajit:
    case Lua::openresty:
    case Lua::lua51:
      return Family::lua51;
    case Lua::lua55:
      return Family::lua55;
    default:
      return Family::lua52_54;
  }
}

bool is_lua_name(std::string_view name) {
  if (name.starts_with("lua_") || name.starts_with("luaL_") || name.starts_with("luaJIT_")
      || name.starts_with("luaopen_"))
    return true;
  return name.starts_with("_Z") && name.find("lua_State") != name.npos;  // Luau is C++
}

/// The one family that the code speaks for; nullopt for none. `mixed` is set where there are two.
std::optional<Family> family_in(const CodeFacts& code, bool& mixed) {
  for (const auto* counts : {&code.strong, &code.supporting}) {
    const auto hits = std::ranges::count_if(*counts, [](auto count) { return count > 0; });
    mixed = hits > 1;
    if (hits == 1) {
      const auto at = std::ranges::find_if(*counts, [](auto count) { return count > 0; });
      return static_cast<Family>(at - counts->begin());
    }
    if (mixed) return std::nullopt;
  }
  return std::nullopt;
}

const char* family_name(Family family) {
  switch (family) {
    case Family::lua51:
      return "Lua 5.1 or LuaJIT";
    case Family::lua52_54:
      return "Lua 5.2 to 5.4";
    case Family::lua55:
      return "Lua 5.5";
    case Family::luau:
      return "Luau";
  }
  return "another Lua";
}

std::string name_of(Lua lua) {
  if (lua == Lua::luajit) return "LuaJIT";
  if (lua == Lua::openresty) return "OpenResty's LuaJIT";
  return "Lua " + to_string(lua);
}

/// The Luas that export all of `names`.
std::vector<Lua> with_symbols(const std::vector<std::string>& names) {
  std::vector<Lua> out;
  for (const auto lua : kAllLuas)
    if (std::ranges::all_of(names, [&](const auto& name) { return exports_symbol(lua, name); }))
      out.push_back(lua);
  return out;
}

bool has(const std::vector<Lua>& luas, Lua lua) {
  return std::ranges::find(luas, lua) != luas.end();
}

/// In words, for a message.
std::string built_for(const std::vector<std::string>& names, std::optional<Family> family) {
  if (std::ranges::any_of(names, [](const auto& name) { return name.starts_with("_Z"); }))
    return family_name(Family::luau);
  auto luas = with_symbols(names);
  if (family) {
    const bool some = std::ranges::any_of(luas, [&](Lua lua) { return family_of(lua) == *family; });
    if (!some) return family_name(*family);
    std::erase_if(luas, [&](Lua lua) { return family_of(lua) != *family; });
  }
  if (luas.empty()) return "another Lua";
  if (has(luas, Lua::lua51) && has(luas, Lua::luajit)) return family_name(Family::lua51);
  if (luas.size() == 1) return name_of(luas.front());
  if (has(luas, Lua::luajit)) return name_of(Lua::luajit);
  if (luas.back() == Lua::lua55) return name_of(luas.front()) + " or later";
  return name_of(luas.front()) + " to " + to_string(luas.back());
}

int version_number(Lua lua) {
  switch (lua) {
    case Lua::lua52:
      return 502;
    case Lua::lua53:
      return 503;
    case Lua::lua54:
      return 504;
    case Lua::lua55:
      return 505;
    default:
      return 501;
  }
}

/// Undefined names that must be there for the loader; it takes a missing weak one.
std::vector<std::string> demanded(const elf::ElfFacts& facts) {
  std::vector<std::string> out;
  for (const auto& symbol : facts.undefined)
    if (!symbol.weak && is_lua_name(symbol.name)) out.push_back(symbol.name);
  return out;
}

/// What the loader cannot see: pseudo-indices and the version that the module checks for itself.
Verdict judge_code(const std::vector<std::string>& names,
                   const CodeFacts& code,
                   Lua lua,
                   Verdict verdict) {
  bool mixed = false;
  const auto family = family_in(code, mixed);
  if (mixed) {
    verdict.kind = Verdict::Kind::undecidable;
    verdict.reason = "its code has pseudo-indices of more than one Lua";
    return verdict;
  }
  if (family && *family != family_of(lua)) {
    verdict.kind = Verdict::Kind::wrong_indices;
    verdict.built_for = built_for(names, family);
    return verdict;
  }
  const bool checks = std::ranges::find(names, "luaL_checkversion_") != names.end();
  if (checks && code.checked_versions.size() == 1
      && code.checked_versions.front() != version_number(lua)) {
    verdict.kind = Verdict::Kind::wrong_version;
    verdict.built_for = "Lua 5." + std::to_string(code.checked_versions.front() - 500);
    return verdict;
  }
  if (code.scanned) return verdict;
  const auto luas = with_symbols(names);
  const bool one_family =
      std::ranges::all_of(luas, [&](Lua other) { return family_of(other) == family_of(lua); });
  if (!one_family) {
    verdict.kind = Verdict::Kind::undecidable;
    verdict.reason =
        "its symbols are those of several Luas, and code of this processor is not read";
  }
  return verdict;
}

}  // namespace

std::vector<std::string> lua_undefined(const elf::ElfFacts& facts) {
  std::vector<std::string> out;
  for (const auto& symbol : facts.undefined)
    if (is_lua_name(symbol.name)) out.push_back(symbol.name);
  return out;
}

ModuleKind module_kind(const elf::ElfFacts& facts) {
  const bool native = !elf::luaopen_names(facts).empty() || !lua_undefined(facts).empty();
  return native ? ModuleKind::native : ModuleKind::ffi_library;
}

Verdict judge(const elf::ElfFacts& facts,
              const CodeFacts& code,
              Lua lua,
              const KnownExports* exports,
              const std::set<std::string, std::less<>>& staged) {
  Verdict verdict;
  const auto names = demanded(facts);
  if (names.empty()) return verdict;
  verdict.rebuild = to_string(lua);
  for (const auto& name : names) {
    const bool there =
        exports != nullptr ? exports->names.contains(name) : exports_symbol(lua, name);
    if (!there && !staged.contains(name) && !elf::exports_symbol(facts, name))
      verdict.missing.push_back(name);
  }
  if (verdict.missing.empty()) return judge_code(names, code, lua, std::move(verdict));
  bool mixed = false;
  verdict.kind = Verdict::Kind::missing_symbols;
  verdict.built_for = built_for(names, family_in(code, mixed));
  return verdict;
}

std::vector<Lua> fitting(const elf::ElfFacts& facts, const CodeFacts& code) {
  std::vector<Lua> out;
  for (const auto lua : kAllLuas)
    if (judge(facts, code, lua).kind == Verdict::Kind::fits) out.push_back(lua);
  return out;
}

std::optional<std::string> embedded_vm(const elf::ElfFacts& facts, const CodeFacts& code) {
  const bool defines =
      elf::exports_symbol(facts, "lua_gettop") || elf::exports_symbol(facts, "lua_newstate");
  const bool silent = lua_undefined(facts).empty() && !elf::luaopen_names(facts).empty();
  if (!defines && !silent) return std::nullopt;
  if (code.luajit_vm) return "LuaJIT";
  if (code.lua51_vm) return "Lua 5.1";
  if (code.lua52_vm) return "Lua 5.2 or later";
  return defines ? std::optional<std::string>("Lua") : std::nullopt;
}

bool is_vm_library(std::string_view soname) {
  if (!soname.starts_with("liblua")) return false;
  soname.remove_prefix(6);
  if (soname.starts_with("jit")) soname.remove_prefix(3);
  const auto end = soname.find(".so");
  return end != soname.npos
         && soname.substr(0, end).find_first_not_of("-.0123456789") == soname.npos;
}

std::optional<std::string> linked_vm(const elf::ElfFacts& facts) {
  const auto found = std::ranges::find_if(facts.needed, is_vm_library);
  return found == facts.needed.end() ? std::nullopt : std::optional(*found);
}

bool panics_abort(const elf::ElfFacts& facts, bool from_rust) {
  return from_rust && std::ranges::none_of(facts.undefined, [](const auto& symbol) {
           return symbol.name == "_Unwind_RaiseException";
         });
}

}  // namespace rockstage::lua
