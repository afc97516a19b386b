#include "archive/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace rockstage::archive {
namespace {

constexpr std::size_t kMagic = 6;  // of xz, the longest
constexpr std::size_t kPiece = std::size_t{256} << 10;

template <class... Bytes>
bool starts_with(std::span<const std::byte> head, Bytes... magic) {
  const std::array wanted{static_cast<std::byte>(magic)...};
  return head.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), head.begin());
}

std::unique_ptr<Codec> make_codec(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return make_gzip();
    case Compression::zstd:
      return make_zstd();
    case Compression::xz:
      return make_xz();
    default:
      return nullptr;
  }
}

class Decompressed final : public tree::ByteSource {
 public:
  Decompressed(tree::ByteSource& compressed, const tree::Limits& limits, Compression& found)
      : compressed_(compressed), limits_(limits), found_(found) {}

  Result<std::span<const std::byte>> next() override {
    // A codec that has failed cannot go on, also where somebody passes over the failure.
    if (failure_) return tl::unexpected<Error>(*failure_);
    auto piece = next_piece();
    if (!piece) failure_ = piece.error();
    return piece;
  }

 private:
  Result<std::span<const std::byte>> next_piece() {
    if (!started_) RS_TRY(start());
    RS_TRY_ASSIGN(const auto piece, codec_ ? decoded() : stored());
    given_ += piece.size();
    RS_TRY(within_limits());
    return piece;
  }

  Result<void> start() {
    started_ = true;
    while (head_.size() < kMagic) {
      RS_TRY(fetch());
      if (input_.empty()) break;
      if (head_.empty() && input_.size() >= kMagic) break;
      head_.insert(head_.end(), input_.begin(), input_.end());
      input_ = {};
    }
    if (!head_.empty()) input_ = head_;
    found_ = detect(input_);
    if (found_ == Compression::bzip2)
      return fail(Errc::invalid_input,
                  "bzip2 is a compression that is not read",
                  "compress it with gzip or zstd: bzip2 -dc FILE | zstd");
    codec_ = make_codec(found_);
    if (codec_) buffer_.resize(kPiece);
    return {};
  }

  Result<void> fetch() {
    RS_TRY_ASSIGN(input_, compressed_.next());
    taken_ += input_.size();
    return {};
  }

  Result<std::span<const std::byte>> stored() {
    if (input_.empty()) RS_TRY(fetch());
    return std::exchange(input_, {});
  }

  Result<std::span<const std::byte>> decoded() {
    for (;;) {
      if (input_.empty() && !full_) {
        RS_TRY(fetch());
        if (input_.empty()) return end();
      }
      auto size = codec_->decode(input_, buffer_);
      if (!size) return failed(std::move(size).error());
      full_ = *size == buffer_.size();
      if (*size > 0) return std::span<const std::byte>(buffer_).first(*size);
    }
  }

  Result<std::span<const std::byte>> end() {
    if (!codec_->may_end())
      return fail(
          Errc::invalid_input,
          fmt::format("the {} data ends in the middle, after {} bytes", to_string(found_), taken_),
          "the file is cut off: fetch or write it again");
    return std::span<const std::byte>();
  }

  [[nodiscard]] tl::unexpected<Error> failed(Error error) const {
    error.message = fmt::format(
        "the {} data {}, near byte {}", to_string(found_), error.message, taken_ - input_.size());
    if (error.hint.empty()) error.hint = "fetch or write the file again";
    return tl::unexpected<Error>(std::move(error));
  }

  [[nodiscard]] Result<void> within_limits() const {
    if (given_ > limits_.bytes)
      return fail(Errc::invalid_input,
                  fmt::format("the uncompressed data exceeds the limit of {} bytes", limits_.bytes),
                  "--max-bytes raises the limit");
    if (codec_ && given_ > limits_.ratio_free
        && given_ / std::max<std::uint64_t>(limits_.ratio, 1) > taken_)
      return fail(Errc::invalid_input,
                  fmt::format("the {} data expands to more than {} times its size",
                              to_string(found_),
                              limits_.ratio),
                  "--max-ratio raises the limit");
    return {};
  }

  tree::ByteSource& compressed_;
  tree::Limits limits_;
  Compression& found_;
  bool started_ = false;
  bool full_ = false;            ///< the last call had more to give than fitted
  std::vector<std::byte> head_;  ///< the first bytes, where they came in small pieces
  std::span<const std::byte> input_;
  std::vector<std::byte> buffer_;
  std::unique_ptr<Codec> codec_;
  std::uint64_t taken_ = 0, given_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

const char* to_string(Compression compression) {
  switch (compression) {
    case Compression::none:
      return "none";
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::xz:
      return "xz";
    case Compression::bzip2:
      return "bzip2";
  }
  return "none";
}

Compression detect(std::span<const std::byte> head) {
  if (starts_with(head, 0x1f, 0x8b)) return Compression::gzip;
  if (starts_with(head, 0x28, 0xb5, 0x2f, 0xfd)) return Compression::zstd;
  if (head.size() >= 4 && (head[0] & std::byte{0xf0}) == std::byte{0x50}
      && starts_with(head.subspan(1), 0x2a, 0x4d, 0x18))
    return Compression::zstd;
  if (starts_with(head, 0xfd, '7', 'z', 'X', 'Z', 0)) return Compression::xz;
  // A block or the end follows, so that a tar whose first name is BZh… is none.
  if (starts_with(head, 'B', 'Z', 'h') && head.size() > 4
      && (starts_with(head.subspan(4), 0x31, 0x41) || starts_with(head.subspan(4), 0x17, 0x72)))
    return Compression::bzip2;
  return Compression::none;
}

std::unique_ptr<tree::ByteSource> decompress(tree::ByteSource& compressed,
                                             const tree::Limits& limits,
                                             Compression& found) {
  return std::make_unique<Decompressed>(compressed, limits, found);
}

}  // namespace rockstage::archive
