#include "build/assemble.hpp"

#include "build/library.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rockstage::build {
namespace {

using sys::FileKind;

constexpr std::array kInstallDirectories = {"bin", "conf", "doc", "lib", "lua"};

/// The mode of a file of the rock directory (luarocks.md §1.3): documents keep their x.
unsigned final_mode(const std::string& path, unsigned mode) {
  const std::string top = path.substr(0, path.find('/'));
  if (path != top && (top == "lua" || top == "conf")) return 0644;
  if (path != top && (top == "lib" || top == "bin")) return 0755;
  return (mode & 0100) != 0 ? 0755 : 0644;
}

/// What the field names, without the placeholder.
std::string shown(const plan::CopyStep& step) {
  for (const std::string_view prefix : {"{work}/", "{rock}/", "{objects}/"}) {
    if (step.from.starts_with(prefix)) return step.from.substr(prefix.size());
  }
  return step.from;
}

class Copier {
 public:
  Copier(const CopyJob& job, Diagnostics& diagnostics) : job_(job), diagnostics_(diagnostics) {}

  Result<void> copy(const plan::CopyStep& step) {
    const std::string from = fill(job_.places, step.from);
    RS_TRY_ASSIGN(const auto status, sys::status_followed(from));
    if (status.kind == FileKind::none) return step.optional ? Result<void>() : missing(step);
    RS_TRY(check_inside(step, from));
    if (status.kind == FileKind::directory && step.is_directory) return copy_directory(step, from);
    if (status.kind != FileKind::file || step.is_directory)
      return fail(Errc::invalid_input,
                  fmt::format("{}: '{}' is no {}",
                              step.field,
                              shown(step),
                              step.is_directory ? "directory" : "file"),
                  "correct the path in the rockspec");
    std::string to = step.to;
    if (step.rekey) {
      RS_TRY_ASSIGN(to, target_by_key(step, from));
    }
    return copy_file(from, to, step.mode);
  }

 private:
  Result<void> copy_file(const std::string& from, const std::string& to, unsigned mode) const {
    const std::string path = sys::join(job_.places.rock, to);
    RS_TRY(sys::remove_file(path));
    return sys::copy_file(from, path, mode);
  }

  /// Whole, without version control; links by what they lead to.
  Result<void> copy_directory(const plan::CopyStep& step, const std::string& from) {
    RS_TRY(sys::make_directories(sys::join(job_.places.rock, step.to)));
    RS_TRY_ASSIGN(const auto names, sys::list_directory(from));
    for (const std::string& name : names) {
      if (name == ".git") continue;
      plan::CopyStep inner = step;
      inner.from = step.from + "/" + name;
      inner.to = step.to.empty() ? name : step.to + "/" + name;
      const std::string path = sys::join(from, name);
      RS_TRY(check_inside(inner, path));
      RS_TRY_ASSIGN(const auto status, sys::status_followed(path));
      if (status.kind == FileKind::directory) {
        RS_TRY(check_no_loop(inner, path));
        RS_TRY(copy_directory(inner, path));
      } else if (status.kind == FileKind::file) {
        RS_TRY(copy_file(path, inner.to, final_mode(inner.to, status.mode)));
      }
    }
    return {};
  }

  /// A link to a folder above would be copied for ever.
  static Result<void> check_no_loop(const plan::CopyStep& step, const std::string& path) {
    if (!is_below(sys::absolute(sys::parent(path)), sys::absolute(path))) return {};
    return fail(
        Errc::invalid_input,
        fmt::format("{}: '{}' is a link to a folder that it lies in", step.field, shown(step)),
        "remove the link");
  }

  [[nodiscard]] Result<void> check_inside(const plan::CopyStep& step,
                                          const std::string& from) const {
    for (const std::string& root : {job_.places.work, job_.places.rock, job_.places.objects}) {
      if (!is_below(from, root)) continue;
      const std::string leads_to = sys::absolute(from);
      if (is_below(leads_to, sys::absolute(root))) return {};
      return fail(Errc::invalid_input,
                  fmt::format("{}: '{}' is a link that leaves the source directory, to '{}'",
                              step.field,
                              shown(step),
                              leads_to),
                  "put the file itself there");
    }
    return {};
  }

  [[nodiscard]] Result<void> missing(const plan::CopyStep& step) const {
    if (job_.made_by == MadeBy::commands)
      return fail(
          Errc::invalid_input,
          fmt::format("{} promises '{}', which the build did not make", step.field, shown(step)),
          "a command that failed may have been passed over (`;` in a shell text): see its messages "
          "above");
    return fail(Errc::invalid_input,
                fmt::format("{} names '{}', which is not in the sources", step.field, shown(step)),
                "correct the path in the rockspec, or add the file");
  }

  /// Where a library goes whose entry has a key: LuaRocks takes only the directory from it and
  /// keeps the file's own name (build.tl, install_to); then `require` of the key fails when the
  /// library was made for it.
  Result<std::string> target_by_key(const plan::CopyStep& step, const std::string& from) {
    const std::string key = key_of(step);
    RS_TRY_ASSIGN(const auto facts, read_library(from));
    if (key.empty() || !facts || elf::luaopen_names(*facts).empty()) return step.to;
    const std::string plain = sys::join(sys::parent(step.to), sys::base_name(from)).substr(4);
    if (!opens(*facts, key, job_.variant.lua)
        || opens(*facts, lua::path_to_module(plain), job_.variant.lua))
      return "lib/" + plain;
    RS_TRY_ASSIGN(const auto path, lua::module_to_path(key));
    diagnostics_.note(fmt::format(
        "{}: '{}' exports {}, so it is staged as '{}.so'; LuaRocks would keep the name '{}'",
        step.field,
        sys::base_name(from),
        exported_opens(*facts),
        path,
        sys::base_name(from)));
    return "lib/" + path + ".so";
  }

  /// The key of the `install.lib` entry that the step was made from; empty when there is none.
  [[nodiscard]] std::string key_of(const plan::CopyStep& step) const {
    std::string key;
    for (const rock::InstallEntry& entry : job_.spec.install.lib) {
      if (shown(step) != entry.path || entry.key.empty()) continue;
      const bool named =
          step.field.ends_with("." + entry.key) || step.field.ends_with("\"" + entry.key + "\"]");
      if (named || key.empty()) key = entry.key;
    }
    return key;
  }

  const CopyJob& job_;
  Diagnostics& diagnostics_;
};

/// A link that an install step made becomes what it leads to.
Result<void> resolve_link(const std::string& rock, const std::string& path) {
  const std::string link = sys::join(rock, path);
  const std::string leads_to = sys::absolute(link);
  RS_TRY_ASSIGN(const auto status, sys::status_followed(link));
  if (!is_below(leads_to, sys::absolute(rock)) || status.kind != FileKind::file)
    return fail(
        Errc::invalid_input,
        fmt::format("the build installed '{}' as a link to '{}', which is no file of the rock",
                    path,
                    leads_to),
        "install the file itself (cp instead of ln -s)");
  RS_TRY(sys::remove_file(link));
  return sys::copy_file(leads_to, link, final_mode(path, status.mode));
}

}  // namespace

Result<void> copy_files(const CopyJob& job, Diagnostics& diagnostics) {
  Copier copier(job, diagnostics);
  for (const plan::CopyStep& step : job.variant.copies)
    RS_TRY(copier.copy(step));
  return {};
}

Result<void> make_install_directories(const std::string& rock) {
  for (const char* name : kInstallDirectories)
    RS_TRY(sys::make_directories(sys::join(rock, name)));
  return {};
}

Result<void> settle(const std::string& rock, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto root, sys::status(rock));
  if (root.kind != FileKind::directory)
    return fail(Errc::invalid_input,
                "the build replaced or removed the rock directory",
                "it must only install into $(PREFIX)");
  for (const char* ours : {"rock_manifest", "rock_namespace", "rockstage.json"}) {
    const std::string path = sys::join(rock, ours);
    if (!sys::exists(path)) continue;
    diagnostics.warning(fmt::format(
        "the build installed '{}', a file that is written while staging: not taken", ours));
    RS_TRY(sys::remove_all(path));
  }
  RS_TRY_ASSIGN(const auto entries, sys::walk(rock));
  for (const sys::WalkEntry& entry : entries) {
    const std::string path = sys::join(rock, entry.path);
    if (entry.status.kind == FileKind::link) {
      RS_TRY(resolve_link(rock, entry.path));
    } else if (entry.status.kind == FileKind::directory) {
      RS_TRY(sys::set_mode(path, 0755));
    } else if (entry.status.kind == FileKind::file) {
      RS_TRY(sys::set_mode(path, final_mode(entry.path, entry.status.mode)));
    } else {
      return fail(
          Errc::invalid_input,
          fmt::format("the build installed '{}', which is neither file nor directory", entry.path),
          "only files can be staged");
    }
  }
  for (const char* name : kInstallDirectories) {
    const std::string path = sys::join(rock, name);
    const auto names = sys::list_directory(path);
    if (names && names->empty()) RS_TRY(sys::remove_all(path));
  }
  return {};
}

}  // namespace rockstage::build
