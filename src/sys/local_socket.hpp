#pragma once
#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace rockstage::sys {

/// What came back over a local socket before the other side closed it.
struct LocalAnswer {
  std::string text;
  bool timed_out = false;  ///< it was not closed in time
};

inline constexpr std::size_t kAnswerLimit = std::size_t{1} << 20;

/// Connects to the stream socket at `path` (AF_UNIX), sends `request` and reads until the other
/// side closes, at most kAnswerLimit bytes and `seconds`. Errc::io when nobody listens there or the
/// path is longer than the kernel takes (107 bytes), Errc::interrupted on SIGINT or SIGTERM.
Result<LocalAnswer> ask_local_socket(const std::string& path,
                                     std::string_view request,
                                     double seconds);

}  // namespace rockstage::sys
