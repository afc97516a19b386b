#include "base/text.hpp"
#include "verify/rules/elf_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rockstage::verify {
namespace {

/// "GLIBC_2.34" → ("GLIBC", "2.34"); "GLIBC_ABI_DT_RELR" → ("GLIBC_ABI_DT_RELR", "").
struct VersionName {
  std::string_view space, number;
};

VersionName split_version(std::string_view name) {
  const auto at = name.rfind('_');
  if (at == std::string_view::npos || at + 1 == name.size()) return {name, {}};
  const char first = name[at + 1];
  if (first < '0' || first > '9') return {name, {}};
  return {name.substr(0, at), name.substr(at + 1)};
}

/// The object whose version needs are judged: the module itself, or a library that it brings.
struct Owner {
  const elf::ElfFacts& facts;
  std::string_view library;  ///< empty for the module
};

/// What is known of the library that should define a version.
struct Provider {
  const ElfRecord* record = nullptr;  ///< nullptr where it was not read
  Basis basis = Basis::profile;
};

enum class Answer { there, missing, unknown };

/// The highest version of a name that Debian 11's libraries define, and so those of every
/// distribution with its glibc or a newer one (dpkg's symbols files of bullseye).
struct CommonVersion {
  std::string_view space, number;
};

constexpr std::string_view kOldestLibc = "2.31";
constexpr std::array kCommonVersions = {
    CommonVersion{"GLIBCXX", "3.4.28"},
    CommonVersion{"CXXABI", "1.3.12"},
    CommonVersion{"XCRYPT", "4.4"},
    CommonVersion{"NCURSES6_TINFO", "5.0.19991023"},
    CommonVersion{"ZLIB", "1.2.9"},
    CommonVersion{"XZ", "5.2"},
};

/// From the numbers of the profile, where the library itself was not read.
Answer by_number(const Target& target, const VersionName& name, std::string_view full) {
  const auto& libc = target.libc_version();
  if (full == "GLIBC_PRIVATE") return Answer::missing;
  if (name.space == "GLIBC" || full == "GLIBC_ABI_DT_RELR") {
    if (libc.empty() || target.libc_family() != "glibc") return Answer::unknown;
    const auto wanted = name.space == "GLIBC" ? name.number : std::string_view("2.36");
    return compare_numbers(wanted, libc) <= 0 ? Answer::there : Answer::missing;
  }
  // libgcc_s got its newest names with GCC 7; every supported distribution has them.
  if (name.space == "GCC") return Answer::there;
  if (compare_numbers(libc, kOldestLibc) < 0) return Answer::unknown;
  const auto* known = std::ranges::find(kCommonVersions, name.space, &CommonVersion::space);
  const bool there =
      known != kCommonVersions.end() && compare_numbers(name.number, known->number) <= 0;
  return there ? Answer::there : Answer::unknown;
}

Answer look_up(const Target& target,
               const Owner& owner,
               const Provider& provider,
               const std::string& version) {
  // The C library's own parts fit each other.
  if (version == "GLIBC_PRIVATE" && owner.library.empty()) return Answer::missing;
  if (provider.record != nullptr)
    return std::ranges::binary_search(provider.record->facts.version_definitions, version)
               ? Answer::there
               : Answer::missing;
  return by_number(target, split_version(version), version);
}

/// The versions that one library lacks.
struct Lacking {
  std::vector<const elf::VersionNeed*> needs;
  bool unversioned = false;  ///< the library defines no versions at all
};

/// The highest of them, by number.
const elf::VersionNeed& highest(const std::vector<const elf::VersionNeed*>& needs) {
  return **std::ranges::max_element(needs, [](const auto* a, const auto* b) {
    return compare_numbers(split_version(a->version).number, split_version(b->version).number) < 0;
  });
}

/// Strong users of all of them before weak ones, each sorted.
std::vector<std::string> users(const std::vector<const elf::VersionNeed*>& needs, bool& weak_only) {
  std::set<std::string> strong, weak;
  for (const auto* need : needs) {
    strong.insert(need->strong_users.begin(), need->strong_users.end());
    weak.insert(need->weak_users.begin(), need->weak_users.end());
  }
  weak_only = strong.empty() && !weak.empty();
  std::vector<std::string> all(strong.begin(), strong.end());
  all.insert(all.end(), weak.begin(), weak.end());
  return all;
}

std::string brief(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  const auto shown = std::min(names.size(), kShown);
  auto text = text::join(std::span(names).first(shown), ", ");
  if (names.size() > shown) text += " (+" + std::to_string(names.size() - shown) + ")";
  return text;
}

/// The highest version of a space that a library defines.
std::string newest(const ElfRecord& record, std::string_view space) {
  std::string best;
  for (const auto& name : record.facts.version_definitions) {
    const auto split = split_version(name);
    if (split.space == space && !split.number.empty() && compare_numbers(split.number, best) > 0)
      best = split.number;
  }
  return best;
}

/// "needs glibc 2.39 for pidfd_spawnp, the runtime has 2.36".
std::string message_of(const std::string& library,
                       const elf::VersionNeed& top,
                       const std::string& symbols,
                       const std::string& has) {
  const auto name = split_version(top.version);
  std::string text = "needs ";
  if (top.version == "GLIBC_PRIVATE")
    return text + "private symbols of glibc" + (symbols.empty() ? "" : " (" + symbols + ")")
           + ", which fit one build of it only";
  if (name.space == "GLIBC")
    text += "glibc " + std::string(name.number);
  else
    text += top.version + " from " + library;
  if (!symbols.empty()) text += " for " + symbols;
  text += ", the runtime ";
  return text + (has.empty() ? "lacks it" : "has " + has);
}

std::string fix_of(const elf::VersionNeed& top) {
  const auto name = split_version(top.version);
  if (top.version == "GLIBC_ABI_DT_RELR") return "drop the linker's flag -z pack-relative-relocs";
  if (name.space == "GLIBCXX" || name.space == "CXXABI")
    return "build the C++ dependencies on the runtime's distribution or an older one";
  return "build on the runtime's distribution or an older one";
}

/// What the runtime has in place of a version that it lacks; empty when that is not known.
std::string offered(const Target& target, const Provider& provider, std::string_view space) {
  if (provider.record != nullptr) return newest(*provider.record, space);
  return space == "GLIBC" ? target.libc_version() : std::string();
}

void report(const ElfCase& judged,
            const Owner& owner,
            const std::string& library,
            const Provider& provider,
            const Lacking& lacking) {
  const auto& top = highest(lacking.needs);
  bool weak_only = false;
  auto symbols = users(lacking.needs, weak_only);
  const auto has = offered(judged.context.target, provider, split_version(top.version).space);
  auto message = message_of(library, top, brief(symbols) + (weak_only ? " (weak only)" : ""), has);
  if (lacking.unversioned)
    message = "needs versions of " + library + ", which has none: the loader ends the process";
  if (!owner.library.empty()) message += " (through " + std::string(owner.library) + ")";
  auto& finding = judged.out.refuse(rules::elf_glibc_version, message, fix_of(top), provider.basis);
  auto& evidence = finding.evidence;
  if (!owner.library.empty()) evidence["required_by"] = std::string(owner.library);
  evidence["library"] = library;
  evidence["version"] = top.version;
  evidence["weak_only"] = weak_only;
  if (!has.empty()) evidence["target_version"] = has;
  std::vector<std::string> versions;
  std::vector<const elf::VersionNeed*> strong;
  for (const auto* need : lacking.needs) {
    versions.push_back(need->version);
    if (!need->strong_users.empty()) strong.push_back(need);
  }
  if (!strong.empty()) evidence["strong_version"] = highest(strong).version;
  evidence["versions"] = std::move(versions);
  evidence["symbols"] = std::move(symbols);
}

Provider provider_of(const ElfCase& judged, const std::string& library) {
  const auto& target = judged.context.target;
  Provider provider{nullptr, target.libc_basis()};
  const auto use = [&](const FoundLibrary& found) { provider = {found.record, found.basis}; };
  if (const auto* found = judged.closure.find(library)) {
    use(*found);
  } else if (const auto loaded =
                 target.find_library(library, requester_of(judged.context, judged.file))) {
    // Named in the version needs only: another object has brought it.
    if (loaded->usable()) use(*loaded);
  }
  return provider;
}

/// A version that only weak symbols want, and that is marked so, is left out by the loader.
bool is_waived(const elf::VersionNeed& need) {
  return need.weak_flag && need.strong_users.empty();
}

/// The versions that one object needs, library by library.
void check_owner(const ElfCase& judged, const Owner& owner) {
  std::map<std::string, std::vector<const elf::VersionNeed*>> by_library;
  for (const auto& need : owner.facts.version_needs)
    if (!is_waived(need)) by_library[need.library].push_back(&need);

  for (const auto& [library, needs] : by_library) {
    if (knows_libraries(judged.context.target) && judged.closure.lacks(library))
      continue;  // elf-needed
    const auto provider = provider_of(judged, library);
    const bool unversioned =
        provider.record != nullptr && provider.record->facts.version_definitions.empty();
    bool unknown = false;
    std::map<std::string, Lacking> by_space;
    for (const auto* need : needs) {
      const auto answer = look_up(judged.context.target, owner, provider, need->version);
      unknown |= answer == Answer::unknown;
      if (answer != Answer::missing) continue;
      auto& group = by_space[std::string(split_version(need->version).space)];
      group.needs.push_back(need);
      group.unversioned = unversioned;
    }
    for (const auto& [space, group] : by_space)
      report(judged, owner, library, provider, group);
    if (unknown)
      judged.sink.not_judged(rules::elf_glibc_version,
                             judged.file.path,
                             "it is not known which versions " + library + " of the runtime has");
  }
}

}  // namespace

int compare_numbers(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const auto take = [](std::string_view& text) {
      const auto dot = std::min(text.find('.'), text.size());
      std::uint64_t value = 0;
      std::from_chars(text.data(), text.data() + dot, value);
      text.remove_prefix(std::min(dot + 1, text.size()));
      return value;
    };
    const auto x = take(a), y = take(b);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

void check_elf_libc(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const auto& family = judged.context.target.libc_family();
  const auto basis = judged.context.target.libc_basis();
  if (judged.out.has(rules::elf_machine)) return;
  const auto first = [&](bool (*test)(std::string_view)) {
    const auto found = std::ranges::find_if(elf.needed, test);
    return found == elf.needed.end() ? std::string() : *found;
  };
  auto glibc = first(is_glibc_name);
  for (const auto& need : elf.version_needs)
    if (glibc.empty() && need.version.starts_with("GLIBC_")) glibc = need.library;
  const auto musl = first(is_musl_name);
  if (family.empty()) {
    if (!glibc.empty() || !musl.empty())
      judged.sink.not_judged(
          rules::elf_libc, judged.file.path, "the profile does not say which libc the runtime has");
    return;
  }
  const bool wrong = family == "musl" ? !glibc.empty() : !musl.empty();
  if (!wrong) return;
  const bool for_musl = family == "musl";
  auto& finding = judged.out.refuse(rules::elf_libc,
                                    for_musl ? "is built for glibc, the runtime is musl"
                                             : "is built for musl, the runtime is glibc",
                                    "rebuild with --target " + judged.context.target.machine()
                                        + "-unknown-linux-" + (for_musl ? "musl" : "gnu"),
                                    basis);
  finding.evidence["library"] = for_musl ? glibc : musl;
  finding.evidence["libc"] = family;
}

void check_elf_versions(const ElfCase& judged) {
  const auto& context = judged.context;
  if (context.target.libc_family() == "musl" || judged.out.has(rules::elf_machine)) return;
  if (judged.out.has(rules::elf_libc)) return;
  check_owner(judged, {judged.elf(), {}});
  for (const auto& library : judged.closure.libraries)
    // What the program itself has loaded is there already.
    if (library.found.record != nullptr && !context.target.host_loads(library.soname))
      check_owner(judged, {library.found.record->facts, library.soname});
}

}  // namespace rockstage::verify
