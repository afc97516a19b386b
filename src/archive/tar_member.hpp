#pragma once
#include "archive/anomalies.hpp"
#include "archive/pax.hpp"
#include "archive/tar.hpp"
#include "archive/tar_header.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rockstage::archive {

/// What the headers in front of a member say about it.
struct Extensions {
  std::optional<PaxFields> pax;
  std::optional<std::string> long_name, long_link;  ///< GNU tar's
  std::uint64_t offset = 0;                         ///< of the first
  bool repeated = false;                            ///< two of a kind

  [[nodiscard]] bool any() const { return pax || long_name || long_link; }
};

struct ParsedMember {
  Member member;
  std::uint64_t body = 0;     ///< bytes behind the header, without their padding
  std::uint64_t claimed = 0;  ///< bytes that a link or directory says it has
  bool usable = true;         ///< it has a name inside the root
};

/// Puts a member together from its headers and notes what readers would not take alike.
/// Errc::invalid_input `archive is damaged at offset N` when its size cannot be told.
Result<ParsedMember> parse_member(const TarHeader& header,
                                  const Extensions& extensions,
                                  std::uint64_t offset,
                                  Anomalies& anomalies);

/// `archive is damaged at offset N: WHY`.
tl::unexpected<Error> damaged(std::uint64_t offset, const std::string& why);

}  // namespace rockstage::archive
