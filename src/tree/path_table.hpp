#pragma once
#include "tree/keyed_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::tree {

/// A path of a PathTable.
using PathId = std::uint32_t;
inline constexpr PathId kRoot = 0;  ///< the root itself, the empty path
inline constexpr PathId kNoPath = UINT32_MAX;

/// Interns paths as (parent, name), so that a million of them cost some 35 MB. Names are byte
/// strings. Ids stay valid; a parent's id is smaller than its children's.
///
/// intern() may be called from several threads; the rest only while nobody interns. What name()
/// gives is valid until then.
class PathTable {
 public:
  PathTable();
  PathTable(const PathTable&) = delete;
  PathTable& operator=(const PathTable&) = delete;

  /// `path` is normalised: `a/b`, no leading slash, no empty, `.` or `..` component; "" is the
  /// root.
  PathId intern(std::string_view path);
  PathId intern(PathId parent, std::string_view name);

  /// kNoPath when it was never interned.
  [[nodiscard]] PathId find(std::string_view path) const;
  [[nodiscard]] PathId find(PathId parent, std::string_view name) const;

  [[nodiscard]] PathId parent(PathId id) const;  ///< the root's parent is the root
  [[nodiscard]] std::string_view name(PathId id) const;
  [[nodiscard]] std::string text(PathId id) const;
  [[nodiscard]] bool is_below(PathId id, PathId directory) const;  ///< true for `directory` itself
  [[nodiscard]] std::size_t size() const;

 private:
  struct Node {
    PathId parent;
    std::uint32_t name_place;  ///< in units of kNameUnit bytes, so that 16 GiB of names fit
    std::uint32_t name_size;
  };

  PathId add(PathId parent, std::string_view name);
  [[nodiscard]] std::size_t slot_of(PathId parent, std::string_view name) const;
  void grow();

  KeyedHash hash_;
  std::vector<Node> nodes_;
  std::string names_;
  std::vector<PathId> slots_;  ///< open addressing by hash of (parent, name)
  std::mutex mutex_;
};

}  // namespace rockstage::tree
