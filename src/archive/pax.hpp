#pragma once
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::archive {

/// What an extended header says of the member behind it (POSIX pax), as far as it bears on what is
/// read.
struct PaxFields {
  std::optional<std::string> path, link_path;
  std::optional<std::uint64_t> size, uid, gid;
  bool sparse = false;  ///< a map of holes, by GNU tar or star
  /// What readers do not take alike, each worded to follow "its extended header ".
  std::vector<std::string> oddities;

  [[nodiscard]] bool bears_on_members() const {
    return path || link_path || size || uid || gid || sparse;
  }
};

/// Errc::invalid_input where the records `LENGTH KEY=VALUE\n` cannot be told apart or a number is
/// none.
Result<PaxFields> parse_pax(std::string_view records);

}  // namespace rockstage::archive
