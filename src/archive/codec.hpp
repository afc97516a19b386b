#pragma once
#include "archive/stream.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace rockstage::archive {

/// One compression as a stream. Errors are Errc::invalid_input, worded to follow "the gzip data ".
class Codec {
 public:
  virtual ~Codec() = default;

  /// Takes from the front of `input` and fills `output`; how much was written. What was written
  /// before a failure is given first. Nothing written means that `input` is used up.
  virtual Result<std::size_t> decode(std::span<const std::byte>& input,
                                     std::span<std::byte> output) = 0;

  /// True where the input may end: behind a whole stream, member or frame.
  [[nodiscard]] virtual bool may_end() const = 0;
};

/// ISA-L's streaming inflate; members one behind the other, and zeros behind the last (RFC 1952).
std::unique_ptr<Codec> make_gzip();
/// Frames one behind the other, skippable ones too, windows up to 128 MiB (RFC 8878).
std::unique_ptr<Codec> make_zstd();
/// Streams one behind the other with their padding (the .xz file format 1.1.0).
std::unique_ptr<Codec> make_xz();

}  // namespace rockstage::archive
