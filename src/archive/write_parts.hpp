#pragma once
#include "archive/writer.hpp"

#include <memory>

// The parts of write_archive().
namespace rockstage::archive {

/// A sink that holds something back until it is told that everything has come.
class Packer : public ByteSink {
 public:
  virtual Result<void> finish() = 0;
};

/// Members of 1 MiB each, one behind the other (RFC 1952), compressed by libdeflate.
std::unique_ptr<Packer> make_gzip_packer(ByteSink& out, unsigned jobs);
/// One frame: level 3, long matching in a window of 128 MiB, which decoders accept unasked.
std::unique_ptr<Packer> make_zstd_packer(ByteSink& out, unsigned jobs);
/// One stream of blocks of 12 MiB: preset 6 with a dictionary of 4 MiB.
std::unique_ptr<Packer> make_xz_packer(ByteSink& out, unsigned jobs);

/// The members as tar.
Result<void> write_tar(const WriteRequest& request, ByteSink& out);
/// The members as zip, deflated, by libarchive.
Result<void> write_zip(const WriteRequest& request, ByteSink& out);

/// Hands out the contents of members, and says how far the work is.
class MemberReader {
 public:
  explicit MemberReader(const WriteRequest& request);

  /// Says that `member` comes next. Errc::interrupted.
  Result<void> begin(const OutputMember& member);
  /// The content of a file to `take`, in pieces. Errc::io when it cannot be read, has another size
  /// or is no regular file any more.
  Result<void> read(const OutputMember& member,
                    const std::function<Result<void>(std::span<const std::byte>)>& take);

 private:
  const WriteRequest& request_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace rockstage::archive
