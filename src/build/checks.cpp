#include "build/checks.hpp"

#include "base/text.hpp"
#include "build/library.hpp"
#include "digest/digest.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rockstage::build {
namespace {

constexpr const char* kPassedOver =
    "a command that failed may have been passed over (`;` in a shell text): see its messages above";

bool is_library(FileClass file_class) {
  return file_class == FileClass::native_module || file_class == FileClass::ffi_library;
}

/// Where `require(module)` could find a file of the rock.
Result<std::vector<std::string>> places_of(const std::string& module) {
  RS_TRY_ASSIGN(const auto path, lua::module_to_path(module));
  return std::vector<std::string>{
      "lua/" + path + ".lua", "lua/" + path + "/init.lua", "lib/" + path + ".so"};
}

Result<void> check_module(const CommandsResult& result, const std::string& module) {
  RS_TRY_ASSIGN(const auto places, places_of(module));
  const bool there = std::any_of(places.begin(), places.end(), [&](const std::string& place) {
    return result.files.count(place) > 0;
  });
  if (there) return {};
  return fail(Errc::invalid_input,
              fmt::format("build.modules[\"{}\"] promises a module that the build did not make: "
                          "none of {} is in the rock",
                          module,
                          text::join(places, ", ")),
              kPassedOver);
}

/// Digests of what cargo made in this run, where it is still there: a text may clean up after
/// itself.
std::set<std::string> digests_of(const std::vector<cargo::Artifact>& artifacts) {
  std::set<std::string> digests;
  for (const cargo::Artifact& artifact : artifacts) {
    auto digest = digest::hex_of_file(digest::Algorithm::sha256, artifact.file);
    if (digest) digests.insert(*std::move(digest));
  }
  return digests;
}

class LibraryCheck {
 public:
  LibraryCheck(const CommandsResult& result, Diagnostics& diagnostics)
      : result_(result), diagnostics_(diagnostics), made_by_cargo_(digests_of(result.artifacts)) {}

  Result<void> look_at(const std::string& path) {
    const std::string file = sys::join(result_.rock, path);
    RS_TRY_ASSIGN(const auto facts, read_library(file));
    RS_TRY_ASSIGN(const auto digest, digest::hex_of_file(digest::Algorithm::sha256, file));
    const bool is_cargos = made_by_cargo_.count(digest) > 0;
    if (facts) judge(path, *facts);
    if (facts && is_cargos) judge_panic(path, *facts);
    const auto found = result_.found_before.find(digest);
    if (found == result_.found_before.end() || is_cargos) return {};
    return judge_age(path, found->second);
  }

 private:
  void judge(const std::string& path, const elf::ElfFacts& facts) {
    if (!fits_machine(facts, result_.target))
      diagnostics_.warning(
          fmt::format(
              "'{}' is for {}, the target is {}", path, elf::machine_name(facts), result_.target),
          "it will not load there");
    if (!path.starts_with("lib/")) return;
    const std::string complaint =
        open_complaint(facts, lua::path_to_module(path.substr(4)), result_.lua);
    if (!complaint.empty())
      diagnostics_.warning(fmt::format("'{}': {}", path, complaint),
                           "stage it under the name that fits");
  }

  /// With panic = "unwind" a Rust library imports the function that raises; with "abort" it does
  /// not.
  void judge_panic(const std::string& path, const elf::ElfFacts& facts) {
    if (!lua::is_luajit(result_.lua) || elf::luaopen_names(facts).empty()) return;
    if (!result_.target.ends_with("-gnu")
        || std::ranges::find(facts.undefined, "_Unwind_RaiseException", &elf::Undefined::name)
               != facts.undefined.end())
      return;
    diagnostics_.warning(fmt::format("'{}' is built with panic = \"abort\": the first Lua error "
                                     "that it raises ends the process",
                                     path),
                         "set panic = \"unwind\" for its profile in Cargo.toml");
  }

  /// What lay in the sources and was not written since.
  Result<void> judge_age(const std::string& path, const FoundObject& found) {
    RS_TRY_ASSIGN(const auto now, sys::status(sys::join(result_.work, found.path)));
    if (now.mtime_ns == found.mtime_ns && now.inode == found.inode)
      diagnostics_.warning(
          fmt::format("'{}' was not built: it lay in the sources as '{}'", path, found.path),
          "remove it from the sources, unless it is meant to be staged as it is");
    return {};
  }

  const CommandsResult& result_;
  Diagnostics& diagnostics_;
  std::set<std::string> made_by_cargo_;
};

/// Headers, objects and libraries among the Lua modules, and what is no library in `lib`.
bool is_leftover(const std::string& path, FileClass file_class) {
  if (path.starts_with("lib/")) return !is_library(file_class);
  if (!path.starts_with("lua/")) return false;
  constexpr std::string_view kSuffixes[] = {".so", ".o", ".a", ".h", ".la", ".rlib"};
  return std::any_of(std::begin(kSuffixes), std::end(kSuffixes), [&](std::string_view suffix) {
    return path.ends_with(suffix);
  });
}

}  // namespace

Result<void> check_promises(const CommandsResult& result) {
  if (const lua::Value* modules = result.spec.build.find("modules");
      modules != nullptr && modules->table() != nullptr) {
    for (const auto& [module, source] : modules->table()->fields)
      RS_TRY(check_module(result, module));
  }
  bool any_file = false, any_library = false, any_command = false;
  for (const auto& [path, file_class] : result.files) {
    any_library = any_library || is_library(file_class);
    any_command = any_command || path.starts_with("bin/");
    for (const char* directory : {"lua/", "lib/", "bin/", "conf/"})
      any_file = any_file || path.starts_with(directory);
  }
  if (!any_file)
    return fail(Errc::invalid_input,
                "the build put no file into the rock",
                "its install step must copy to $(LUADIR), $(LIBDIR) or $(BINDIR)");
  if (!result.artifacts.empty() && !any_library && !any_command)
    return fail(Errc::invalid_input,
                fmt::format("cargo built '{}', but no library was put into the rock",
                            sys::base_name(result.artifacts.front().file)),
                kPassedOver);
  return {};
}

Result<void> warn_about_files(const CommandsResult& result, Diagnostics& diagnostics) {
  LibraryCheck libraries(result, diagnostics);
  std::vector<std::string> leftovers;
  for (const auto& [path, file_class] : result.files) {
    if (is_library(file_class)) RS_TRY(libraries.look_at(path));
    if (is_leftover(path, file_class)) leftovers.push_back(path);
  }
  if (!leftovers.empty())
    diagnostics.warning(
        fmt::format("staged among the modules, though `require` does not open them: {}",
                    text::join(leftovers, ", ")),
        "the install step should copy .lua files to $(LUADIR) and .so files to $(LIBDIR)");
  return {};
}

}  // namespace rockstage::build
