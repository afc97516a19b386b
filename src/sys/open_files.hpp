#pragma once
#include "base/result.hpp"
#include "sys/fd.hpp"
#include "sys/files.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rockstage::sys {

/// Descriptors of an input: a file, a pipe, standard input.
class InputFile {
 public:
  /// A link is followed. Errc::not_found, Errc::io; Errc::io for a directory too.
  static Result<InputFile> open(const std::string& path);
  /// A copy of descriptor 0, read to its end once.
  static Result<InputFile> standard_input();

  /// Reads on, as much as fits or is there now; 0 at the end.
  Result<std::size_t> read(std::span<std::byte> into);

 private:
  friend class Directory;

  InputFile(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Fd fd_;
  std::string name_;  ///< for messages
};

/// What lies in a directory.
struct DirectoryMember {
  FileStatus status;
  std::uint32_t group = 0;
};

/// An open directory. What is reached through it lies in it, whatever is renamed or linked
/// meanwhile: no link is followed.
class Directory {
 public:
  /// `path` itself may be a link. Errc::not_found, Errc::io.
  static Result<Directory> open(const std::string& path);

  /// Sorted by bytes, without `.` and `..`.
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  /// Of the link itself where it is one.
  [[nodiscard]] Result<DirectoryMember> look(const std::string& name) const;
  [[nodiscard]] Result<Directory> directory(const std::string& name) const;
  /// A regular file; does not wait for the other end of a FIFO that has taken its place.
  [[nodiscard]] Result<InputFile> file(const std::string& name) const;
  [[nodiscard]] Result<std::string> link_target(const std::string& name) const;

 private:
  Directory(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  [[nodiscard]] std::string shown(const std::string& name) const { return path_ + "/" + name; }

  Fd fd_;
  std::string path_;  ///< for messages
};

}  // namespace rockstage::sys
