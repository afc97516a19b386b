#pragma once
#include "base/result.hpp"
#include "lua/types.hpp"
#include "rock/version.hpp"

#include <map>
#include <string>
#include <vector>

namespace rockstage::rock {

/// `rock_manifest`: path below the rock directory (`lua/a/b.lua`, `lib/a/b.so`, `bin/x`,
/// `doc/README.md`) → MD5. A directory without files is a path that ends in `/`, with an empty MD5.
using RockManifest = std::map<std::string, std::string>;

/// Errc::invalid_input for anything that is no table of MD5s, and for names that could leave the
/// rock directory.
Result<RockManifest> parse_rock_manifest(std::string_view text, const std::string& name);
std::string write_rock_manifest(const RockManifest& manifest);

/// What a tree's `manifest` knows of one version of one rock.
struct ManifestEntry {
  std::map<std::string, std::string>
      modules;  ///< module → deployed file (`greet/core.so`, or its versioned name)
  std::map<std::string, std::string> commands;  ///< command → deployed file
  std::map<std::string, std::string>
      dependencies;                  ///< installed dependencies, transitive: name → version
  std::vector<Dependency> declared;  ///< those of the rockspec, in order
  lua::Table extra;                  ///< keys that are not known here, written back as they were
};

/// A tree's `manifest`. `modules` and `commands` (providers by name) are derived: write_manifest
/// makes them from the entries.
struct Manifest {
  /// rock name → version → entry
  std::map<std::string, std::map<std::string, ManifestEntry>> repository;
  lua::Table extra;  ///< unknown globals, written back as they were
};

/// Errc::invalid_input names the field. A server's manifest (several files for one version, `arch`
/// other than `installed`) is none of a tree.
Result<Manifest> parse_manifest(std::string_view text, const std::string& name);

/// Byte for byte as LuaRocks writes it. Providers are sorted by name, within a name newest version
/// first.
std::string write_manifest(const Manifest& manifest);

/// The providers of each module (or command) as `NAME/VERSION`, the owner first.
std::map<std::string, std::vector<std::string>> module_providers(const Manifest& manifest);
std::map<std::string, std::vector<std::string>> command_providers(const Manifest& manifest);

/// Recomputes ManifestEntry::dependencies of all rocks, as LuaRocks does at every change
/// (manif/writer.tl, update_dependencies): transitively, without what the VM provides.
void update_dependencies(Manifest& manifest, const std::string& lua_version_directory);

}  // namespace rockstage::rock
