#include "archive/codec.hpp"

#include <zstd.h>
#include <zstd_errors.h>

namespace rockstage::archive {
namespace {

constexpr int kWindowLog = 27;  // 128 MiB

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class Zstd final : public Codec {
 public:
  Zstd() : context_(ZSTD_createDCtx()) {
    if (context_) ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLog);
  }

  Result<std::size_t> decode(std::span<const std::byte>& input,
                             std::span<std::byte> output) override {
    if (!context_) return fail(Errc::io, "cannot be read: out of memory");
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    while (out.pos < out.size && (in.pos < in.size || flushing_)) {
      const bool at_start = between_frames_;
      const auto written = out.pos;
      const auto left = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(left) != 0) return explain(left, at_start);
      between_frames_ = left == 0;
      if (between_frames_) ++frames_;
      // With room left and nothing more to write, everything that was buffered is out.
      flushing_ = !between_frames_ && (out.pos == out.size || out.pos > written);
      if (between_frames_ && out.pos > 0) break;
    }
    input = input.subspan(in.pos);
    return out.pos;
  }

  [[nodiscard]] bool may_end() const override { return between_frames_; }

 private:
  [[nodiscard]] tl::unexpected<Error> explain(std::size_t code, bool at_start) const {
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_prefix_unknown:
        if (at_start && frames_ > 0)
          return fail(Errc::invalid_input, "has bytes after the end that are no zstd frame");
        break;
      case ZSTD_error_checksum_wrong:
        return fail(Errc::invalid_input, "does not match its checksum");
      case ZSTD_error_frameParameter_windowTooLarge:
        return fail(Errc::invalid_input,
                    "needs a window larger than 128 MiB",
                    "compress it again without --ultra or --long");
      default:
        break;
    }
    return fail(Errc::invalid_input, "is damaged");
  }

  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  bool between_frames_ = true;
  bool flushing_ = false;
  std::uint64_t frames_ = 0;
};

}  // namespace

std::unique_ptr<Codec> make_zstd() {
  return std::make_unique<Zstd>();
}

}  // namespace rockstage::archive
