#include "workshop.hpp"

#include "lua/types.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace rockstage::stage::test {
namespace {

sys::TempDir quick_directory() {
  const std::string memory = "/dev/shm";
  const bool usable = sys::is_directory(memory) && sys::is_writable(memory);
  auto made = sys::TempDir::make(usable ? memory : "/tmp", "rockstage-stage-");
  REQUIRE(made);
  return std::move(*made);
}

std::string rockspec_text(const RockParts& parts) {
  std::string dependencies;
  for (const auto& dependency : parts.dependencies)
    dependencies += fmt::format("\"{}\", ", dependency);
  return fmt::format(
      "package = \"{}\"\nversion = \"{}\"\nrockspec_format = \"3.0\"\n"
      "source = {{ url = \"git+https://example.org/{}\" }}\n"
      "description = {{ summary = \"the rock {}\", license = \"MIT\" }}\n"
      "dependencies = {{ {} }}\n"
      "build = {{ type = \"none\" }}\n"
      "deploy = {{ wrap_bin_scripts = {} }}\n",
      parts.name,
      parts.version,
      parts.name,
      parts.name,
      dependencies,
      parts.wrap_bin_scripts);
}

build::FileClass class_of(const std::string& path, const std::string& content) {
  if (path.starts_with("lua/")) return build::FileClass::lua_module;
  if (path.starts_with("lib/")) return build::FileClass::native_module;
  if (path.starts_with("bin/"))
    return content.starts_with("#!/bin/sh") ? build::FileClass::program : build::FileClass::script;
  if (path == "doc/LICENSE") return build::FileClass::licence;
  return path.starts_with("doc/") ? build::FileClass::document : build::FileClass::metadata;
}

}  // namespace

Workshop::Workshop()
    : io{processes, sys::Environment::current(), terminal, progress, out},
      directory_(quick_directory()),
      place_(sys::absolute(directory_.path()) + "/place") {
  REQUIRE(sys::make_directories(place_));
}

build::BuiltRock Workshop::make(const RockParts& parts) {
  build::BuiltRock rock;
  rock.directory = fmt::format("{}/bench/{}", directory_.path(), ++made_);
  rock.tree = tree();
  rock.lua = parts.lua;
  rock.target = "x86_64-unknown-linux-gnu";
  rock.post_install = parts.post_install;
  const auto v = lua::version_directory(parts.lua);
  auto files = parts.files;
  const auto rockspec = fmt::format("{}-{}.rockspec", parts.name, parts.version);
  files[rockspec] = rockspec_text(parts);
  files["rockstage.json"] = "{}\n";
  for (const auto& [path, content] : files) {
    const bool exec = path.starts_with("lib/") || path.starts_with("bin/");
    put(sys::join(rock.directory, path), content, exec ? 0755 : 0644);
    rock.files[path] = class_of(path, content);
    if (path.starts_with("lib/"))
      rock.modules.emplace(lua::path_to_module(path.substr(4)), "lib/lua/" + v + path.substr(3));
    if (path.starts_with("lua/"))
      rock.modules[lua::path_to_module(path.substr(4))] = "share/lua/" + v + path.substr(3);
  }
  Diagnostics quiet;
  auto spec = rock::read_rockspec(files[rockspec], sys::join(rock.directory, rockspec), quiet);
  REQUIRE(spec);
  rock.spec = std::move(*spec);
  return rock;
}

std::vector<StagedRock> Workshop::deploy(const std::vector<RockParts>& rocks,
                                         OtherVersions others) {
  std::vector<build::BuiltRock> built;
  for (const auto& parts : rocks)
    built.push_back(make(parts));
  auto staged = stage::deploy(built, others, io, diagnostics);
  INFO((staged ? std::string() : staged.error().message));
  REQUIRE(staged);
  return std::move(*staged);
}

std::vector<StagedRock> Workshop::deploy(const RockParts& rock, OtherVersions others) {
  return deploy(std::vector{rock}, others);
}

Result<std::vector<StagedRock>> Workshop::try_deploy(const RockParts& rock) {
  return stage::deploy({make(rock)}, OtherVersions::remove, io, diagnostics);
}

void Workshop::remove(const std::string& name, const std::string& version) {
  const auto removed = stage::remove({tree(), name, version}, io, diagnostics);
  INFO((removed ? std::string() : removed.error().message));
  REQUIRE(removed);
}

bool Workshop::said(Level level, const std::string& text) const {
  return std::ranges::any_of(diagnostics.items(), [&](const Diagnostic& item) {
    return item.level == level && item.message.find(text) != std::string::npos;
  });
}

std::string snapshot(const std::string& directory) {
  if (!sys::exists(directory)) return {};
  const auto entries = sys::walk(directory);
  REQUIRE(entries);
  std::string out = "the tree\n";
  for (const auto& entry : *entries) {
    const auto path = sys::join(directory, entry.path);
    out += fmt::format(
        "{} {} {:o}", entry.path, static_cast<int>(entry.status.kind), entry.status.mode);
    if (entry.status.kind == sys::FileKind::file) out += " " + get(path);
    if (entry.status.kind == sys::FileKind::link) out += " " + sys::read_link(path).value_or("");
    out += "\n";
  }
  return out;
}

std::vector<std::string> leftovers(const std::string& tree) {
  std::vector<std::string> out;
  const auto beside = sys::list_directory(sys::parent(tree));
  REQUIRE(beside);
  const auto prefix = "." + sys::base_name(tree) + ".rockstage-";
  for (const auto& name : *beside)
    if (name.starts_with(prefix)) out.push_back(name);
  if (!sys::exists(tree)) return out;
  const auto inside = sys::walk(tree);
  REQUIRE(inside);
  for (const auto& entry : *inside)
    if (sys::base_name(entry.path).find(".rockstage") != std::string::npos
        || entry.path == "lockfile.lfs")
      out.push_back(entry.path);
  return out;
}

std::vector<std::string> files_below(const std::string& directory) {
  std::vector<std::string> out;
  const auto entries = sys::walk(directory);
  REQUIRE(entries);
  for (const auto& entry : *entries)
    if (entry.status.kind != sys::FileKind::directory) out.push_back(entry.path);
  return out;
}

}  // namespace rockstage::stage::test
