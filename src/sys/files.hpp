#pragma once
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Paths are byte strings, as the kernel has them. Nothing here follows a link in the last component
// unless it says so.
namespace rockstage::sys {

enum class FileKind { none, file, directory, link, other };

struct FileStatus {
  FileKind kind = FileKind::none;  ///< none: there is nothing at that path
  std::uint32_t mode = 0;          ///< permission bits only
  std::uint64_t size = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint32_t owner = 0;  ///< user id
  std::int64_t mtime_ns = 0;
};

/// lstat; a missing path is a value (FileKind::none), not an error.
Result<FileStatus> status(const std::string& path);
/// stat: a link is followed.
Result<FileStatus> status_followed(const std::string& path);
bool exists(const std::string& path);        ///< lstat finds something
bool is_file(const std::string& path);       ///< after links
bool is_directory(const std::string& path);  ///< after links

inline constexpr std::uint64_t kReadLimit = std::uint64_t{1} << 30;
/// The whole file; a link is followed. Errc::not_found, Errc::io; Errc::invalid_input when it is
/// larger than `limit`.
Result<std::string> read_file(const std::string& path, std::uint64_t limit = kReadLimit);

/// Writes temp file, fsync, rename, fsync of the directory: readers see the old content or the new
/// one. `mode` is set exactly, whatever the umask. The parent must exist.
Result<void> write_file_atomic(const std::string& path,
                               std::string_view content,
                               std::uint32_t mode = 0644);
/// A result that a person asked for by name: as write_file_atomic(), behind links the file that
/// they lead to; a device, FIFO or socket is written to as it is.
Result<void> write_output(const std::string& path,
                          std::string_view content,
                          std::uint32_t mode = 0644);
/// Writes a new file inside a scratch directory nobody reads yet (no fsync, no rename); parents are
/// made. Exact mode.
Result<void> write_file(const std::string& path,
                        std::string_view content,
                        std::uint32_t mode = 0644);
/// Copies bytes (reflink or copy_file_range where it goes) to a new file, exact mode; parents are
/// made. `from` is followed; Errc::io when it leads to anything but a regular file.
Result<void> copy_file(const std::string& from, const std::string& to, std::uint32_t mode);

Result<void> make_directories(const std::string& path,
                              std::uint32_t mode = 0755);  ///< exact mode for those it makes
Result<void> remove_file(const std::string& path);         ///< a missing one is fine
Result<void> remove_all(
    const std::string& path);  ///< never follows links; makes directories writable where needed
/// Removes `path` and then each parent below `stop` as long as they are empty.
Result<void> remove_empty_directories(const std::string& path, const std::string& stop);
Result<void> rename_path(const std::string& from, const std::string& to);
/// Exchanges two paths in one step (renameat2 RENAME_EXCHANGE). Errc::unsupported where the file
/// system cannot.
Result<void> exchange_paths(const std::string& a, const std::string& b);
Result<void> set_mode(const std::string& path, std::uint32_t mode);  ///< Errc::io for a link
/// Nanoseconds since 1970; the time of last access stays. A link's own, not its target's.
Result<void> set_mtime(const std::string& path, std::int64_t mtime_ns);
Result<void> make_link(const std::string& target, const std::string& path);
Result<std::string> read_link(const std::string& path);
Result<void> hard_link(const std::string& from, const std::string& to);
Result<void> sync_path(const std::string& path);         ///< fsync of a file or directory
Result<void> sync_file_system(const std::string& path);  ///< syncfs

/// Names in a directory, sorted by bytes, without `.` and `..`.
Result<std::vector<std::string>> list_directory(const std::string& path);

struct WalkEntry {
  std::string path;  ///< relative to the root of the walk
  FileStatus status;
};

/// Everything below `root`, parents first, sorted by bytes; links are entries, never followed.
/// `enter` (if set) says for each directory whether to go into it.
Result<std::vector<WalkEntry>> walk(const std::string& root,
                                    const std::function<bool(const WalkEntry&)>& enter = {});

/// Absolute, without `.` and `..`, links resolved for the part that exists. Never fails: what
/// cannot be resolved is kept.
std::string absolute(const std::string& path);
std::string join(std::string_view a, std::string_view b);  ///< `b` if it is absolute
std::string parent(std::string_view path);  ///< "a/b" → "a", "a" → ".", "/a" → "/"
std::string base_name(std::string_view path);
std::string current_directory();
/// `path` relative to `base`, both absolute; `path` itself when it is not below.
std::string relative_to(const std::string& path, const std::string& base);
bool is_writable(const std::string& path);
/// The user id with which files are made.
std::uint32_t current_user();
/// True when something is mounted at `path` (bind mounts too); false when the kernel cannot say.
bool is_mount_point(const std::string& path);
bool same_file_system(const std::string& a, const std::string& b);

}  // namespace rockstage::sys
