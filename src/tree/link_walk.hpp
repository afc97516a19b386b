#pragma once
#include "tree/path_table.hpp"

#include <optional>
#include <string_view>

namespace rockstage::tree {

/// Where a walk over a path goes: what its user knows of the tree.
class Ground {
 public:
  virtual ~Ground() = default;

  /// The place `name` in `directory`; kNoPath ends the walk.
  virtual PathId child(PathId directory, std::string_view name) = 0;
  /// Of what `..` is asked for; kNoPath where that is no directory.
  [[nodiscard]] virtual PathId parent(PathId path) const = 0;
  /// The target of the symbolic link at `path`; nothing when there is none.
  [[nodiscard]] virtual std::optional<std::string_view> link(PathId path) const = 0;
};

enum class LastLink { follow, keep };

/// Walks `path` from `from`; links, absolute ones too, resolve inside the root, and `..` stops
/// there. kNoPath where the ground ends, after 40 links, and where the links are longer than a path
/// may be. `steps` counts components.
PathId walk_links(
    Ground& ground, PathId from, std::string_view path, LastLink last, std::size_t& steps);

}  // namespace rockstage::tree
