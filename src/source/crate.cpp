#include "source/crate.hpp"

#include "base/text.hpp"
#include "cargo/inspect.hpp"
#include "cargo/manifest_facts.hpp"
#include "rock/rockspec.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::source {
namespace {

lua::Value text_value(std::string text) {
  return lua::Value{std::move(text)};
}

lua::Value list_value(const std::vector<std::string>& texts) {
  lua::Table table;
  for (const auto& text : texts)
    table.items.push_back(text_value(text));
  return lua::Value{std::move(table)};
}

/// Files below the folder `folder`, as modules below `prefix`.
Result<void> add_folder(const std::string& directory,
                        const std::string& prefix,
                        const std::string& folder,
                        lua::Table& modules) {
  const auto root = sys::absolute(sys::join(directory, folder));
  if (!root.starts_with(sys::absolute(directory) + "/"))
    return fail(Errc::invalid_input,
                fmt::format("build.lua: the folder '{}' is outside '{}'", folder, directory),
                "name a folder of the project");
  RS_TRY_ASSIGN(const auto entries, sys::walk(root));
  for (const auto& entry : entries) {
    if (entry.status.kind != sys::FileKind::file || !entry.path.ends_with(".lua")) continue;
    auto name = text::replace_all(entry.path.substr(0, entry.path.size() - 4), "/", ".");
    if (!prefix.empty() && prefix != ".") name = prefix + "." + name;
    modules.set(name, text_value(sys::join(folder, entry.path)));
  }
  return {};
}

/// `build.lua` of the project file: module → file, or prefix → folder.
Result<lua::Table> wrappers(const std::string& directory, const config::ProjectBuild& build) {
  lua::Table modules;
  for (const auto& [name, path] : build.lua) {
    if (!sys::exists(sys::join(directory, path)))
      return fail(Errc::invalid_input,
                  fmt::format("build.lua: '{}': there is no '{}'", name, path));
    if (sys::is_directory(sys::join(directory, path))) {
      RS_TRY(add_folder(directory, name, path, modules));
      continue;
    }
    const bool is_init = sys::base_name(path) == "init.lua" && !name.ends_with(".init");
    modules.set(is_init ? name + ".init" : name, text_value(path));
  }
  return modules;
}

/// `target/release/libtextkit_core.so`, as LPM writes it, is the library textkit_core.
std::string library_name(const std::string& written) {
  auto name = sys::base_name(written);
  if (name == written) return name;
  if (name.ends_with(".so")) name.resize(name.size() - 3);
  return name.starts_with("lib") ? name.substr(3) : name;
}

Result<std::string> only_library(const cargo::Package& package) {
  const auto* library = package.library();
  if (library == nullptr)
    return fail(Errc::invalid_input,
                fmt::format("the package '{}' has no library", package.name),
                "add [lib] with crate-type = [\"cdylib\"] to its Cargo.toml");
  if (std::ranges::find(library->crate_types, "cdylib") == library->crate_types.end())
    return fail(Errc::invalid_input,
                fmt::format("the crate '{}' builds no cdylib", package.name),
                "add crate-type = [\"cdylib\"] to [lib] of its Cargo.toml, or name modules in "
                "rockstage.yaml");
  return text::replace_all(library->name, "-", "_");
}

Result<lua::Table> build_table(const std::string& directory,
                               const config::ProjectBuild& build,
                               const cargo::Package& package,
                               const std::string& manifest) {
  lua::Table modules;
  for (const auto& [module, library] : build.modules)
    modules.set(module, text_value(library_name(library)));
  if (modules.empty()) {
    RS_TRY_ASSIGN(const auto library, only_library(package));
    modules.set(library, text_value(library));
  }
  lua::Table table;
  table.set("type", text_value("rust-mlua"));
  table.set("modules", lua::Value{std::move(modules)});
  if (!build.features.empty()) table.set("features", list_value(build.features));
  if (!build.default_features) table.set("default_features", lua::Value{false});
  std::vector<std::string> arguments;
  // The rockspec's words are split as a shell's.
  const auto add = [&arguments](const char* option, const std::string& value) {
    arguments.insert(arguments.end(), {option, text::shell_quote(value)});
  };
  if (manifest != "Cargo.toml") add("--manifest-path", manifest);
  if (!build.package.empty()) add("--package", build.package);
  if (!build.profile.empty()) add("--profile", build.profile);
  if (!arguments.empty()) table.set("cargo_extra_args", list_value(arguments));
  RS_TRY_ASSIGN(auto lua_files, wrappers(directory, build));
  if (!lua_files.empty()) {
    lua::Table install;
    install.set("lua", lua::Value{std::move(lua_files)});
    table.set("install", lua::Value{std::move(install)});
  }
  return table;
}

}  // namespace

Result<std::string> rockspec_for_crate(const std::string& directory,
                                       const config::ProjectFile& project,
                                       const Request& request) {
  auto build = project.build.value_or(config::ProjectBuild{});
  const auto manifest = request.manifest_path.empty() ? build.manifest : request.manifest_path;
  if (!request.package.empty()) build.package = request.package;
  const auto manifest_path = sys::join(directory, manifest);
  if (!sys::is_file(manifest_path))
    return fail(Errc::not_found,
                fmt::format("there is no '{}'", manifest_path),
                "name the crate's manifest with build.manifest in rockstage.yaml, or with "
                "--manifest-path");

  RS_TRY_ASSIGN(const auto metadata, cargo::read_workspace(manifest_path));
  auto chosen = cargo::choose_package(metadata, manifest_path, build.package);
  // A project file that says all by itself may take libraries from several packages.
  const auto& own = project.package;
  const bool says_all =
      build.package.empty() && !build.modules.empty() && !own.name.empty() && !own.version.empty();
  if (!chosen && !says_all) return tl::unexpected<Error>(std::move(chosen).error());
  const cargo::Package package = chosen ? **chosen : cargo::Package{};

  rock::RockspecSeed seed;
  seed.name = own.name.empty() ? package.name : own.name;
  seed.version = own.version.empty() ? package.version : own.version;
  seed.summary = own.summary.empty() ? package.description : own.summary;
  seed.license = own.license.empty() ? package.license : own.license;
  seed.homepage = package.homepage;
  seed.source_url = package.repository.empty() ? "." : "git+" + package.repository;
  if (!project.lua_version.empty()) seed.dependencies.push_back("lua " + project.lua_version);
  RS_TRY_ASSIGN(seed.build, build_table(directory, build, package, manifest));
  return rock::write_rockspec(seed);
}

}  // namespace rockstage::source
