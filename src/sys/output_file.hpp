#pragma once
#include "base/result.hpp"
#include "sys/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace rockstage::sys {

/// A file that is written in pieces and appears at its path as a whole, or not at all: also after
/// `kill -9`, which leaves nothing behind where the file system knows files without a name
/// (O_TMPFILE). A device or a FIFO at the path is written to as it is.
class OutputFile {
 public:
  enum class Existing { refuse, replace };

  /// For the file at `path`, which need not exist; a link is followed. Its directory must be there.
  /// `refuse`: Errc::io when there is a file. Errc::not_found, Errc::io.
  static Result<OutputFile> create(const std::string& path, Existing existing);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  Result<void> write(std::span<const std::byte> bytes);

  /// Everything on the disk, still invisible. Errc::io.
  Result<void> sync();
  /// Makes what sync() secured visible. Errc::io when another file has come there meanwhile.
  Result<void> publish();

  /// False for a device or a FIFO: nothing can be put beside it.
  [[nodiscard]] bool is_regular() const { return regular_; }

 private:
  OutputFile(Fd fd, std::string path, Existing existing)
      : fd_(std::move(fd)), path_(std::move(path)), existing_(existing) {}

  Result<void> give_name(const std::string& name) const;

  Fd fd_;
  std::string path_;
  std::string temporary_;  ///< the file's name until it is published; empty while it has none
  std::uint64_t written_ = 0;
  std::uint64_t on_its_way_ = 0;  ///< bytes that the disk was told to write
  Existing existing_;
  bool regular_ = true;
};

}  // namespace rockstage::sys
