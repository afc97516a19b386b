#pragma once
#include <string>
#include <string_view>

namespace rockstage::archive {

/// A name of an archive, normalised: `./a//b/` is `a/b`, `/a/x/../b` is `a/b`.
struct MemberName {
  std::string path;       ///< "" for the root
  bool absolute = false;  ///< began with a slash
  bool parents = false;   ///< has a component `..`
  bool leaves = false;    ///< leads out of the root; `path` is then of no use
};

MemberName normalise(std::string_view name);

/// A name as it stands in a message: without control bytes, and not longer than a line or two.
std::string shown(std::string_view name);

}  // namespace rockstage::archive
