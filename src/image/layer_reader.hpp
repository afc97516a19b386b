#pragma once
#include "archive/tar.hpp"
#include "digest/digest.hpp"
#include "tree/reader.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace rockstage::image {

/// What the layers of one subject may hold together. Counted from several threads.
struct Budget {
  std::atomic<std::uint64_t> entries = 0;
  std::atomic<std::uint64_t> bytes = 0;  ///< of uncompressed layers
};

/// Where what is read goes.
struct Sink {
  tree::Subject& subject;
  tree::Visitor& visitor;
  const tree::ReadOptions& options;
  Budget& budget;
};

/// Makes entries of one listing from the members of a tar.
class ListingBuilder final : public archive::MemberVisitor {
 public:
  ListingBuilder(Sink& sink, std::size_t listing) : sink_(sink), listing_(listing) {}

  Result<void> member(const archive::Member& member, tree::ByteSource& content) override;
  /// Adds the entry, and shows its contents to nobody.
  Result<void> add(const archive::Member& member);

 private:
  Sink& sink_;
  std::size_t listing_;
};

/// Reads one layer, compressed or not, to its end into Subject::listings[`listing`], which must be
/// there: members, digests, anomalies. Errors as those of read_tar() and decompress(); the digest
/// of what is stored is right also then, unless reading itself failed.
Result<void> read_layer(tree::ByteSource& stored,
                        Sink& sink,
                        std::size_t listing,
                        digest::Algorithm algorithm);

/// A source that begins with what has already been taken from another.
class PeekedSource final : public tree::ByteSource {
 public:
  explicit PeekedSource(tree::ByteSource& source) : source_(source) {}

  /// The first bytes, at least `wanted` where there are so many. To be called before next().
  Result<std::span<const std::byte>> peek(std::size_t wanted);
  Result<std::span<const std::byte>> next() override;

 private:
  tree::ByteSource& source_;
  std::vector<std::byte> joined_;  ///< where the first piece was too short
  std::span<const std::byte> head_;
};

}  // namespace rockstage::image
