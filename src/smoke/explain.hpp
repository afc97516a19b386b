#pragma once
#include "smoke/types.hpp"

#include <optional>
#include <string>
#include <string_view>

// What Lua and the dynamic loader say, in plain words; used by explain() (smoke.hpp).
namespace rockstage::smoke {

/// What a finding will say.
struct Verdict {
  std::string rule;
  std::string message, fix;
};

/// What a text is explained with.
struct Scene {
  const Module& module;
  const Launcher& where;
  std::string subject;  ///< how the module is named in a sentence: its file, else its name
};

/// A text of the dynamic loader, glibc's or musl's; nullopt for any other.
std::optional<Verdict> explain_loader(std::string_view text, const Scene& scene);

/// An undefined symbol of the object at `file`, relative to the tree.
Verdict explain_symbol(const std::string& symbol, const std::string& file, const Scene& scene);

/// `module 'NAME' not found`.
Verdict explain_not_found(const std::string& name, const Scene& scene);

/// The first of the file and the directories above it that the loading user cannot read or pass,
/// with its mode: "lib/lua/5.1 (mode 0700)"; empty for none. Absolute paths.
std::string unreadable_part(const std::string& path, const Scene& scene);

/// Why the native code at `path` crashes or is refused, as far as its bytes tell: built for another
/// Lua, another machine, no library at all. nullopt when they tell nothing.
std::optional<Verdict> judge_object(const std::string& file, const Scene& scene);

/// `path` below the tree, relative to it; else as it is.
std::string in_tree(std::string_view path, const Scene& scene);

/// Debian's package that has a library; empty when it is not known.
std::string_view debian_package(std::string_view soname);

}  // namespace rockstage::smoke
