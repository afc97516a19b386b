#include "source/open.hpp"

#include "base/text.hpp"
#include "config/project_file.hpp"
#include "source/crate.hpp"
#include "source/find.hpp"
#include "source/git.hpp"
#include "source/rock_file.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rockstage::source {
namespace {

/// A directory that cargo writes into, by the marks that cargo leaves.
bool is_cargo_target(const std::string& path) {
  return sys::is_file(sys::join(path, "CACHEDIR.TAG"))
         || sys::is_file(sys::join(path, ".rustc_info.json"));
}

/// git's own directory, or the file that stands for it in a worktree or submodule.
bool is_git(const std::string& path) {
  return sys::base_name(path) == ".git";
}

Result<std::vector<std::string>> source_files(const std::string& directory) {
  const auto enter = [&directory](const sys::WalkEntry& entry) {
    return !is_git(entry.path) && !is_cargo_target(sys::join(directory, entry.path));
  };
  RS_TRY_ASSIGN(const auto entries, sys::walk(directory, enter));
  std::vector<std::string> files;
  for (const auto& entry : entries) {
    const bool linked_file =
        entry.status.kind == sys::FileKind::link && sys::is_file(sys::join(directory, entry.path));
    const bool is_file = entry.status.kind == sys::FileKind::file || linked_file;
    if (is_file && !is_git(entry.path)) files.push_back(entry.path);
  }
  return files;
}

bool starts_with_any(const std::string& text, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes,
                             [&text](std::string_view prefix) { return text.starts_with(prefix); });
}

/// Licences and documents in the root, by the names that LuaRocks takes as documents (build.tl),
/// and those that it overlooks.
void sort_out_documents(Rock& rock) {
  constexpr std::array<std::string_view, 6> kCode = {".c", ".h", ".lua", ".rockspec", ".rs", ".so"};
  for (const auto& file : rock.files) {
    if (file.find('/') != std::string::npos) continue;
    const auto lower = text::to_lower(file);
    // `license.lua` is a module about licences.
    const bool is_code =
        std::ranges::any_of(kCode, [&lower](auto suffix) { return lower.ends_with(suffix); });
    if (!is_code
        && starts_with_any(lower,
                           {"license", "licence", "copying", "notice", "unlicense", "copyright"}))
      rock.licence_files.push_back(file);
    else if (starts_with_any(lower, {"readme", "license", "copying"}) || lower.ends_with(".md"))
      rock.document_files.push_back(file);
  }
}

/// The files that `build` names and that no build makes.
std::vector<std::string> named_sources(const rock::Rockspec& spec) {
  std::vector<std::string> out;
  // The commands of other types make what they install.
  if (spec.build_type != "builtin" && spec.build_type != "module" && spec.build_type != "none")
    return out;
  if (spec.build_type != "none")
    if (const auto modules = rock::builtin_modules(spec))
      for (const auto& module : *modules)
        out.insert(out.end(), module.sources.begin(), module.sources.end());
  const auto& install = spec.install;
  for (const auto* entries : {&install.lua, &install.lib, &install.conf, &install.bin})
    for (const auto& entry : *entries)
      out.push_back(entry.path);
  return out;
}

/// Whether what the rockspec builds from lies in its directory: what it names, else a crate where
/// it needs one, else anything beside rockspecs.
bool sources_are_here(const Rock& rock, const Request& request) {
  const auto named = named_sources(rock.spec);
  if (!named.empty())
    return std::ranges::any_of(named, [&rock](const std::string& file) {
      return std::ranges::binary_search(rock.files, file);
    });
  const bool needs_crate = rock.spec.build_type == "rust-mlua" && request.manifest_path.empty();
  return std::ranges::any_of(rock.files, [needs_crate](const std::string& file) {
    const auto name = sys::base_name(file);
    if (needs_crate) return name == "Cargo.toml";
    return !name.ends_with(".rockspec") && name != "rockspec" && name != "rockstage.yaml"
           && name != "luarocks.lock";
  });
}

tl::unexpected<Error> sources_elsewhere(const Rock& rock) {
  return fail(
      Errc::unsupported,
      fmt::format(
          "the sources of {} {} are not in '{}', and fetching its source.url does not exist yet",
          rock.spec.name,
          rock.spec.version,
          rock.directory),
      fmt::format("get them first, e.g. git clone {} DIR && rockstage build DIR",
                  text::replace_all(rock.spec.source.url, "git+", "")));
}

/// LuaRocks finds the modules of a `builtin` rock of format 3.0 that names none by looking.
Result<void> detect_builtin_modules(Rock& rock) {
  if (rock.spec.build_type != "builtin" || rock.spec.build.find("modules") != nullptr) return {};
  const auto read = [&rock](const std::string& file) {
    return sys::read_file(sys::join(rock.directory, file)).value_or("");
  };
  lua::Table modules;
  for (const auto& module : rock::detect_modules(rock.files, read)) {
    lua::Table sources;
    for (const auto& source : module.sources)
      sources.items.push_back(lua::Value{source});
    modules.set(module.name, lua::Value{std::move(sources)});
  }
  rock.spec.build.set("modules", lua::Value{std::move(modules)});
  if (!rock.spec.install.bin.empty()) return {};
  for (const auto& command : rock::detect_commands(rock.files))
    rock.spec.install.bin.push_back({{}, command});
  return {};
}

Result<Rock> finish(Rock rock, const Request& request) {
  RS_TRY_ASSIGN(rock.files, source_files(rock.directory));
  sort_out_documents(rock);
  if (!rock.spec_written && !sources_are_here(rock, request)) return sources_elsewhere(rock);
  RS_TRY(detect_builtin_modules(rock));
  return rock;
}

Result<Rock> from_rockspec(const std::string& path,
                           const std::string& directory,
                           Diagnostics& diagnostics) {
  Rock rock;
  rock.rockspec_path = sys::absolute(path);
  rock.directory = sys::absolute(directory);
  RS_TRY_ASSIGN(const auto text, sys::read_file(path, std::uint64_t{16} << 20));
  auto spec = rock::read_rockspec(text, path, diagnostics);
  if (!spec)
    return fail_while(std::move(spec).error(), fmt::format("reading the rockspec '{}'", path));
  rock.spec = *std::move(spec);
  return rock;
}

Result<Rock> from_crate(const std::string& directory,
                        std::optional<config::ProjectFile> project,
                        const Request& request,
                        Diagnostics& diagnostics) {
  Rock rock;
  rock.directory = sys::absolute(directory);
  rock.spec_written = true;
  RS_TRY_ASSIGN(
      const auto text,
      rockspec_for_crate(rock.directory, project.value_or(config::ProjectFile{}), request));
  auto spec = rock::read_rockspec(text, "rockspec", diagnostics);
  if (!spec)
    return fail_while(std::move(spec).error(),
                      "reading the rockspec that was made of Cargo.toml and project file");
  rock.spec = *std::move(spec);
  rock.project = std::move(project);
  return rock;
}

/// The project file of a directory: rockstage.yaml, or package.yaml where no rockspec stands before
/// it.
Result<std::optional<config::ProjectFile>> project_of(const std::string& directory) {
  const auto own = sys::join(directory, "rockstage.yaml");
  if (sys::is_file(own)) {
    RS_TRY_ASSIGN(auto file, config::read_project_file(own));
    return file;
  }
  const auto lpm = sys::join(directory, "package.yaml");
  if (!sys::is_file(lpm)) return std::nullopt;
  RS_TRY_ASSIGN(const auto rockspec, find_rockspec(directory));
  if (!rockspec.empty()) return std::nullopt;
  RS_TRY_ASSIGN(auto file, config::read_project_file(lpm));
  return file;
}

Result<Rock> from_directory(const std::string& directory,
                            const Request& request,
                            Diagnostics& diagnostics) {
  std::optional<config::ProjectFile> project;
  if (!request.isolated) {
    RS_TRY_ASSIGN(project, project_of(directory));
  }
  if (project && !project->rock.empty()) {
    RS_TRY_ASSIGN(auto rock,
                  from_rockspec(sys::join(directory, project->rock), directory, diagnostics));
    rock.project = std::move(project);
    return rock;
  }
  const bool describes_rock = project && (project->has_package || project->build);
  RS_TRY_ASSIGN(const auto rockspec,
                describes_rock ? Result<std::string>("") : find_rockspec(directory));
  if (!rockspec.empty()) {
    RS_TRY_ASSIGN(auto rock, from_rockspec(rockspec, source_directory(rockspec), diagnostics));
    rock.project = std::move(project);
    return rock;
  }
  const bool has_manifest =
      !request.manifest_path.empty() || sys::is_file(sys::join(directory, "Cargo.toml"));
  if (describes_rock || has_manifest)
    return from_crate(directory, std::move(project), request, diagnostics);
  return fail(Errc::invalid_input,
              fmt::format("there is no rock in '{}': no rockstage.yaml, no rockspec, no "
                          "package.yaml, no Cargo.toml",
                          directory),
              "name the directory or the rockspec of a rock");
}

tl::unexpected<Error> does_not_exist_yet(const std::string& argument, ArgumentKind kind) {
  if (kind == ArgumentKind::rock_file)
    return fail(Errc::unsupported,
                fmt::format("this command takes no rock files: '{}'", argument),
                "unpack it with `luarocks unpack` or unzip, and name the directory");
  if (kind == ArgumentKind::url)
    return fail(Errc::unsupported,
                fmt::format("URLs do not exist yet as SOURCE: '{}'", argument),
                "download it (git clone, curl), then rockstage build DIR");
  return fail(Errc::unsupported,
              fmt::format("'{}' is no path here, and rock servers do not exist yet", argument),
              "get its sources, e.g. with `luarocks download --source`, then rockstage build DIR");
}

Result<Rock> from_rock_file(const std::string& file,
                            const Request& request,
                            Diagnostics& diagnostics) {
  if (request.scratch.empty()) return does_not_exist_yet(file, ArgumentKind::rock_file);
  RS_TRY_ASSIGN(const auto name, parse_rock_file_name(file));
  if (name.arch != "src") return open_binary_rock(file, name, request.scratch, diagnostics);
  RS_TRY_ASSIGN(const auto unpacked, unpack_source_rock(file, name, request.scratch));
  RS_TRY_ASSIGN(auto rock, from_rockspec(unpacked.rockspec, unpacked.directory, diagnostics));
  // No git is asked: what lies in the rock could have it run programs.
  return finish(std::move(rock), request);
}

std::string argument_of(const Request& request) {
  return request.argument.empty() ? sys::current_directory() : request.argument;
}

}  // namespace

Result<std::optional<config::ProjectFile>> find_project(const Request& request, Io& /*io*/) {
  if (request.isolated) return std::nullopt;
  const auto argument = argument_of(request);
  if (sys::is_directory(argument)) return project_of(argument);
  if (argument.ends_with(".rockspec") && sys::is_file(argument))
    return project_of(source_directory(sys::absolute(argument)));
  return std::nullopt;
}

Result<Rock> open(const Request& request, Io& io, Diagnostics& diagnostics) {
  const auto argument = argument_of(request);
  RS_TRY_ASSIGN(const auto kind, classify(argument));
  if (kind == ArgumentKind::rock_file) return from_rock_file(argument, request, diagnostics);
  if (kind != ArgumentKind::directory && kind != ArgumentKind::rockspec)
    return does_not_exist_yet(argument, kind);
  RS_TRY_ASSIGN(
      auto found,
      kind == ArgumentKind::directory
          ? from_directory(argument, request, diagnostics)
          : from_rockspec(argument, source_directory(sys::absolute(argument)), diagnostics));
  RS_TRY_ASSIGN(auto rock, finish(std::move(found), request));
  rock.git = git_facts(rock.directory, io);
  return rock;
}

}  // namespace rockstage::source
