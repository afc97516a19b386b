#pragma once
#include <cstdint>
#include <string_view>

namespace rockstage::tree {

/// SipHash-1-3 (Aumasson and Bernstein, 2012) with a key of its own for each object: whoever wrote
/// an archive cannot have chosen names that meet in one slot.
class KeyedHash {
 public:
  KeyedHash();  ///< a key from the clock and the address space

  KeyedHash(std::uint64_t key0, std::uint64_t key1) : key0_(key0), key1_(key1) {}

  /// Of `text`, and of a number that goes with it.
  [[nodiscard]] std::uint64_t operator()(std::string_view text, std::uint64_t number = 0) const;

 private:
  std::uint64_t key0_, key1_;
};

}  // namespace rockstage::tree
