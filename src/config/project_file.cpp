#include "config/project_file.hpp"

#include "config/yaml_reader.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::config {
namespace {

using Settings = std::map<std::string, Setting>;

std::string single(const Settings& settings, const std::string& key, std::string fallback = {}) {
  const auto found = settings.find(key);
  return found == settings.end() ? std::move(fallback) : found->second.texts.front();
}

bool has_below(const Settings& settings, const std::string& prefix) {
  return std::ranges::any_of(
      settings, [&prefix](const auto& entry) { return entry.first.starts_with(prefix); });
}

/// Options that keys give a default.
void take_options(const Settings& settings, std::span<const Key> keys, ProjectFile& file) {
  for (const auto& key : keys) {
    const auto found = settings.find(std::string(key.path));
    if (key.option.empty() || found == settings.end()) continue;
    auto& values = file.options[std::string(key.option)];
    values = found->second.texts;
    for (const auto& [name, value] : found->second.pairs)
      values.push_back(name + "=" + value);
    file.option_lines[std::string(key.option)] = found->second.line;
  }
}

ProjectBuild build_of(const Settings& settings) {
  ProjectBuild build;
  build.type = single(settings, "build.type", build.type);
  build.manifest = single(settings, "build.manifest", build.manifest);
  build.package = single(settings, "build.package");
  build.profile = single(settings, "build.profile");
  build.default_features = single(settings, "build.default_features", "true") == "true";
  if (const auto found = settings.find("build.features"); found != settings.end())
    build.features = found->second.texts;
  if (const auto found = settings.find("build.lua"); found != settings.end())
    build.lua = found->second.pairs;
  if (const auto found = settings.find("build.modules"); found != settings.end())
    for (const auto& [module, library] : found->second.pairs)
      build.modules.push_back({module, library});
  return build;
}

/// `path` is as the person named the file.
Result<void> check(const ProjectFile& file, const Settings& settings, const std::string& path) {
  if (!file.rock.empty() && (file.has_package || file.build))
    return fail(
        Errc::invalid_input,
        fmt::format("{}:{}: 'rock' names a rockspec, which says all that 'package' and 'build' say",
                    path,
                    settings.at("rock").line),
        "keep either 'rock', or 'package' and 'build'");
  if (file.build && file.build->type != "rust")
    return fail(Errc::invalid_input,
                fmt::format("{}:{}: build.type is '{}'; the only one is 'rust'",
                            path,
                            settings.at("build.type").line,
                            file.build->type),
                "for other build types write a rockspec and name it with 'rock:'");
  return {};
}

/// LPM's file has name and version at the top, and keys of its own that are none of our business.
std::vector<Key> lpm_keys() {
  std::vector<Key> keys = {{"name", Kind::text},
                           {"version", Kind::text},
                           {"description", Kind::text},
                           {"license", Kind::text}};
  for (const auto& key : project_keys())
    if (key.path == "lua_version" || key.path == "build" || key.path.starts_with("build."))
      keys.push_back(key);
  return keys;
}

}  // namespace

Result<ProjectFile> read_project_file(const std::string& path) {
  const bool lpm = sys::base_name(path) == "package.yaml";
  const auto keys =
      lpm ? lpm_keys() : std::vector<Key>(project_keys().begin(), project_keys().end());
  RS_TRY_ASSIGN(const auto settings,
                read_yaml(path, keys, lpm ? UnknownKeys::skip : UnknownKeys::refuse));
  const std::string prefix = lpm ? "" : "package.";
  ProjectFile file;
  file.path = sys::absolute(path);
  file.rock = single(settings, "rock");
  file.package.name = single(settings, prefix + "name");
  file.package.version = single(settings, prefix + "version");
  file.package.summary = single(settings, lpm ? "description" : "package.summary");
  file.package.license = single(settings, prefix + "license");
  file.has_package = !file.package.name.empty() || !file.package.version.empty();
  file.lua_version = single(settings, "lua_version");
  file.smoke_script = single(settings, "smoke.script");
  file.smoke_timeout = single(settings, "smoke.timeout");
  if (has_below(settings, "build.")) file.build = build_of(settings);
  take_options(settings, keys, file);
  RS_TRY(check(file, settings, path));
  return file;
}

Result<ProjectFile> read_user_file(const sys::Environment& environment) {
  const auto home = environment.get_nonempty("HOME");
  auto base = environment.get_nonempty("XDG_CONFIG_HOME");
  if (base && base->front() != '/') base.reset();  // XDG base directories: a relative one is none
  if (!base && !home) return ProjectFile{};
  ProjectFile file;
  file.path = sys::join(base ? *base : sys::join(*home, ".config"), "rockstage/config.yaml");
  if (!sys::is_file(file.path)) return file;
  RS_TRY_ASSIGN(const auto settings, read_yaml(file.path, user_keys(), UnknownKeys::refuse));
  take_options(settings, user_keys(), file);
  return file;
}

}  // namespace rockstage::config
