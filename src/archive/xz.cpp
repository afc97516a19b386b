#include "archive/codec.hpp"

#include <lzma.h>

namespace rockstage::archive {
namespace {

constexpr std::uint64_t kMemory = std::uint64_t{160} << 20;  // xz -9 needs 65 MiB

class Xz final : public Codec {
 public:
  Xz() { ready_ = lzma_stream_decoder(&stream_, kMemory, 0) == LZMA_OK; }

  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

  ~Xz() override { lzma_end(&stream_); }

  Result<std::size_t> decode(std::span<const std::byte>& input,
                             std::span<std::byte> output) override {
    if (!ready_) return fail(Errc::io, "cannot be read: out of memory");
    const auto room = output.size();
    do {
      if (between_streams_) {
        if (output.size() < room) break;
        RS_TRY(next_stream(input));
        if (between_streams_) break;
      }
      RS_TRY(decode_stream(input, output));
    } while (!output.empty() && !input.empty());
    return room - output.size();
  }

  [[nodiscard]] bool may_end() const override { return between_streams_ && padding_ % 4 == 0; }

 private:
  /// Zeros in fours, and then the magic number.
  Result<void> next_stream(std::span<const std::byte>& input) {
    while (streams_ > 0 && !input.empty() && input.front() == std::byte{0}) {
      input = input.subspan(1);
      ++padding_;
    }
    if (input.empty()) return {};
    if (padding_ % 4 != 0 || (streams_ > 0 && input.front() != std::byte{0xfd}))
      return fail(Errc::invalid_input, "has bytes after the end that are no xz stream");
    if (streams_ > 0 && lzma_stream_decoder(&stream_, kMemory, 0) != LZMA_OK)
      return fail(Errc::io, "cannot be read: out of memory");
    between_streams_ = false;
    padding_ = 0;
    return {};
  }

  Result<void> decode_stream(std::span<const std::byte>& input, std::span<std::byte>& output) {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(input.data());
    stream_.avail_in = input.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(output.data());
    stream_.avail_out = output.size();
    const auto code = lzma_code(&stream_, LZMA_RUN);
    input = input.subspan(input.size() - stream_.avail_in);
    output = output.subspan(output.size() - stream_.avail_out);
    switch (code) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // no progress: more input is needed
        return {};
      case LZMA_STREAM_END:
        between_streams_ = true;
        ++streams_;
        return {};
      case LZMA_MEMLIMIT_ERROR:
        return fail(Errc::invalid_input,
                    "needs more than 160 MiB of memory",
                    "compress it again with a smaller dictionary");
      case LZMA_MEM_ERROR:
        return fail(Errc::io, "cannot be read: out of memory");
      default:
        return fail(Errc::invalid_input, "is damaged");
    }
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
  bool between_streams_ = true;
  std::uint64_t streams_ = 0;
  std::uint64_t padding_ = 0;
};

}  // namespace

std::unique_ptr<Codec> make_xz() {
  return std::make_unique<Xz>();
}

}  // namespace rockstage::archive
