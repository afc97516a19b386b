#include "report/inspect.hpp"

#include "cli/commands/commands.hpp"
#include "elf/elf_file.hpp"
#include "lua/abi.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <span>

namespace rockstage::cli {
namespace {

constexpr std::uint16_t kExecutable = 2;    // ET_EXEC
constexpr std::uint16_t kSharedObject = 3;  // ET_DYN

/// "GLIBC_2.34" → {2, 34}; empty for other names (GLIBC_PRIVATE, GCC_3.0).
std::vector<int> glibc_version(std::string_view name) {
  constexpr std::string_view kNamespace = "GLIBC_";
  if (!name.starts_with(kNamespace)) return {};
  std::vector<int> out;
  const char* at = name.data() + kNamespace.size();
  const char* const end = name.data() + name.size();
  while (at != end) {
    int part = 0;
    const auto [next, error] = std::from_chars(at, end, part);
    if (error != std::errc()) return {};
    out.push_back(part);
    at = next == end ? end : next + 1;
    if (next != end && *next != '.') return {};
  }
  return out;
}

/// The glibc versions that an object wants. glibc lets a missing one pass only where its record is
/// flagged weak and nothing but weak symbols want it (elf/dl-version.c).
void set_floors(const elf::ElfFacts& facts, report::InspectedFile& out) {
  const elf::VersionNeed* floor = nullptr;
  const elf::VersionNeed* strong = nullptr;
  const auto higher = [](const elf::VersionNeed& need, const elf::VersionNeed* than) {
    const auto version = glibc_version(need.version);
    return !version.empty() && (than == nullptr || version > glibc_version(than->version));
  };
  for (const auto& need : facts.version_needs) {
    if ((!need.weak_flag || !need.strong_users.empty()) && higher(need, floor)) floor = &need;
    if (!need.strong_users.empty() && higher(need, strong)) strong = &need;
  }
  if (strong != nullptr) out.strong_floor = strong->version;
  if (floor == nullptr) return;
  out.floor = floor->version;
  std::set<std::string> users;
  for (const auto& need : facts.version_needs) {
    if (need.version != floor->version) continue;
    users.insert(need.strong_users.begin(), need.strong_users.end());
    users.insert(need.weak_users.begin(), need.weak_users.end());
  }
  out.floor_symbols.assign(users.begin(), users.end());
}

std::string libc_of(const elf::ElfFacts& facts) {
  const auto is_musl = [](std::string_view name) {
    return name == "libc.so" || name.starts_with("libc.musl-") || name.starts_with("ld-musl-");
  };
  const auto is_glibc = [](std::string_view name) {
    return name == "libc.so.6" || name.starts_with("ld-linux") || name.starts_with("ld64.so.");
  };
  auto names = facts.needed;
  names.push_back(sys::base_name(facts.interpreter));
  if (std::ranges::any_of(names, is_musl)) return "musl";
  const auto wants_glibc = [](const elf::VersionNeed& need) {
    return need.version.starts_with("GLIBC_");
  };
  if (std::ranges::any_of(names, is_glibc) || std::ranges::any_of(facts.version_needs, wants_glibc))
    return "glibc";
  return {};
}

std::string kind_of(const elf::ElfFacts& facts, const std::string& path) {
  // libc.so.6 has an interpreter too; a program has no name for others to need.
  const bool program = facts.type == kExecutable || facts.pie
                       || (!facts.interpreter.empty() && facts.soname.empty());
  if (program) return "executable";
  if (lua::module_kind(facts) == lua::ModuleKind::native) return "native-module";
  // A version behind `.so` is what the linker wants, never `require` or a wrapper.
  const bool versioned = sys::base_name(path).find(".so.") != std::string::npos;
  return versioned ? "library" : "ffi-library";
}

std::string rustc_of(const elf::ElfFacts& facts) {
  constexpr std::string_view kMark = "rustc version ";
  for (const auto& comment : facts.comments) {
    const auto at = comment.find(kMark);
    if (at == std::string::npos) continue;
    const auto version = comment.substr(at + kMark.size());
    return version.substr(0, version.find(' '));
  }
  return {};
}

/// Which Luas take a native module, and why not the others.
void set_lua(const elf::ElfFacts& facts, const lua::CodeFacts& code, report::InspectedFile& out) {
  for (const auto lua : lua::fitting(facts, code))
    out.lua.push_back(lua::to_string(lua));
  for (const auto lua : lua::kAllLuas) {
    const auto verdict = lua::judge(facts, code, lua);
    if (verdict.kind == lua::Verdict::Kind::fits) continue;
    if (verdict.kind == lua::Verdict::Kind::undecidable) out.lua_reason = verdict.reason;
    if (!verdict.built_for.empty()) out.lua_reason = "built for " + verdict.built_for;
    if (out.lua_reason.empty() && !verdict.missing.empty())
      out.lua_reason = fmt::format("{} lacks {}", lua::to_string(lua), verdict.missing.front());
    if (!out.lua_reason.empty()) return;
  }
}

Result<report::InspectedFile> inspect_file(const std::string& path) {
  RS_TRY_ASSIGN(const auto bytes, sys::read_file(path));
  if (bytes.empty())
    return fail(Errc::invalid_input, fmt::format("'{}' is empty", path), "name an ELF object");
  const auto named = [&path](Error error) {
    error.message = fmt::format("'{}': {}", path, error.message);
    return tl::unexpected<Error>(std::move(error));
  };
  auto facts = elf::read_elf(bytes);
  if (!facts) return named(std::move(facts).error());
  if (facts->type != kExecutable && facts->type != kSharedObject)
    return fail(Errc::invalid_input,
                fmt::format("'{}' is neither a shared object nor a program", path),
                "name what the linker made, not an object file");

  lua::CodeScanner scanner;
  const auto all = std::as_bytes(std::span(bytes));
  elf::StreamReader reader(bytes.size(), &scanner);
  reader.feed(all);
  scanner.data(all);
  if (const auto streamed = reader.finish(); !streamed) return named(streamed.error());

  report::InspectedFile out;
  out.path = path;
  out.kind = kind_of(*facts, path);
  out.machine = elf::machine_name(*facts);
  out.bits = facts->bits;
  out.libc = libc_of(*facts);
  if (out.libc == "glibc") set_floors(*facts, out);
  out.needed = facts->needed;
  out.runpath = facts->runpath.value_or(facts->rpath.value_or(""));
  out.exports = elf::luaopen_names(*facts);
  if (out.kind == "native-module") set_lua(*facts, scanner.finish(), out);
  out.rustc = rustc_of(*facts);
  for (const auto& crate : facts->crates)
    out.crates.push_back({crate.name, crate.version});
  return out;
}

}  // namespace

Result<Outcome> command_inspect(Invocation& invocation, Io& /*io*/, Diagnostics& /*diagnostics*/) {
  if (invocation.arguments.empty())
    return fail(Errc::usage, "which file?", "usage: rockstage inspect FILE…");
  std::vector<report::InspectedFile> files;
  for (const auto& path : invocation.arguments) {
    RS_TRY_ASSIGN(auto file, inspect_file(path));
    files.push_back(std::move(file));
  }
  return Outcome{.data = report::inspect_data(files), .text = report::inspect_text(files)};
}

}  // namespace rockstage::cli
