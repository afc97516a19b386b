#include "base/rules.hpp"
#include "base/text.hpp"
#include "elf/elf_file.hpp"
#include "smoke/explain.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::smoke {
namespace {

constexpr std::string_view kOpen = ": cannot open shared object file: ";
constexpr std::string_view kMuslOpen = "Error loading shared library ";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view after(std::string_view text, std::string_view marker) {
  const auto at = text.find(marker);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + marker.size());
}

/// The object that stands before `marker`: "x.lua:3: libfoo.so" is libfoo.so.
std::string object_before(std::string_view line, std::string_view marker) {
  auto object = line.substr(0, line.find(marker));
  if (const auto colon = object.rfind(": "); colon != std::string_view::npos)
    object.remove_prefix(colon + 2);
  return std::string(text::trim(object));
}

/// What stands between two texts; empty where they are not there.
std::string between(std::string_view line, std::string_view from, std::string_view to) {
  const auto rest = after(line, from);
  const auto end = rest.find(to);
  return std::string(end == std::string_view::npos ? std::string_view() : rest.substr(0, end));
}

std::string install_fix(std::string_view library) {
  const auto package = debian_package(library);
  if (package.empty())
    return fmt::format("install the package that has {} in the runtime, or link it statically",
                       library);
  return fmt::format(
      "install it in the runtime (Debian: apt-get install {}), or link it statically", package);
}

/// Names of a version's users in the object: "pidfd_spawnp, pidfd_getpid"; empty when unknown.
std::string users_of_version(const std::string& version,
                             const std::string& file,
                             const Scene& scene) {
  if (scene.where.tree.empty()) return {};
  const auto bytes = sys::read_file(sys::join(scene.where.tree, file));
  if (!bytes) return {};
  const auto facts = elf::read_elf(*bytes);
  if (!facts) return {};
  for (const auto& need : facts->version_needs)
    if (need.version == version) return text::join(need.strong_users, ", ");
  return {};
}

Verdict missing_version(std::string_view line, const Scene& scene) {
  const auto version = between(line, "version `", "'");
  const auto library = sys::base_name(object_before(line, ": version `"));
  const auto file = in_tree(between(line, "(required by ", ")"), scene);
  const auto users = users_of_version(version, file, scene);
  const auto wanted = users.empty() ? std::string() : " for " + users;
  constexpr std::string_view kGlibc = "GLIBC_";
  if (version.starts_with(kGlibc))
    return {rules::smoke_load,
            fmt::format("{} needs glibc {}{}; the runtime's is older",
                        file,
                        version.substr(kGlibc.size()),
                        wanted),
            "build it on the runtime's distribution or an older one"};
  return {
      rules::smoke_load,
      fmt::format("{} needs {} of {}{}, which the runtime's lacks", file, version, library, wanted),
      fmt::format("build it with the runtime's {}, or ship a newer one there", library)};
}

/// A library that glibc could not open. It names a foreign machine so, too, though the file exists.
Verdict not_opened(std::string_view line, const Scene& scene) {
  const auto object = object_before(line, kOpen);
  const auto file = in_tree(object, scene);
  const auto path = sys::join(scene.where.tree, file);
  if (!scene.where.tree.empty() && sys::exists(path)) {
    auto verdict = judge_object(file, scene);
    if (verdict && !has(line, "Permission denied")) return verdict.value();
    if (const auto part = unreadable_part(path, scene); !part.empty())
      return {rules::smoke_load,
              fmt::format("{} is there, and the user who loads it cannot read {}", file, part),
              "chmod 0644 for files, 0755 for directories"};
  }
  if (object.starts_with('/'))
    return {rules::smoke_load,
            fmt::format("{} cannot be opened: {}", file, after(line, kOpen)),
            "copy it there, or correct the path"};
  if (file == scene.subject || scene.module.kind != Module::Kind::lua)
    return {rules::smoke_load,
            fmt::format("{} needs {}, which the runtime lacks", scene.subject, object),
            install_fix(object)};
  return {rules::smoke_load,
          fmt::format("{} needs {}, which the loader finds nowhere", scene.subject, object),
          install_fix(object)
              + "; ffi.load(\"name\") searches the system's directories, not package.cpath"};
}

Verdict musl_not_opened(std::string_view line, const Scene& scene) {
  const auto library = object_before(after(line, kMuslOpen), ": ");
  const auto needed_by = between(line, "(needed by ", ")");
  const auto file = needed_by.empty() ? scene.subject : in_tree(needed_by, scene);
  if (has(line, "Exec format error")) {
    const auto object = in_tree(library, scene);
    if (auto verdict = judge_object(object, scene)) return *std::move(verdict);
    return {rules::smoke_load, object + " is no library of this machine", "build it again"};
  }
  if (library.starts_with("ld-linux") || library == "libc.so.6")
    return {rules::smoke_load,
            fmt::format("{} is built for glibc, the runtime has musl", file),
            "build it with `--target` and a musl triple, such as x86_64-unknown-linux-musl"};
  return {rules::smoke_load,
          fmt::format("{} needs {}, which the runtime lacks", file, library),
          install_fix(library)};
}

std::optional<Verdict> undefined_symbol(std::string_view line, const Scene& scene) {
  if (has(line, ": undefined symbol: ")) {
    auto symbol = after(line, ": undefined symbol: ");
    // glibc adds ", version X" to versioned names.
    symbol = symbol.substr(0, symbol.find_first_of(", "));
    const auto object = object_before(line, ": undefined symbol: ");
    return explain_symbol(std::string(symbol), in_tree(object, scene), scene);
  }
  if (has(line, "Error relocating ") && line.ends_with(": symbol not found")) {
    const auto rest = after(line, "Error relocating ");
    const auto object = std::string(rest.substr(0, rest.find(": ")));
    return explain_symbol(between(rest, ": ", ": "), in_tree(object, scene), scene);
  }
  if (has(line, "Symbol not found: "))
    return explain_symbol(std::string(after(line, "Symbol not found: ")), scene.subject, scene);
  return std::nullopt;
}

std::optional<Verdict> bad_object(std::string_view line, const Scene& scene) {
  for (const std::string_view marker : {": wrong ELF class",
                                        ": invalid ELF header",
                                        ": file too short",
                                        ": cannot read file data",
                                        ": ELF file "}) {
    if (!has(line, marker)) continue;
    const auto file = in_tree(object_before(line, marker), scene);
    if (auto verdict = judge_object(file, scene)) return verdict;
    return Verdict{
        rules::smoke_load,
        fmt::format(
            "{} is no library that this machine can load{}", file, line.substr(line.find(marker))),
        "build it again for the runtime's machine"};
  }
  return std::nullopt;
}

std::optional<Verdict> refused_mapping(std::string_view line, const Scene& scene) {
  constexpr std::string_view kTls = ": cannot allocate memory in static TLS block";
  constexpr std::string_view kMap = ": failed to map segment from shared object";
  constexpr std::string_view kStack = ": cannot enable executable stack";
  const auto file = [&](std::string_view marker) {
    return in_tree(object_before(line, marker), scene);
  };
  if (has(line, kTls))
    return Verdict{
        rules::smoke_load,
        fmt::format("{} wants more static thread-local storage than is left", file(kTls)),
        "build its allocator without initial-exec TLS (jemalloc: "
        "disable_initial_exec_tls, mimalloc: local_dynamic_tls)"};
  if (has(line, kMap))
    return Verdict{rules::smoke_load,
                   fmt::format("{} may not be run where it lies", file(kMap)),
                   "mount the tree without noexec"};
  if (has(line, kStack))
    return Verdict{rules::smoke_load,
                   fmt::format("{} asks for an executable stack, which is refused", file(kStack)),
                   "link it with -z noexecstack"};
  return std::nullopt;
}

std::optional<Verdict> explain_line(std::string_view line, const Scene& scene) {
  if (has(line, ": version `") && has(line, "' not found")) return missing_version(line, scene);
  if (auto verdict = undefined_symbol(line, scene)) return verdict;
  if (has(line, kOpen)) return not_opened(line, scene);
  if (line.starts_with(kMuslOpen)) return musl_not_opened(line, scene);
  if (auto verdict = bad_object(line, scene)) return verdict;
  return refused_mapping(line, scene);
}

}  // namespace

std::optional<Verdict> explain_loader(std::string_view text, const Scene& scene) {
  std::optional<Verdict> first;
  // A wrapper that tries several places says each of them: what is about a file that is there tells
  // more than that another is not.
  for (const auto& raw : text::split(text, '\n')) {
    const auto line = text::trim(raw);
    auto verdict = explain_line(line, scene);
    if (!verdict) continue;
    const auto object = in_tree(object_before(line, kOpen), scene);
    const bool absent = has(line, kOpen) && !sys::exists(sys::join(scene.where.tree, object));
    if (!absent) return verdict;
    if (!first) first = std::move(verdict);
  }
  return first;
}

}  // namespace rockstage::smoke
