#pragma once
#include "rock/manifest.hpp"
#include "verify/context.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Which files of a subject the elf and lua rules judge.
namespace rockstage::verify {

/// A library or Lua file that a Lua program could open.
struct ModuleFile {
  tree::PathId id = tree::kNoPath;
  tree::Origin origin;               ///< of the file, links followed
  const FileFacts* facts = nullptr;  ///< never nullptr
  std::string path;                  ///< where it is seen
  std::string directory;  ///< of the file itself, links followed: what `$ORIGIN` stands for
  std::string module;     ///< "a.b" for lib/lua/V/a/b.so; empty outside Lua's directories
  std::string version;  ///< "5.1" for …/lua/5.1/… and …/rocks-5.1/…; empty where none is named
  bool scanned = true;  ///< false: its undefined symbols and code were not kept

  [[nodiscard]] bool has_elf() const { return facts->elf && !facts->elf->malformed; }
};

/// The files that are judged, by path. Hidden members are none of them; of several links to one
/// file each is one.
struct Modules {
  std::vector<ModuleFile> libraries;
  std::vector<ModuleFile> scripts;
  std::vector<ModuleFile> unread;  ///< Lua files too long to be read
};

Modules find_modules(const Context& context);

/// True where the rules of the target's Lua apply: the file lies in no version directory, or in
/// that of the target.
bool is_for_target(const ModuleFile& file, const Context& context);

/// The Lua tree of `lua/5.1` or `lualib` in a path: what stands before, and behind it.
struct LuaPlace {
  std::string_view root;     ///< "usr/local/share" for usr/local/share/lua/5.1/a/b.lua
  std::string_view version;  ///< "5.1"; empty for `lualib`
  std::string_view rest;     ///< "a/b.lua"
};

/// nullopt outside Lua's directories.
std::optional<LuaPlace> lua_place(std::string_view path);

/// A LuaRocks manifest in the subject.
struct TreeManifest {
  std::string prefix;   ///< of the tree, with a `/` at its end, or empty: "usr/local/"
  std::string version;  ///< version directory: "5.1"
  rock::Manifest manifest;
};

/// Those that can be read; rule manifest-missing-file speaks of the others.
std::vector<TreeManifest> read_manifests(const Context& context);

/// A file of a manifest: `usr/local/lib/lua/5.1/a/b.so`.
std::string deployed_path(const TreeManifest& tree, std::string_view file);

/// Files by what each manifest calls them: path in the subject → (tree, rock entry, module).
struct ListedModule {
  const TreeManifest* tree = nullptr;
  const rock::ManifestEntry* rock = nullptr;
  std::string module;
};

std::map<std::string, ListedModule, std::less<>> listed_modules(
    const std::vector<TreeManifest>& manifests);

}  // namespace rockstage::verify
