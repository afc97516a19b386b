#include "sys/open_files.hpp"

#include "sys/errno_text.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <string_view>

namespace rockstage::sys {
namespace {

constexpr int kAlways = O_CLOEXEC | O_NOCTTY;

FileKind kind_of(::mode_t mode) {
  if (S_ISREG(mode)) return FileKind::file;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::link;
  return FileKind::other;
}

DirectoryMember from_stat(const struct stat& found) {
  DirectoryMember out;
  out.status.kind = kind_of(found.st_mode);
  out.status.mode = found.st_mode & 07777U;
  out.status.size = static_cast<std::uint64_t>(found.st_size);
  out.status.device = found.st_dev;
  out.status.inode = found.st_ino;
  out.status.owner = found.st_uid;
  out.status.mtime_ns = std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec;
  out.group = found.st_gid;
  return out;
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | kAlways));
  if (!fd.valid()) return fail_errno(errno, "read", path);
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return InputFile(std::move(fd), path);
}

Result<InputFile> InputFile::standard_input() {
  Fd fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!fd.valid()) return fail_errno(errno, "read", "standard input");
  return InputFile(std::move(fd), "standard input");
}

Result<std::size_t> InputFile::read(std::span<std::byte> into) {
  for (;;) {
    const auto got = ::read(fd_.get(), into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return fail_errno(errno, "read", name_);
  }
}

Result<Directory> Directory::open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | kAlways));
  if (!fd.valid()) return fail_errno(errno, "read directory", path);
  return Directory(std::move(fd), path);
}

Result<std::vector<std::string>> Directory::names() const {
  // fdopendir takes the descriptor over, so it gets one of its own.
  const int own = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | kAlways);
  if (own < 0) return fail_errno(errno, "read directory", path_);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own), ::closedir);
  if (!stream) {
    const auto reason = errno;
    ::close(own);
    return fail_errno(reason, "read directory", path_);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const auto* found = ::readdir(stream.get());
    if (!found) break;
    const std::string_view name = found->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return fail_errno(errno, "read directory", path_);
  std::ranges::sort(names);
  return names;
}

Result<DirectoryMember> Directory::look(const std::string& name) const {
  struct stat found {};

  if (::fstatat(fd_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return fail_errno(errno, "look at", shown(name));
  return from_stat(found);
}

Result<Directory> Directory::directory(const std::string& name) const {
  Fd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | kAlways));
  if (!fd.valid()) return fail_errno(errno, "read directory", shown(name));
  return Directory(std::move(fd), shown(name));
}

Result<InputFile> Directory::file(const std::string& name) const {
  Fd fd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | kAlways));
  if (!fd.valid()) return fail_errno(errno, "read", shown(name));

  struct stat found {};

  if (::fstat(fd.get(), &found) != 0) return fail_errno(errno, "read", shown(name));
  if (!S_ISREG(found.st_mode))
    return fail(Errc::io,
                fmt::format("cannot read '{}': it is no regular file any more", shown(name)));
  return InputFile(std::move(fd), shown(name));
}

Result<std::string> Directory::link_target(const std::string& name) const {
  std::string target(PATH_MAX, '\0');
  const auto size = ::readlinkat(fd_.get(), name.c_str(), target.data(), target.size());
  if (size < 0) return fail_errno(errno, "read link", shown(name));
  target.resize(static_cast<std::size_t>(size));
  return target;
}

}  // namespace rockstage::sys
