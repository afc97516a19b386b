#pragma once
#include "tree/types.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::tree {

/// The file system that grows while layers are laid over each other: what stands at each path, and
/// which of them lie in one directory. Every path that holds something has parents that do.
class LiveTree {
 public:
  explicit LiveTree(PathTable& paths);

  [[nodiscard]] Origin at(PathId path) const {
    return path < origins_.size() ? origins_[path] : Origin{};
  }

  /// Interns the path too.
  PathId child(PathId directory, std::string_view name);

  /// Puts `origin` at `path`, whatever stood there; what is below it stays. Parents that are not
  /// there become implied directories of the origin's layer.
  void set(PathId path, Origin origin);
  /// Removes `path` and what is below it; what members stood there is added to `removed`, children
  /// first.
  void remove(PathId path, std::vector<Hidden>& removed);
  /// Removes what is below `directory`.
  void remove_children(PathId directory, std::vector<Hidden>& removed);

  [[nodiscard]] bool has_children(PathId path) const;
  /// Everything, the root left out, by the bytes of the whole path.
  [[nodiscard]] std::vector<View::Node> sorted() const;

  [[nodiscard]] std::vector<Origin> take() && { return std::move(origins_); }

 private:
  struct Links {
    PathId first_child = kNoPath, next = kNoPath, previous = kNoPath;
  };

  /// A node, or everything below it.
  struct Item {
    std::string_view name;
    PathId path;
    bool below;
  };

  void cover(PathId path);
  void link(PathId path);
  void unlink(PathId path);
  [[nodiscard]] std::vector<Item> items_of(PathId directory) const;

  PathTable& paths_;
  std::vector<Origin> origins_;
  std::vector<Links> links_;
};

}  // namespace rockstage::tree
