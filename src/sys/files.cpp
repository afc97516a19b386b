#include "sys/files.hpp"

#include "sys/errno_text.hpp"
#include "sys/fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace rockstage::sys {
namespace {

FileStatus from_stat(const struct stat& found) {
  FileStatus out;
  switch (found.st_mode & S_IFMT) {
    case S_IFREG:
      out.kind = FileKind::file;
      break;
    case S_IFDIR:
      out.kind = FileKind::directory;
      break;
    case S_IFLNK:
      out.kind = FileKind::link;
      break;
    default:
      out.kind = FileKind::other;
      break;
  }
  out.mode = found.st_mode & 07777U;
  out.size = static_cast<std::uint64_t>(found.st_size);
  out.device = found.st_dev;
  out.inode = found.st_ino;
  out.owner = found.st_uid;
  out.mtime_ns = std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec;
  return out;
}

template <class Stat>
Result<FileStatus> look(Stat stat_function, const std::string& path) {
  struct stat found {};

  if (stat_function(path.c_str(), &found) == 0) return from_stat(found);
  if (errno == ENOENT || errno == ENOTDIR) return FileStatus{};
  return fail_errno(errno, "look at", path);
}

FileKind kind_followed(const std::string& path) {
  const auto found = status_followed(path);
  return found ? found->kind : FileKind::none;
}

}  // namespace

Result<FileStatus> status(const std::string& path) {
  return look(::lstat, path);
}

Result<FileStatus> status_followed(const std::string& path) {
  return look(::stat, path);
}

bool exists(const std::string& path) {
  const auto found = status(path);
  return found && found->kind != FileKind::none;
}

bool is_file(const std::string& path) {
  return kind_followed(path) == FileKind::file;
}

bool is_directory(const std::string& path) {
  return kind_followed(path) == FileKind::directory;
}

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));

  struct stat found {};

  if (!fd.valid() || ::fstat(fd.get(), &found) != 0) return fail_errno(errno, "read", path);
  if (S_ISDIR(found.st_mode))
    return fail(Errc::io, fmt::format("cannot read '{}': it is a directory", path));
  const auto too_large = [&] {
    return fail(Errc::invalid_input, fmt::format("'{}' is larger than {} bytes", path, limit));
  };
  const auto told = static_cast<std::size_t>(found.st_size);  // 0 in /proc, whatever there is
  if (told > limit) return too_large();
  std::string out;
  for (;;) {
    constexpr std::size_t kBlock = std::size_t{1} << 16;
    const auto before = out.size();
    const auto want = std::max(kBlock, told + 1 - std::min(before, told));
    if (before > limit) return too_large();
    out.resize(before + std::min(want, static_cast<std::size_t>(limit) + 1 - before));
    const auto count = ::read(fd.get(), out.data() + before, out.size() - before);
    if (count < 0 && errno == EINTR) {
      out.resize(before);
      continue;
    }
    if (count < 0) return fail_errno(errno, "read", path);
    out.resize(before + static_cast<std::size_t>(count));
    if (count == 0) return out;
  }
}

Result<std::string> read_link(const std::string& path) {
  std::string out(4096, '\0');
  const auto count = ::readlink(path.c_str(), out.data(), out.size());
  if (count < 0) return fail_errno(errno, "read the link", path);
  out.resize(static_cast<std::size_t>(count));
  return out;
}

Result<std::vector<std::string>> list_directory(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
  if (!dir) return fail_errno(errno, "list", path);
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry =
             ::readdir(dir.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return fail_errno(errno, "list", path);
  std::ranges::sort(names);
  return names;
}

Result<std::vector<WalkEntry>> walk(const std::string& root,
                                    const std::function<bool(const WalkEntry&)>& enter) {
  std::vector<WalkEntry> out;
  // Directories still to be read, in any order: all of it is sorted at the end.
  std::vector<std::string> pending = {""};
  while (!pending.empty()) {
    const auto directory = std::move(pending.back());
    pending.pop_back();
    RS_TRY_ASSIGN(const auto names, list_directory(join(root, directory)));
    for (const auto& name : names) {
      WalkEntry entry{join(directory, name), {}};
      RS_TRY_ASSIGN(entry.status, status(join(root, entry.path)));
      if (entry.status.kind == FileKind::none) continue;  // gone since it was listed
      if (entry.status.kind == FileKind::directory && (!enter || enter(entry)))
        pending.push_back(entry.path);
      out.push_back(std::move(entry));
    }
  }
  std::ranges::sort(out, {}, &WalkEntry::path);
  return out;
}

bool is_writable(const std::string& path) {
  return ::access(path.c_str(), W_OK) == 0;
}

std::uint32_t current_user() {
  return ::geteuid();
}

bool is_mount_point(const std::string& path) {
  struct statx found {};

  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_TYPE, &found) != 0) return false;
  return (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool same_file_system(const std::string& a, const std::string& b) {
  const auto first = status_followed(a);
  const auto second = status_followed(b);
  return first && second && first->kind != FileKind::none && first->device == second->device;
}

}  // namespace rockstage::sys
