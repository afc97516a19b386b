#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/files.hpp"

#include <boost/filesystem/operations.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace rockstage::sys {
namespace {

Result<void> check(int result, const char* doing, const std::string& path) {
  if (result == 0) return {};
  return fail_errno(errno, doing, path);
}

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const auto count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(errno, "write", path);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

/// Bytes from one descriptor to another, in the kernel where that goes.
Result<void> copy_bytes(int from, int to, const std::string& path) {
  while (true) {
    const auto count = ::copy_file_range(from, nullptr, to, nullptr, std::size_t{1} << 30, 0);
    // Some file systems of the kernel's own (/proc) say so at once although there is something.
    if (count == 0) break;
    if (count < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
      break;
    if (count < 0 && errno != EINTR) return fail_errno(errno, "write", path);
  }
  std::string block(std::size_t{1} << 18, '\0');
  while (true) {
    const auto count = ::read(from, block.data(), block.size());
    if (count == 0) return {};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(errno, "read for", path);
    RS_TRY(write_all(to, std::string_view(block).substr(0, static_cast<std::size_t>(count)), path));
  }
}

Result<Fd> create_file(const std::string& path, std::uint32_t mode) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid() || ::fchmod(fd.get(), mode) != 0) return fail_errno(errno, "write", path);
  return fd;
}

/// Everything that has to be in a file before it takes the place of `path`.
Result<void> fill(int fd, std::string_view content, const std::string& path, std::uint32_t mode) {
  RS_TRY(check(::fchmod(fd, mode), "write", path));
  RS_TRY(write_all(fd, content, path));
  return check(::fsync(fd), "write", path);
}

}  // namespace

Result<void> write_file_atomic(const std::string& path,
                               std::string_view content,
                               std::uint32_t mode) {
  auto temporary = join(parent(path), "." + base_name(path) + ".rockstage-XXXXXX");
  const Fd made(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!made.valid()) return fail_errno(errno, "write", path);
  auto result = fill(made.get(), content, path, mode);
  if (result) result = check(::rename(temporary.c_str(), path.c_str()), "write", path);
  if (!result) {
    ::unlink(temporary.c_str());
    return result;
  }
  return sync_path(parent(path));
}

Result<void> write_output(const std::string& path, std::string_view content, std::uint32_t mode) {
  struct stat found {};

  if (::stat(path.c_str(), &found) != 0) return write_file_atomic(path, content, mode);
  if (!S_ISREG(found.st_mode)) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.valid()) return fail_errno(errno, "write", path);
    return write_all(fd.get(), content, path);
  }
  boost::system::error_code error;
  const auto target = boost::filesystem::canonical(path, error);
  if (error) return fail_errno(error.value(), "write", path);
  return write_file_atomic(target.string(), content, mode);
}

Result<void> write_file(const std::string& path, std::string_view content, std::uint32_t mode) {
  RS_TRY(make_directories(parent(path)));
  RS_TRY_ASSIGN(const auto fd, create_file(path, mode));
  return write_all(fd.get(), content, path);
}

Result<void> copy_file(const std::string& from, const std::string& to, std::uint32_t mode) {
  // Without O_NONBLOCK a pipe would be waited for before it can be refused.
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));

  struct stat found {};

  if (!source.valid() || ::fstat(source.get(), &found) != 0) return fail_errno(errno, "read", from);
  if (!S_ISREG(found.st_mode))
    return fail(Errc::io, fmt::format("cannot copy '{}': it is no regular file", from));
  RS_TRY(make_directories(parent(to)));
  RS_TRY_ASSIGN(const auto target, create_file(to, mode));
  return copy_bytes(source.get(), target.get(), to);
}

Result<void> make_directories(const std::string& path, std::uint32_t mode) {
  if (is_directory(path)) return {};
  if (const auto above = parent(path); above != path) RS_TRY(make_directories(above, mode));
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST && is_directory(path)) return {};  // made by somebody else meanwhile
    return fail_errno(errno, "make the directory", path);
  }
  return check(::chmod(path.c_str(), mode), "make the directory", path);
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return fail_errno(errno, "remove", path);
}

Result<void> remove_all(const std::string& path) {
  boost::system::error_code error;
  boost::filesystem::remove_all(path, error);
  if (!error) return {};
  // Directories without write permission keep their entries: `make install` leaves such.
  RS_TRY_ASSIGN(const auto root, status(path));
  if (root.kind == FileKind::directory) {
    RS_TRY(set_mode(path, 0700));
    RS_TRY(walk(path, [&path](const WalkEntry& entry) {
      return set_mode(join(path, entry.path), 0700).has_value();
    }));
  }
  error.clear();
  boost::filesystem::remove_all(path, error);
  if (error) return fail_errno(error.value(), "remove", path);
  return {};
}

Result<void> remove_empty_directories(const std::string& path, const std::string& stop) {
  for (auto directory = path; directory != stop && directory.size() > stop.size();
       directory = parent(directory)) {
    if (::rmdir(directory.c_str()) == 0 || errno == ENOENT) continue;
    if (errno == ENOTEMPTY || errno == EEXIST) return {};
    return fail_errno(errno, "remove the directory", directory);
  }
  return {};
}

Result<void> rename_path(const std::string& from, const std::string& to) {
  return check(::rename(from.c_str(), to.c_str()), "rename", from + "' to '" + to);
}

Result<void> exchange_paths(const std::string& a, const std::string& b) {
  if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno == EINVAL || errno == ENOSYS)
    return fail(Errc::unsupported,
                fmt::format("the file system of '{}' cannot exchange two paths in one step", a));
  return fail_errno(errno, "exchange", a + "' and '" + b);
}

Result<void> set_mode(const std::string& path, std::uint32_t mode) {
  RS_TRY_ASSIGN(const auto found, status(path));
  if (found.kind == FileKind::link)
    return fail(Errc::io, fmt::format("cannot change the mode of '{}': it is a link", path));
  return check(::chmod(path.c_str(), mode), "change the mode of", path);
}

Result<void> set_mtime(const std::string& path, std::int64_t mtime_ns) {
  constexpr std::int64_t kBillion = 1'000'000'000;
  const auto part = (mtime_ns % kBillion + kBillion) % kBillion;
  const timespec times[2] = {{0, UTIME_OMIT}, {(mtime_ns - part) / kBillion, part}};
  return check(
      ::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), "set the time of", path);
}

Result<void> make_link(const std::string& target, const std::string& path) {
  return check(::symlink(target.c_str(), path.c_str()), "make the link", path);
}

Result<void> hard_link(const std::string& from, const std::string& to) {
  return check(::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0), "link", to);
}

Result<void> sync_path(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || (::fsync(fd.get()) != 0 && errno != EINVAL))
    return fail_errno(errno, "write", path);
  return {};
}

Result<void> sync_file_system(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || ::syncfs(fd.get()) != 0) return fail_errno(errno, "write", path);
  return {};
}

}  // namespace rockstage::sys
