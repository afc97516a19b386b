#include "sys/errno_text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace rockstage::sys {

std::string errno_text(int number) {
  auto text = std::generic_category().message(number);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

tl::unexpected<Error> fail_errno(int number, const std::string& doing, const std::string& path) {
  const auto code = number == ENOENT || number == ENOTDIR ? Errc::not_found : Errc::io;
  return fail(code, fmt::format("cannot {} '{}': {}", doing, path, errno_text(number)));
}

}  // namespace rockstage::sys
