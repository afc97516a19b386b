#include "archive/write_parts.hpp"
#include "archive/writer.hpp"
#include "digest/digest.hpp"

namespace rockstage::archive {
namespace {

/// Passes bytes on, and knows their number and SHA-256.
class Measure final : public ByteSink {
 public:
  explicit Measure(ByteSink& out) : out_(out) {}

  Result<void> write(std::span<const std::byte> bytes) override {
    count_ += bytes.size();
    hasher_.update({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return out_.write(bytes);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Ends it.
  std::string sha256() { return hasher_.hex(); }

 private:
  ByteSink& out_;
  digest::Hasher hasher_{digest::Algorithm::sha256};
  std::uint64_t count_ = 0;
};

std::unique_ptr<Packer> make_packer(const WriteRequest& request, ByteSink& out) {
  switch (request.form) {
    case Form::tar_gz:
      return make_gzip_packer(out, request.jobs);
    case Form::tar_zst:
      return make_zstd_packer(out, request.jobs);
    case Form::tar_xz:
      return make_xz_packer(out, request.jobs);
    case Form::tar:
    case Form::zip:
      break;
  }
  return nullptr;
}

}  // namespace

Result<Written> write_archive(const WriteRequest& request, ByteSink& out) {
  Measure measured(out);
  Written written;
  if (request.form == Form::zip) {
    RS_TRY(write_zip(request, measured));
  } else if (request.form == Form::tar) {
    RS_TRY(write_tar(request, measured));
  } else {
    const auto packer = make_packer(request, measured);
    Measure tar(*packer);
    RS_TRY(write_tar(request, tar));
    RS_TRY(packer->finish());
    written.tar_sha256 = tar.sha256();
  }
  written.bytes = measured.count();
  written.sha256 = measured.sha256();
  if (request.form == Form::tar) written.tar_sha256 = written.sha256;
  return written;
}

}  // namespace rockstage::archive
