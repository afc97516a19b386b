#include "sys/working_directory.hpp"

#include "sys/errno_text.hpp"
#include "sys/files.hpp"

#include <unistd.h>

#include <cerrno>

namespace rockstage::sys {

WorkingDirectory::~WorkingDirectory() {
  if (before_.empty()) return;
  // The old directory may be gone by now, and there is nobody left to tell.
  [[maybe_unused]] const int ignored = ::chdir(before_.c_str());
}

Result<void> WorkingDirectory::change(const std::string& directory) {
  auto before = current_directory();
  if (::chdir(directory.c_str()) != 0) return fail_errno(errno, "work in", directory);
  before_ = std::move(before);
  return {};
}

}  // namespace rockstage::sys
