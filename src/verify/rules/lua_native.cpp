#include "lua/abi.hpp"
#include "verify/rules/elf_rules.hpp"
#include "verify/rules/lua_rules.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

/// What the code says, as a record.
void put_code(const lua::CodeFacts& code, Evidence& evidence) {
  constexpr std::array<const char*, lua::kFamilies> kNames = {"5.1", "5.2-5.4", "5.5", "luau"};
  for (std::size_t i = 0; i < lua::kFamilies; ++i)
    if (code.strong[i] > 0)
      evidence[std::string("pseudo_indices_") + kNames[i]] = std::int64_t{code.strong[i]};
  if (code.checked_versions.empty()) return;
  std::vector<std::string> versions;
  for (const int version : code.checked_versions)
    versions.push_back(std::to_string(version));
  evidence["checked_versions"] = std::move(versions);
}

std::string message_of(const lua::Verdict& verdict, lua::Lua lua) {
  const auto runtime = lua_title(lua);
  const auto built = verdict.built_for.empty() ? std::string("another Lua") : verdict.built_for;
  switch (verdict.kind) {
    case lua::Verdict::Kind::missing_symbols: {
      std::string text = "is built for " + built + ", the runtime is " + runtime;
      if (verdict.missing.empty()) return text;
      text += "; first missing: " + verdict.missing.front();
      if (verdict.missing.size() > 1)
        text += " (+" + std::to_string(verdict.missing.size() - 1) + ")";
      return text;
    }
    case lua::Verdict::Kind::wrong_indices:
      return "loads, then crashes: its pseudo-indices are those of " + built + ", the runtime is "
             + runtime;
    default:
      return "checks for " + built + " at load time, the runtime is " + runtime;
  }
}

void check_abi(const ElfCase& judged) {
  const auto& context = judged.context;
  const auto lua = context.target.lua();
  std::set<std::string, std::less<>> staged;
  for (const auto& library : judged.closure.libraries)
    if (const auto* record = library.found.record; record != nullptr)
      staged.insert(record->facts.exports.begin(), record->facts.exports.end());
  const auto verdict =
      lua::judge(judged.elf(), judged.record().code, lua, context.target.lua_exports(), staged);
  if (verdict.kind == lua::Verdict::Kind::fits) return;
  if (verdict.kind == lua::Verdict::Kind::undecidable) {
    judged.sink.not_judged(rules::lua_abi, judged.file.path, verdict.reason);
    return;
  }
  auto& finding = judged.out.refuse(rules::lua_abi,
                                    message_of(verdict, lua),
                                    "rebuild with --lua " + lua::to_string(lua),
                                    context.target.lua_basis());
  finding.evidence["built_for"] = verdict.built_for;
  finding.evidence["runtime"] = lua::to_string(lua);
  if (!verdict.missing.empty()) finding.evidence["symbols"] = verdict.missing;
  put_code(judged.record().code, finding.evidence);
}

void check_linked_vm(const ElfCase& judged) {
  const auto& own = judged.context.target.profile().lua_library;
  for (const auto& soname : judged.elf().needed) {
    if (!lua::is_vm_library(soname)) continue;
    // The Lua program itself runs on this very library.
    if (own.ends_with("/" + soname) || own == soname) continue;
    auto& finding =
        judged.out.refuse(rules::lua_linked_vm,
                          "links a Lua of its own (NEEDED " + soname + ")",
                          "build without linking Lua: mlua's feature module, or drop -llua",
                          judged.out.own_basis());
    finding.evidence["library"] = soname;
  }
}

/// std's own unwinding code is linked into every cdylib, and asks libgcc_s for both names; it is
/// told by them where `.comment` was removed or lies out of reach.
bool imports_of_std(const elf::ElfFacts& elf) {
  const auto imports = [&elf](std::string_view name) {
    return std::ranges::any_of(elf.undefined, [name](const auto& u) { return u.name == name; });
  };
  return imports("_Unwind_Backtrace") && imports("_Unwind_GetDataRelBase");
}

bool is_from_rust(const elf::ElfFacts& elf) {
  const auto is_rustc = [](const std::string& text) { return text.starts_with("rustc version"); };
  return elf.has_dep_v0 || std::ranges::any_of(elf.comments, is_rustc) || imports_of_std(elf);
}

void check_panic(const ElfCase& judged) {
  const auto& elf = judged.elf();
  if (!lua::is_luajit(judged.context.target.lua())) return;
  // A static unwinder, as on musl, leaves nothing that could be told.
  if (std::ranges::none_of(elf.needed, [](const auto& n) { return n == "libgcc_s.so.1"; })) return;
  if (!lua::panics_abort(elf, is_from_rust(elf))) return;
  // Lua errors pass through native modules only.
  const bool ffi = lua::lua_undefined(elf).empty();
  judged.out.add(
      rules::lua_panic_abort,
      ffi ? Severity::note : Severity::error,
      ffi ? "is built with panic=abort: no panic in it can be caught, each ends the process"
          : "is built with panic=abort: the first Lua error it raises ends the process",
      ffi ? "set panic = \"unwind\" for this profile, and catch_unwind in what it exports"
          : "set panic = \"unwind\" for this profile",
      judged.context.target.lua_basis());
}

}  // namespace

std::string lua_title(lua::Lua lua) {
  if (lua == lua::Lua::luajit) return "LuaJIT";
  if (lua == lua::Lua::openresty) return "OpenResty's LuaJIT";
  return "Lua " + lua::to_string(lua);
}

void check_lua_module(const ElfCase& judged) {
  const auto& record = judged.record();
  check_linked_vm(judged);
  if (const auto vm = lua::embedded_vm(record.facts, record.code)) {
    auto& finding = judged.out.add(rules::lua_embedded_vm,
                                   Severity::error,
                                   "contains a Lua VM of its own (" + *vm + ")",
                                   "use mlua's feature module instead of vendored",
                                   judged.out.own_basis());
    finding.evidence["vm"] = *vm;
    return;
  }
  if (!judged.file.scanned) return;
  check_abi(judged);
  check_panic(judged);
}

}  // namespace rockstage::verify
