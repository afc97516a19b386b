#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/files.hpp"

#include <boost/filesystem/operations.hpp>
#include <fcntl.h>
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
    if (count == 0) return {};
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

Result<void> replace(const std::string& temporary,
                     std::string_view content,
                     const std::string& path,
                     std::uint32_t mode) {
  Fd fd(::open(temporary.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (!fd.valid() || ::fchmod(fd.get(), mode) != 0) return fail_errno(errno, "write", path);
  RS_TRY(write_all(fd.get(), content, path));
  RS_TRY(check(::fsync(fd.get()), "write", path));
  fd.close();
  RS_TRY(check(::rename(temporary.c_str(), path.c_str()), "write", path));
  return sync_path(parent(path));
}

}  // namespace

Result<void> write_file_atomic(const std::string& path,
                               std::string_view content,
                               std::uint32_t mode) {
  auto temporary = join(parent(path), "." + base_name(path) + ".rockstage-XXXXXX");
  const Fd made(::mkstemp(temporary.data()));
  if (!made.valid()) return fail_errno(errno, "write", path);
  auto result = replace(temporary, content, path, mode);
  if (!result) ::unlink(temporary.c_str());
  return result;
}

Result<void> write_file(const std::string& path, std::string_view content, std::uint32_t mode) {
  RS_TRY(make_directories(parent(path)));
  RS_TRY_ASSIGN(const auto fd, create_file(path, mode));
  return write_all(fd.get(), content, path);
}

Result<void> copy_file(const std::string& from, const std::string& to, std::uint32_t mode) {
  const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.valid()) return fail_errno(errno, "read", from);
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
  return set_mode(path, mode);
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
                "the file system of '" + a + "' cannot exchange two directories in one step");
  return fail_errno(errno, "exchange", a + "' and '" + b);
}

Result<void> set_mode(const std::string& path, std::uint32_t mode) {
  return check(::chmod(path.c_str(), mode), "change the mode of", path);
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
