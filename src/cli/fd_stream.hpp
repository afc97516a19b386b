#pragma once
#include <array>
#include <ostream>
#include <streambuf>

namespace rockstage::cli {

/// A stream on a descriptor that keeps `errno` of a failed write, so that a closed pipe can be told
/// from a full disk.
class FdStream final : private std::streambuf, public std::ostream {
 public:
  explicit FdStream(int fd) : std::ostream(this), fd_(fd) {
    setp(buffer_.data(), buffer_.data() + buffer_.size());
  }

  ~FdStream() override { FdStream::sync(); }

 private:
  int_type overflow(int_type c) override;
  int sync() override;

  int fd_;
  std::array<char, 1 << 16> buffer_{};
};

}  // namespace rockstage::cli
