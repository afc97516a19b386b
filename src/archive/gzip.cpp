#include "archive/codec.hpp"

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>

namespace rockstage::archive {
namespace {

/// What isal_inflate() gives for a damaged stream.
const char* explain(int code) {
  switch (code) {
    case ISAL_INCORRECT_CHECKSUM:
      return "does not match its checksum";
    case ISAL_UNSUPPORTED_METHOD:
    case ISAL_INVALID_WRAPPER:
      return "has a bad header";
    default:
      return "is damaged";
  }
}

class Gzip final : public Codec {
 public:
  Gzip() { isal_inflate_init(&state_); }

  Result<std::size_t> decode(std::span<const std::byte>& input,
                             std::span<std::byte> output) override {
    const auto room = output.size();
    while (!input.empty() || position_ == Position::inside) {
      if (position_ != Position::inside) {
        if (output.size() < room) break;
        RS_TRY(between_members(input));
        if (position_ != Position::inside) break;
      }
      RS_TRY(inflate(input, output));
      if (output.empty() || (input.empty() && position_ == Position::inside)) break;
    }
    return room - output.size();
  }

  [[nodiscard]] bool may_end() const override { return position_ != Position::inside; }

 private:
  enum class Position { before, inside, behind, in_padding };

  /// A further member, or the zeros with which tapes and block devices fill up.
  Result<void> between_members(std::span<const std::byte>& input) {
    if (position_ != Position::before && input.front() == std::byte{0}) {
      const auto end =
          std::ranges::find_if(input, [](std::byte byte) { return byte != std::byte{0}; });
      input = {end, input.end()};
      position_ = Position::in_padding;
      if (input.empty()) return {};
    }
    if (position_ == Position::in_padding || input.front() != std::byte{0x1f})
      return fail(Errc::invalid_input, "has bytes after the end that are no gzip member");
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP;
    position_ = Position::inside;
    return {};
  }

  Result<void> inflate(std::span<const std::byte>& input, std::span<std::byte>& output) {
    constexpr std::size_t kMost = std::size_t{1} << 30;  // the library counts in 32 bits
    const auto in = input.first(std::min(input.size(), kMost));
    const auto out = output.first(std::min(output.size(), kMost));
    // The library does not write to its input; its interface has no const.
    state_.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));
    state_.avail_in = static_cast<std::uint32_t>(in.size());
    state_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    state_.avail_out = static_cast<std::uint32_t>(out.size());
    const int code = isal_inflate(&state_);
    if (code < 0 || code == ISAL_NEED_DICT) return fail(Errc::invalid_input, explain(code));
    input = input.subspan(in.size() - state_.avail_in);
    output = output.subspan(out.size() - state_.avail_out);
    if (state_.block_state == ISAL_BLOCK_FINISH) position_ = Position::behind;
    return {};
  }

  inflate_state state_{};
  Position position_ = Position::before;
};

}  // namespace

std::unique_ptr<Codec> make_gzip() {
  return std::make_unique<Gzip>();
}

}  // namespace rockstage::archive
