#include "archive/write_parts.hpp"
#include "sys/interrupt.hpp"

#include <lzma.h>

#include <algorithm>

namespace rockstage::archive {
namespace {

constexpr std::uint32_t kPreset = 6;
constexpr std::uint32_t kDictionary = 4U << 20U;
constexpr std::uint64_t kBlock = 3 * std::uint64_t{kDictionary};
// Each takes 70 MB.
constexpr std::uint32_t kMostThreads = 2;
constexpr std::size_t kBuffer = std::size_t{1} << 17;
// A block takes seconds; nobody who interrupts waits for it.
constexpr std::uint32_t kMostMilliseconds = 100;

class XzPacker final : public Packer {
 public:
  XzPacker(ByteSink& out, unsigned jobs) : out_(out), buffer_(kBuffer) {
    lzma_options_lzma options{};
    lzma_lzma_preset(&options, kPreset);
    options.dict_size = kDictionary;
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    lzma_mt settings{};
    settings.threads = std::clamp<std::uint32_t>(jobs, 1, kMostThreads);
    settings.block_size = kBlock;
    settings.filters = filters;
    settings.check = LZMA_CHECK_CRC64;
    settings.timeout = kMostMilliseconds;
    state_ = lzma_stream_encoder_mt(&stream_, &settings);
  }

  XzPacker(const XzPacker&) = delete;
  XzPacker& operator=(const XzPacker&) = delete;

  ~XzPacker() override { lzma_end(&stream_); }

  Result<void> write(std::span<const std::byte> bytes) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    stream_.avail_in = bytes.size();
    while (stream_.avail_in > 0)
      RS_TRY(step(LZMA_RUN));
    return {};
  }

  Result<void> finish() override {
    while (state_ != LZMA_STREAM_END)
      RS_TRY(step(LZMA_FINISH));
    return {};
  }

 private:
  Result<void> step(lzma_action action) {
    RS_TRY(sys::check_interrupted());
    stream_.next_out = reinterpret_cast<std::uint8_t*>(buffer_.data());
    stream_.avail_out = buffer_.size();
    if (state_ == LZMA_OK) state_ = lzma_code(&stream_, action);
    if (state_ == LZMA_MEM_ERROR) return fail(Errc::io, "out of memory");
    if (state_ != LZMA_OK && state_ != LZMA_STREAM_END)
      return fail(Errc::internal, "liblzma refused to compress");
    return out_.write(std::span(buffer_).first(buffer_.size() - stream_.avail_out));
  }

  ByteSink& out_;
  std::vector<std::byte> buffer_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  lzma_ret state_ = LZMA_OK;
};

}  // namespace

std::unique_ptr<Packer> make_xz_packer(ByteSink& out, unsigned jobs) {
  return std::make_unique<XzPacker>(out, jobs);
}

}  // namespace rockstage::archive
