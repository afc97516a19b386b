#include "sys/temp_dir.hpp"

#include "sys/errno_text.hpp"
#include "sys/files.hpp"

#include <cerrno>
#include <cstdlib>

namespace rockstage::sys {

Result<TempDir> TempDir::make(const std::string& parent, const std::string& prefix) {
  auto path = join(parent, prefix + "XXXXXX");
  if (::mkdtemp(path.data()) == nullptr)
    return fail_errno(errno, "make a scratch directory in", parent);
  return TempDir(path);
}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  // What cannot be removed stays: there is nobody left to tell.
  if (!path_.empty()) static_cast<void>(remove_all(path_));
}

}  // namespace rockstage::sys
