#pragma once
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace rockstage::sys {

/// An exclusive advisory lock (flock) on a file that stays. Given back when the object goes or the
/// process dies.
class FileLock {
 public:
  /// Waits for the lock; `on_wait` is called once, before the first wait. Errc::interrupted on
  /// SIGINT or SIGTERM.
  static Result<FileLock> acquire(const std::string& path, const std::function<void()>& on_wait);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  /// Of the locked file: who removes a lock file on leaving makes those who waited for it compare.
  [[nodiscard]] std::uint64_t inode() const;

 private:
  explicit FileLock(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace rockstage::sys
