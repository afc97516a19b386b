#include "sys/lock.hpp"

#include "sys/errno_text.hpp"
#include "sys/interrupt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace rockstage::sys {

Result<FileLock> FileLock::acquire(const std::string& path, const std::function<void()>& on_wait) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EISDIR) fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail_errno(errno, "lock", path);
  FileLock lock(fd);
  bool told = false;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return fail_errno(errno, "lock", path);
    if (!std::exchange(told, true) && on_wait) on_wait();
    RS_TRY(check_interrupted());
    // flock cannot be waited for together with a signal.
    constexpr int kStepMilliseconds = 50;
    ::poll(nullptr, 0, kStepMilliseconds);
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

std::uint64_t FileLock::inode() const {
  struct stat found {};

  return ::fstat(fd_, &found) == 0 ? found.st_ino : 0;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace rockstage::sys
