#include "cli/fd_stream.hpp"

#include <unistd.h>

#include <cerrno>

namespace rockstage::cli {

int FdStream::sync() {
  const char* from = pbase();
  while (from < pptr()) {
    const auto count = ::write(fd_, from, static_cast<std::size_t>(pptr() - from));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      setp(buffer_.data(), buffer_.data() + buffer_.size());
      return -1;
    }
    from += count;
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return 0;
}

FdStream::int_type FdStream::overflow(int_type c) {
  if (sync() != 0) return traits_type::eof();
  if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
  return traits_type::not_eof(c);
}

}  // namespace rockstage::cli
