#pragma once
#include "tree/entry.hpp"
#include "tree/path_table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::tree {

struct Listing;
struct Layer;

/// Which member stands at a path: layer (index into Platform::layers) and entry (index into the
/// layer's Listing::entries).
struct Origin {
  std::uint32_t layer = UINT32_MAX;
  std::uint32_t entry = UINT32_MAX;

  [[nodiscard]] bool present() const { return layer != UINT32_MAX; }

  /// A directory that no member describes, but that holds something: 0755, root.
  [[nodiscard]] bool implied() const { return present() && entry == UINT32_MAX; }
};

/// A member of a lower layer that a later layer removed or replaced: it still ships.
struct Hidden {
  PathId path = kNoPath;  ///< where it would be seen
  Origin origin;
  std::uint32_t by = 0;   ///< the layer that hid it
  bool replaced = false;  ///< by a member of the same path, not by a whiteout
};

/// A file system as a container would see it: layers merged by the rules of image-spec layer.md
/// (docs/formats/images.md). Paths are those of the Subject's PathTable. Hard links are resolved:
/// their Origin is the file's.
class View {
 public:
  struct Node {
    PathId path = kNoPath;
    Origin origin;
  };

  /// What is at `path` itself, links not followed.
  [[nodiscard]] Origin at(PathId path) const;

  /// Everything that is there, the root left out, sorted by path bytes, parents first.
  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }

  /// What was removed or replaced, in no promised order.
  [[nodiscard]] std::span<const Hidden> hidden() const { return hidden_; }

 private:
  friend class Merger;
  std::vector<Origin> by_path_;  ///< by PathId; may be shorter than the table
  std::vector<Node> nodes_;
  std::vector<Hidden> hidden_;
};

}  // namespace rockstage::tree
