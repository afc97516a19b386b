// How a library is found: the loaders' own orders (glibc, elf/dl-load.c; musl, ldso/dynlink.c).
#include "base/text.hpp"
#include "verify/target.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

constexpr std::size_t kMostDirectories = 64;  // of one run path

/// Names that musl's loader takes as itself (ldso/dynlink.c, load_library).
bool is_musl_itself(std::string_view soname) {
  constexpr std::array<std::string_view, 7> kNames = {
      "libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet."};
  return std::ranges::any_of(kNames, [&](auto name) { return soname.starts_with(name); });
}

std::string expanded(std::string directory, std::string_view origin) {
  const auto place = "/" + std::string(origin);
  directory = text::replace_all(std::move(directory), "${ORIGIN}", place);
  return text::replace_all(std::move(directory), "$ORIGIN", place);
}

/// The directories of a run path. `$LIB` and `$PLATFORM` differ between distributions, relative
/// entries between processes: both are left out.
std::vector<std::string> directories(const std::string& run_path, std::string_view origin) {
  std::vector<std::string> out;
  for (auto& part : text::split(run_path, ':')) {
    if (out.size() == kMostDirectories) break;
    auto directory = expanded(std::move(part), origin);
    if (directory.starts_with('/') && directory.find('$') == std::string::npos)
      out.push_back(std::move(directory));
  }
  return out;
}

bool same_machine(const elf::ElfFacts& a, const elf::ElfFacts& b) {
  return a.bits == b.bits && a.little_endian == b.little_endian && a.machine == b.machine;
}

}  // namespace

struct Target::Search {
  const RootFiles* files = nullptr;
  const elf::ElfFacts& requester;
  std::string_view soname;
  Basis basis;
  std::optional<FoundLibrary> other_machine;

  std::optional<FoundLibrary> at(const std::string& path) {
    auto object = files->object(path);
    if (object.record == nullptr) return std::nullopt;
    FoundLibrary found{std::move(object.path), object.record, false, false, basis};
    if (same_machine(object.record->facts, requester)) return found;
    found.wrong_machine = true;
    if (!other_machine) other_machine = std::move(found);
    return std::nullopt;
  }

  // Subdirectories glibc-hwcaps are left out: what is only there loads on some processors only.
  std::optional<FoundLibrary> in(const std::vector<std::string>& places) {
    for (const auto& directory : places)
      if (auto found = at(directory + "/" + std::string(soname))) return found;
    return std::nullopt;
  }
};

std::optional<FoundLibrary> Target::find_in_tree(std::string_view soname,
                                                 std::string_view origin,
                                                 const elf::ElfFacts& requester) const {
  if (!tree_) return std::nullopt;
  const RootFiles files(*tree_);
  Search search{&files, requester, soname, Basis::assumed, std::nullopt};
  const auto& run_path = requester.runpath ? requester.runpath : requester.rpath;
  if (soname.find('/') != std::string_view::npos || !run_path) return std::nullopt;
  // Absolute directories are those of the place where the tree will stand.
  const auto origin_there = tree_prefix_ + "/" + std::string(origin);
  for (const auto& directory : directories(*run_path, std::string_view(origin_there).substr(1)))
    if (directory.starts_with(tree_prefix_ + "/"))
      if (auto found = search.in({directory.substr(tree_prefix_.size())})) return found;
  return search.other_machine;
}

std::optional<FoundLibrary> Target::find_vouched(std::string_view soname) const {
  const auto has = [&](const std::vector<std::string>& list) {
    return std::ranges::find(list, soname) != list.end();
  };
  if (profile_.libc.family == "musl" && is_musl_itself(soname))
    return FoundLibrary{{}, nullptr, false, false, libc_basis_};
  if (has(profile_.libraries)) return FoundLibrary{{}, nullptr, false, false, Basis::profile};
  if (has(profile_.assumed_libraries))
    return FoundLibrary{{}, nullptr, false, false, Basis::assumed};
  return std::nullopt;
}

std::optional<FoundLibrary> Target::find_library(std::string_view soname,
                                                 std::string_view origin_directory,
                                                 const elf::ElfFacts& requester) const {
  auto in_tree = find_in_tree(soname, origin_directory, requester);
  if (in_tree && !in_tree->wrong_machine) return in_tree;
  if (!root_) {
    auto vouched = find_vouched(soname);
    return vouched ? vouched : in_tree;
  }
  const RootFiles files(*root_);
  Search search{&files, requester, soname, basis_, std::move(in_tree)};
  if (soname.find('/') != std::string_view::npos) {
    const auto path = expanded(std::string(soname), origin_directory);
    if (auto found = path.starts_with('/') ? search.at(path) : std::nullopt) return found;
    return search.other_machine;
  }
  const auto found = libc_.family == "musl" ? find_musl(search, origin_directory)
                                            : find_glibc(search, origin_directory);
  return found ? found : search.other_machine;
}

std::optional<FoundLibrary> Target::find_musl(Search& search, std::string_view origin) const {
  if (is_musl_itself(search.soname)) return FoundLibrary{{}, nullptr, false, false, libc_basis_};
  if (auto found = search.in(directories(environment("LD_LIBRARY_PATH"), origin))) return found;
  const auto& facts = search.requester;
  const auto& run_path = facts.runpath ? facts.runpath : facts.rpath;
  if (run_path)
    if (auto found = search.in(directories(*run_path, origin))) return found;
  return search.in(default_directories_);
}

std::optional<FoundLibrary> Target::find_glibc(Search& search, std::string_view origin) const {
  const auto& facts = search.requester;
  if (facts.rpath && !facts.runpath)
    if (auto found = search.in(directories(*facts.rpath, origin))) return found;
  if (auto found = search.in(directories(environment("LD_LIBRARY_PATH"), origin))) return found;
  if (facts.runpath)
    if (auto found = search.in(directories(*facts.runpath, origin))) return found;
  if (!facts.no_default_lib) {
    for (const auto& [name, path] : cache_)
      if (name == search.soname)
        if (auto found = search.at(path)) return found;
    if (auto found = search.in(default_directories_)) return found;
  }
  auto uncached = search.in(configured_directories_);
  if (uncached) uncached->not_in_cache = true;
  return uncached;
}

}  // namespace rockstage::verify
