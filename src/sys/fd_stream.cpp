#include "sys/fd_stream.hpp"

#include <unistd.h>

#include <cerrno>

namespace rockstage::sys {

int FdBuffer::sync() {
  const char* from = pbase();
  int result = 0;
  while (from < pptr() && result == 0) {
    const auto count = ::write(fd_, from, static_cast<std::size_t>(pptr() - from));
    if (count >= 0)
      from += count;
    else if (errno != EINTR)
      result = -1;
  }
  reset();
  return result;
}

FdBuffer::int_type FdBuffer::overflow(int_type c) {
  if (sync() != 0) return traits_type::eof();
  if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
  return traits_type::not_eof(c);
}

}  // namespace rockstage::sys
