// How a library is found: the loaders' own orders (glibc, elf/dl-load.c; musl, ldso/dynlink.c).
#include "base/text.hpp"
#include "verify/target.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

constexpr std::size_t kMostDirectories = 64;  // of one run path
constexpr std::size_t kMostLoaders = 64;      // above an object, asked for their RPATH
constexpr std::string_view kLevels = "/glibc-hwcaps/";

/// Names that musl's loader takes as itself (ldso/dynlink.c, load_library).
bool is_musl_itself(std::string_view soname) {
  constexpr std::array<std::string_view, 7> kNames = {
      "libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet."};
  return std::ranges::any_of(kNames, [&](auto name) { return soname.starts_with(name); });
}

/// What every Lua program has loaded before it opens a module.
bool is_loaded_anyway(std::string_view soname) {
  constexpr std::array<std::string_view, 4> kNames = {"libc.so", "libm.so", "libdl.so", "ld-linux"};
  return std::ranges::any_of(kNames, [&](auto name) { return soname.starts_with(name); });
}

bool same_machine(const elf::ElfFacts& a, const elf::ElfFacts& b) {
  return a.bits == b.bits && a.little_endian == b.little_endian && a.machine == b.machine;
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

/// "/usr/local/lib/../x" → "/usr/local/x", by its text alone.
std::string shortened(std::string_view path) {
  std::vector<std::string> kept;
  for (auto& part : text::split(path, '/')) {
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!part.empty() && part != ".") {
      kept.push_back(std::move(part));
    }
  }
  return "/" + text::join(kept, "/");
}

/// `$NAME` and `${NAME}` replaced.
std::string filled_in(std::string text, std::string_view name, const std::string& value) {
  text = text::replace_all(std::move(text), "${" + std::string(name) + "}", value);
  return text::replace_all(std::move(text), "$" + std::string(name), value);
}

}  // namespace

struct Target::Search {
  const Target& target;
  const Requester& requester;
  std::string_view soname;
  std::optional<FoundLibrary> other_machine = {};  ///< the first that is for another machine
  std::optional<FoundLibrary> of_level = {};       ///< the first that only some processors find
  bool open = false;  ///< a directory was left out that only the loader can name

  std::optional<FoundLibrary> at(const std::string& path) {
    auto found = target.object_at(path);
    if (!found || same_machine(found->record->facts, *requester.facts)) return found;
    found->wrong_machine = true;
    if (!other_machine) other_machine = std::move(found);
    return std::nullopt;
  }

  std::optional<FoundLibrary> in(const std::vector<std::string>& places) {
    const bool levels = target.libc_.family != "musl" && requester.facts->machine == 62;
    for (const auto& directory : places) {
      if (auto found = at(directory + "/" + std::string(soname))) return found;
      for (const char* level : {"x86-64-v2", "x86-64-v3", "x86-64-v4"})
        if (levels && !of_level) note_level(directory, level);
    }
    return std::nullopt;
  }

  /// What lies in a subdirectory for newer processors is found by those only.
  void note_level(const std::string& directory, const std::string& level) {
    auto found =
        target.object_at(directory + std::string(kLevels) + level + "/" + std::string(soname));
    if (!found || !same_machine(found->record->facts, *requester.facts)) return;
    found->cpu_level = level;
    of_level = std::move(found);
  }

  /// The directories of a run path of an object in `origin`. Relative entries are of the process's
  /// working directory, and `$PLATFORM` is the processor's: both are left out.
  std::vector<std::string> directories(const std::string& run_path, const std::string& origin) {
    std::vector<std::string> out;
    const bool musl = target.libc_.family == "musl";
    for (auto& part : text::split(run_path, ':')) {
      if (out.size() == kMostDirectories) break;
      auto directory = filled_in(std::move(part), "ORIGIN", origin);
      if (!musl && !target.library_directory_.empty())
        directory = filled_in(std::move(directory), "LIB", target.library_directory_);
      const bool unknown = directory.find('$') != std::string::npos;
      // musl does not read a run path at all that has another name in it.
      if (unknown && musl) return {};
      open |= unknown;
      if (!unknown && directory.starts_with('/')) out.push_back(std::move(directory));
    }
    return out;
  }

  /// The object, what brought it, and the program: whose RPATH is asked.
  [[nodiscard]] std::vector<const Requester*> chain() const {
    std::vector<const Requester*> all;
    for (const auto* one = &requester; one != nullptr && all.size() < kMostLoaders;
         one = one->loader)
      all.push_back(one);
    for (const auto& program : target.programs_)
      all.push_back(&program);
    return all;
  }

  std::optional<FoundLibrary> in_environment() {
    const auto origin = target.programs_.empty() ? "/" : target.programs_.front().directory;
    return in(directories(target.environment("LD_LIBRARY_PATH"), origin));
  }
};

std::string Target::directory_there(std::string_view directory) const {
  return (tree_ ? tree_prefix_ : std::string()) + "/" + std::string(directory);
}

bool Target::has_file(std::string_view path) const {
  return root_ && RootFiles(*root_).exists(path);
}

std::optional<FoundLibrary> Target::object_at(std::string_view path) const {
  const auto place = path.starts_with('/') ? std::string(path) : "/" + std::string(path);
  if (auto found = object_in_tree(place)) return found;
  if (!root_) return std::nullopt;
  auto object = RootFiles(*root_).object(place);
  if (object.record == nullptr) return std::nullopt;
  const auto directory = "/" + directory_of(object.path);
  return FoundLibrary{.path = std::move(object.path),
                      .record = object.record,
                      .basis = basis_,
                      .directory = directory};
}

std::optional<FoundLibrary> Target::object_in_tree(const std::string& place) const {
  if (!tree_) return std::nullopt;
  const auto prefix = tree_prefix_ + "/";
  // `..` goes the way of the tree's own links where it stays in the tree.
  const auto plain = shortened(place);
  if (!plain.starts_with(prefix)) return std::nullopt;
  const auto& used = place.starts_with(prefix) ? place : plain;
  auto object = RootFiles(*tree_).object(used.substr(prefix.size()));
  if (object.record == nullptr) return std::nullopt;
  const auto directory = directory_there(directory_of(object.path));
  return FoundLibrary{.path = std::move(object.path),
                      .record = object.record,
                      .basis = libc_basis_,
                      .directory = directory};
}

/// A name that the process has loaded already is not looked for.
std::optional<FoundLibrary> Target::find_loaded(const Search& search) const {
  const auto found = host_libraries_.find(search.soname);
  if (found == host_libraries_.end()) return std::nullopt;
  const auto* record = found->second.record;
  if (record != nullptr && !same_machine(record->facts, *search.requester.facts))
    return std::nullopt;
  return found->second;
}

std::optional<FoundLibrary> Target::find_vouched(const Search& search) const {
  const auto has = [&](const std::vector<std::string>& list) {
    return std::ranges::find(list, search.soname) != list.end();
  };
  if (profile_.libc.family == "musl" && is_musl_itself(search.soname))
    return FoundLibrary{.basis = libc_basis_};
  // What a distribution brings lies in the default directories.
  if (search.requester.facts->no_default_lib && !is_loaded_anyway(search.soname))
    return std::nullopt;
  if (has(profile_.libraries)) return FoundLibrary{.basis = Basis::profile};
  if (has(profile_.assumed_libraries)) return FoundLibrary{.basis = Basis::assumed};
  return std::nullopt;
}

std::optional<FoundLibrary> Target::find_library(std::string_view soname,
                                                 const Requester& requester) const {
  Search search{*this, requester, soname};
  if (auto loaded = find_loaded(search)) return loaded;
  std::optional<FoundLibrary> found;
  const bool musl = libc_.family == "musl";
  if (soname.find('/') != std::string_view::npos) {
    // A path. musl takes it as it is; a relative one is of the process's working directory.
    const auto paths = musl ? std::vector{std::string(soname)}
                            : search.directories(std::string(soname), requester.directory);
    if (!paths.empty() && paths.front().starts_with('/')) found = search.at(paths.front());
  } else {
    found = musl ? find_musl(search) : find_glibc(search);
    if (!found && !root_) found = find_vouched(search);
  }
  if (found && !found->not_in_cache) return found;
  if (search.of_level) return search.of_level;
  if (found) return found;
  if (search.other_machine) return search.other_machine;
  if (search.open) return FoundLibrary{.basis = libc_basis_, .open = true};
  return std::nullopt;
}

std::optional<FoundLibrary> Target::find_musl(Search& search) const {
  if (is_musl_itself(search.soname)) return FoundLibrary{.basis = libc_basis_};
  if (auto found = search.in_environment()) return found;
  for (const auto* object : search.chain()) {
    const auto& run_path = object->facts->runpath ? object->facts->runpath : object->facts->rpath;
    if (!run_path) continue;
    if (auto found = search.in(search.directories(*run_path, object->directory))) return found;
  }
  return search.in(default_directories_);
}

std::optional<FoundLibrary> Target::find_glibc(Search& search) const {
  const auto& facts = *search.requester.facts;
  if (!facts.runpath)
    for (const auto* object : search.chain()) {
      if (!object->facts->rpath || object->facts->runpath) continue;
      const auto places = search.directories(*object->facts->rpath, object->directory);
      if (auto found = search.in(places)) return found;
    }
  if (auto found = search.in_environment()) return found;
  if (facts.runpath) {
    const auto places = search.directories(*facts.runpath, search.requester.directory);
    if (auto found = search.in(places)) return found;
  }
  if (auto found = find_cached(search)) return found;
  if (!facts.no_default_lib)
    if (auto found = search.in(default_directories_)) return found;
  auto uncached = search.in(configured_directories_);
  if (uncached) uncached->not_in_cache = true;
  return uncached;
}

std::optional<FoundLibrary> Target::find_cached(Search& search) const {
  const auto is_default = [&](std::string_view path) {
    return std::ranges::any_of(default_directories_, [&](const auto& directory) {
      return path.starts_with("/" + directory + "/");
    });
  };
  for (const auto& [name, path] : cache_) {
    if (name != search.soname) continue;
    if (search.requester.facts->no_default_lib && is_default(path)) continue;
    if (const auto levels = path.find(kLevels); levels != std::string::npos) {
      const auto level = path.substr(levels + kLevels.size());
      if (!search.of_level)
        search.note_level(path.substr(0, levels), level.substr(0, level.find('/')));
    } else if (auto found = search.at(path)) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace rockstage::verify
