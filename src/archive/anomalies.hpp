#pragma once
#include "base/finding.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace rockstage::archive {

/// Collects what is odd about one archive: at most kMost findings, and one that counts the rest.
class Anomalies {
 public:
  static constexpr std::size_t kMost = 1000;

  explicit Anomalies(Findings& findings) : findings_(findings) {}

  /// archive-ambiguous: readers do not agree about the member at `offset` of the archive.
  void ambiguous(std::string_view path, std::uint64_t offset, std::string message);
  /// archive-path: a name that leads elsewhere.
  void path(std::string_view path, std::uint64_t offset, std::string message);
  /// To be called once, at the end.
  void finish();

 private:
  void add(Finding finding);

  Findings& findings_;
  std::uint64_t untold_ = 0;
};

}  // namespace rockstage::archive
