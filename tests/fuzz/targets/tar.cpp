#include "archive/tar.hpp"

#include "archive/stream.hpp"
#include "members.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

using rockstage::fuzz::promise;

namespace {

namespace archive = rockstage::archive;
namespace tree = rockstage::tree;

/// The input in pieces of a few hundred bytes, so that headers straddle them.
class Pieces final : public tree::ByteSource {
 public:
  Pieces(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  rockstage::Result<std::span<const std::byte>> next() override {
    constexpr std::size_t kPiece = 331;
    const auto piece = rest_.first(std::min(kPiece, rest_.size()));
    rest_ = rest_.subspan(piece.size());
    return std::as_bytes(piece);
  }

 private:
  std::span<const std::uint8_t> rest_;
};

/// What is handed on is inside the root and has as many bytes as it says.
class Checks final : public archive::MemberVisitor {
 public:
  std::uint64_t members = 0;

  rockstage::Result<void> member(const archive::Member& member,
                                 tree::ByteSource& content) override {
    ++members;
    rockstage::fuzz::check_path(member);
    if (members % 3 == 0) return {};  // left for the reader to pass over
    return rockstage::fuzz::check_content(member, content);
  }
};

}  // namespace

// A tar, compressed or not: an error or a summary, within small limits.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto limits = rockstage::fuzz::small_limits();
  Pieces pieces(data, size);
  archive::Compression found{};
  const auto bytes = archive::decompress(pieces, limits, found);
  Checks checks;
  archive::TarSummary summary;
  const auto read = archive::read_tar(*bytes, limits, checks, summary);
  promise(read || !read.error().message.empty(), "an error says why");
  promise(summary.entries >= checks.members, "every member is counted");
  promise(summary.entries <= limits.entries + 1, "the limit of entries holds");
  promise(summary.bytes <= limits.bytes + (std::uint64_t{1} << 20), "the limit of bytes holds");
  return 0;
}
