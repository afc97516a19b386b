#pragma once
#include "tree/keyed_hash.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace rockstage::archive {

/// Remembers which paths an archive had, by a hash of 64 bits that no archive can aim at, so that a
/// million of them cost 20 MB.
class SeenPaths {
 public:
  enum class Seen { no, the_same, otherwise };

  /// Notes `path` with whatever else must agree; whether it was there before.
  Seen add(std::string_view path, std::uint64_t attributes);

 private:
  struct Slots {
    std::vector<std::uint64_t> hashes;      ///< 0: free
    std::vector<std::uint16_t> attributes;  ///< hashed too
  };

  static std::size_t slot_of(const Slots& slots, std::uint64_t hash);
  void grow();

  tree::KeyedHash hash_;
  Slots slots_;
  std::size_t used_ = 0;
};

}  // namespace rockstage::archive
