#include "archive/write_parts.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>

namespace rockstage::archive {
namespace {

constexpr int kLevel = 3;
constexpr int kWindowLog = 27;  // 128 MiB, the most that decoders take unasked
constexpr int kJobBytes = 2 << 20;
// Each holds several megabytes: more would take more than the window leaves of 200 MB.
constexpr unsigned kMostWorkers = 6;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdPacker final : public Packer {
 public:
  ZstdPacker(ByteSink& out, unsigned jobs)
      : out_(out), context_(ZSTD_createCCtx()), buffer_(ZSTD_CStreamOutSize()) {
    set(ZSTD_c_compressionLevel, kLevel);
    set(ZSTD_c_enableLongDistanceMatching, 1);
    set(ZSTD_c_windowLog, kWindowLog);
    set(ZSTD_c_checksumFlag, 1);
    // Without a worker of its own libzstd makes other bytes; one more than there are cores fills
    // the gaps while another waits for its input.
    set(ZSTD_c_nbWorkers, static_cast<int>(std::clamp(jobs + 1, 1U, kMostWorkers)));
    set(ZSTD_c_jobSize, kJobBytes);
  }

  Result<void> write(std::span<const std::byte> bytes) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (in.pos < in.size)
      RS_TRY(step(in, ZSTD_e_continue));
    return {};
  }

  Result<void> finish() override {
    ZSTD_inBuffer in{nullptr, 0, 0};
    do
      RS_TRY(step(in, ZSTD_e_end));
    while (left_ > 0);
    return {};
  }

 private:
  void set(ZSTD_cParameter parameter, int value) {
    if (failed_ == 0 && context_) {
      const auto code = ZSTD_CCtx_setParameter(context_.get(), parameter, value);
      if (ZSTD_isError(code) != 0) failed_ = code;
    }
  }

  Result<void> step(ZSTD_inBuffer& in, ZSTD_EndDirective what) {
    if (!context_) return fail(Errc::io, "out of memory");
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    left_ = failed_ == 0 ? ZSTD_compressStream2(context_.get(), &out, &in, what) : failed_;
    if (ZSTD_isError(left_) != 0)
      return fail(Errc::io, fmt::format("cannot compress with zstd: {}", ZSTD_getErrorName(left_)));
    return out_.write(std::span(buffer_).first(out.pos));
  }

  ByteSink& out_;
  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
  std::vector<std::byte> buffer_;
  std::size_t failed_ = 0;  ///< libzstd's code for a parameter that it does not take
  std::size_t left_ = 0;
};

}  // namespace

std::unique_ptr<Packer> make_zstd_packer(ByteSink& out, unsigned jobs) {
  return std::make_unique<ZstdPacker>(out, jobs);
}

}  // namespace rockstage::archive
