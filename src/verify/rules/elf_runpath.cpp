#include "base/text.hpp"
#include "verify/rules/elf_rules.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

/// What is wrong with one entry; an empty text for nothing.
struct Verdict {
  Severity severity = Severity::warning;
  std::string what;
};

bool is_below(std::string_view path, std::string_view directory) {
  while (directory.size() > 1 && directory.ends_with('/'))
    directory.remove_suffix(1);
  return path.starts_with(directory)
         && (path.size() == directory.size() || path[directory.size()] == '/');
}

bool is_system_directory(std::string_view path) {
  constexpr std::array<std::string_view, 4> kSystem = {"/lib", "/lib64", "/usr/lib", "/usr/lib64"};
  return std::ranges::any_of(kSystem, [path](auto directory) { return is_below(path, directory); });
}

/// True when `directory` with `rest` behind it leads above the root of the subject.
bool escapes(std::string_view directory, std::string_view rest) {
  int depth = 0;
  for (const auto& part : text::split(std::string(directory) + "/" + std::string(rest), '/')) {
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

Verdict judge_entry(const std::string& entry, std::string_view directory, std::string_view prefix) {
  if (entry.empty())
    return {Severity::error, "has an empty entry: the working directory of the process"};
  for (std::string_view origin : {"$ORIGIN", "${ORIGIN}"}) {
    if (!entry.starts_with(origin)) continue;
    const auto rest = std::string_view(entry).substr(origin.size());
    if (!rest.empty() && rest.front() != '/') break;
    if (!escapes(directory, rest)) return {};
    return {Severity::warning, "leads out of the tree with " + entry};
  }
  if (entry.find('$') != std::string::npos)
    return {Severity::warning, "has " + entry + ", which each distribution reads in its own way"};
  if (entry.front() != '/')
    return {Severity::error, "has " + entry + ", a place below the process's working directory"};
  const bool ours = is_below(entry, prefix) || is_system_directory(entry);
  return {ours ? Severity::warning : Severity::error, "searches " + entry};
}

}  // namespace

void check_elf_runpath(const ElfCase& judged) {
  const auto& elf = judged.elf();
  // With a RUNPATH the loader does not look at RPATH.
  const bool run = elf.runpath.has_value();
  const auto& paths = run ? elf.runpath : elf.rpath;
  if (!paths) return;
  Verdict worst;
  for (const auto& entry : text::split(*paths, ':')) {
    auto verdict = judge_entry(entry, judged.file.directory, judged.context.request.prefix);
    if (verdict.what.empty()) continue;
    if (worst.what.empty() || verdict.severity > worst.severity) worst = std::move(verdict);
  }
  if (worst.what.empty()) return;
  auto& finding =
      judged.out.add(rules::elf_runpath,
                     worst.severity,
                     std::string("has a ") + (run ? "RUNPATH" : "RPATH") + " that " + worst.what,
                     "remove the flags -rpath and libdirs; only $ORIGIN inside the tree is allowed",
                     judged.out.own_basis());
  finding.evidence["runpath"] = *paths;
}

}  // namespace rockstage::verify
