#pragma once
#include "base/result.hpp"
#include "tree/types.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace rockstage::tree {

/// Bytes that come once, in order.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// The next piece, valid until the next call; empty at the end. Errc::io, or
  /// Errc::invalid_input where what is read is damaged or exceeds a limit.
  virtual Result<std::span<const std::byte>> next() = 0;
};

/// A regular file that passes. `entries` of the listing grow while it is read: take what is needed
/// now, and keep (listing, index).
struct PassingFile {
  std::size_t listing = 0;  ///< Subject::listings
  std::size_t index = 0;    ///< Listing::entries
  std::string_view path;    ///< normalised; valid during the call
  const Entry& entry;
};

/// Sees the contents of every regular file once. Bytes that it does not take are read and hashed
/// all the same.
class Visitor {
 public:
  virtual ~Visitor() = default;

  /// May be called from several threads at once.
  virtual Result<void> file(const PassingFile& file, ByteSource& content) = 0;
};

/// What is read stops at these, and says which was exceeded (Errc::invalid_input, hint: the
/// option).
struct Limits {
  std::uint64_t entries = 2'000'000;                    ///< --max-entries
  std::uint64_t bytes = std::uint64_t{64} << 30;        ///< --max-bytes, uncompressed in all
  std::uint64_t member_bytes = std::uint64_t{2} << 30;  ///< one file
  std::uint64_t ratio = 200;                            ///< --max-ratio, beyond ratio_free bytes
  std::uint64_t ratio_free = std::uint64_t{64} << 20;
  std::size_t path_bytes = 4096, component_bytes = 255, depth = 128;
  std::size_t layers = 512;
  std::size_t json_bytes = std::size_t{4} << 20;
};

struct ReadOptions {
  Limits limits;
  unsigned jobs = 1;     ///< threads
  std::string platform;  ///< "linux/arm64"; empty for all that are present
};

/// Anything that can be read as a tree: a directory, a tarball, an image.
class TreeReader {
 public:
  virtual ~TreeReader() = default;

  /// Reads everything once. Errc::invalid_input or Errc::io where there is nothing to hand on;
  /// what was read before a later failure comes with Subject::incomplete.
  virtual Result<Subject> read(Visitor& visitor, const ReadOptions& options) = 0;
};

}  // namespace rockstage::tree
