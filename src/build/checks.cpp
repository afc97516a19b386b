#include "build/checks.hpp"

#include "base/text.hpp"
#include "build/library.hpp"
#include "digest/digest.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

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

/// Not made by this run, as far as can be seen: neither named by cargo nor written since the
/// sources were copied.
Result<bool> is_stale(const CommandsResult& result,
                      const FoundObject& found,
                      const std::string& digest) {
  RS_TRY_ASSIGN(const auto now, sys::status(sys::join(result.work, found.path)));
  if (now.mtime_ns != found.mtime_ns || now.inode != found.inode) return false;
  return std::none_of(
      result.artifacts.begin(), result.artifacts.end(), [&](const cargo::Artifact& artifact) {
        const auto made = digest::hex_of_file(digest::Algorithm::sha256, artifact.file);
        return made && *made == digest;  // a text may clean up after itself
      });
}

Result<void> look_at_library(const CommandsResult& result,
                             const std::string& path,
                             Diagnostics& diagnostics) {
  const std::string file = sys::join(result.rock, path);
  RS_TRY_ASSIGN(const auto facts, read_library(file));
  if (facts && !fits_machine(*facts, result.target))
    diagnostics.warning(
        fmt::format(
            "'{}' is for {}, the target is {}", path, elf::machine_name(*facts), result.target),
        "it will not load there");
  if (facts && path.starts_with("lib/")) {
    const std::string complaint =
        open_complaint(*facts, lua::path_to_module(path.substr(4)), result.lua);
    if (!complaint.empty())
      diagnostics.warning(fmt::format("'{}': {}", path, complaint),
                          "stage it under the name that fits");
  }
  RS_TRY_ASSIGN(const auto digest, digest::hex_of_file(digest::Algorithm::sha256, file));
  const auto found = result.found_before.find(digest);
  if (found == result.found_before.end()) return {};
  RS_TRY_ASSIGN(const bool stale, is_stale(result, found->second, digest));
  if (stale)
    diagnostics.warning(
        fmt::format("'{}' was not built: it lay in the sources as '{}'", path, found->second.path),
        "remove it from the sources, unless it is meant to be staged as it is");
  return {};
}

/// Headers, objects and archives among the modules, and what is no library in `lib`.
bool is_leftover(const std::string& path, FileClass file_class) {
  if (path.starts_with("lib/")) return !is_library(file_class);
  if (!path.starts_with("lua/")) return false;
  constexpr std::string_view kSuffixes[] = {".o", ".a", ".h", ".la", ".rlib", ".d"};
  return std::any_of(std::begin(kSuffixes), std::end(kSuffixes), [&](std::string_view suffix) {
    return path.ends_with(suffix) && !path.ends_with(".d.lua");
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
  std::vector<std::string> leftovers;
  for (const auto& [path, file_class] : result.files) {
    if (is_library(file_class)) RS_TRY(look_at_library(result, path, diagnostics));
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
