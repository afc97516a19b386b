#pragma once
#include "tree/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rockstage::tree {

inline constexpr int kMostLinks = 40;

/// Looks up paths in one platform of a subject as a process in it would: symbolic links, absolute
/// ones too, resolve inside the root.
class Resolver {
 public:
  Resolver(const Subject& subject, const Platform& platform)
      : subject_(subject), platform_(platform) {}

  /// The path that `path` leads to ("/usr/lib/../x", "usr/lib/x"), every link followed; kNoPath
  /// when nothing is there, or after 40 links.
  [[nodiscard]] PathId resolve(std::string_view path) const;
  /// The same, the last component not followed.
  [[nodiscard]] PathId resolve_parent(std::string_view path) const;

  /// The member at a path that resolve() gave; nullptr for none and for implied directories.
  [[nodiscard]] const Entry* entry(PathId path) const;
  [[nodiscard]] const Entry* entry(Origin origin) const;

 private:
  [[nodiscard]] PathId walk(std::string_view path, bool follow_last) const;

  const Subject& subject_;
  const Platform& platform_;
};

}  // namespace rockstage::tree
