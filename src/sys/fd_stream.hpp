#pragma once
#include <array>
#include <ostream>
#include <streambuf>

namespace rockstage::sys {

/// Buffered output to a descriptor. A failed write leaves `errno` as it was set, so that a closed
/// pipe can be told from a full disk.
class FdBuffer final : public std::streambuf {
 public:
  explicit FdBuffer(int fd) : fd_(fd) { reset(); }

  ~FdBuffer() override { FdBuffer::sync(); }

 protected:
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  void reset() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

  int fd_;
  std::array<char, 1 << 16> buffer_{};
};

}  // namespace rockstage::sys
