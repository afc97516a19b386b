#pragma once
#include "archive/tar.hpp"
#include "fuzz.hpp"

#include <cstdint>

// What holds of the members of every archive, whatever its form.
namespace rockstage::fuzz {

inline tree::Limits small_limits() {
  tree::Limits limits;
  limits.entries = 1000;
  limits.bytes = std::uint64_t{4} << 20;
  limits.ratio_free = std::uint64_t{1} << 20;
  return limits;
}

/// The path is inside the root.
inline void check_path(const archive::Member& member) {
  const auto slashed = "/" + member.path + "/";
  promise(!member.path.starts_with('/') && !member.path.ends_with('/'), "no slash at the ends");
  promise(slashed.find("/../") == std::string::npos && slashed.find("/./") == std::string::npos,
          "no . and .. in paths");
  promise(member.path.find('\0') == std::string::npos, "no NUL in paths");
}

/// Reads the content to its end: it has as many bytes as the member says.
inline Result<void> check_content(const archive::Member& member, tree::ByteSource& content) {
  std::uint64_t bytes = 0;
  for (;;) {
    RS_TRY_ASSIGN(const auto piece, content.next());
    if (piece.empty()) break;
    bytes += piece.size();
  }
  promise(bytes == member.size, "contents have the size of the member");
  return {};
}

}  // namespace rockstage::fuzz
