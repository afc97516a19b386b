#pragma once
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

// Archives that hold the same bytes wherever and whenever they are written: nothing of a member but
// its name, its content and whether it can be executed goes into them.
namespace rockstage::archive {

/// Where bytes go, in order.
class ByteSink {
 public:
  virtual ~ByteSink() = default;

  virtual Result<void> write(std::span<const std::byte> bytes) = 0;
};

/// tar: POSIX ustar, with extended headers (pax) only where a name, a target or a size asks for
/// one.
enum class Form { tar, tar_gz, tar_zst, tar_xz, zip };

/// Something that goes into an archive.
struct OutputMember {
  enum class Kind { file, executable, directory, link } kind = Kind::file;
  std::string name;    ///< any bytes but NUL; relative, without `..` and without a slash at its end
  std::string file;    ///< of a file or executable: where it lies on disk
  std::string target;  ///< of a link
  std::uint64_t size = 0;  ///< of a file or executable
};

struct WriteRequest {
  std::vector<OutputMember> members;  ///< written in this order
  Form form = Form::tar;
  std::int64_t time = 0;  ///< of every member, seconds since 1970; 0 to kLatestTime
  unsigned jobs = 1;      ///< threads that compress; the bytes do not depend on it
  /// Called before each member with the bytes done, those of all members, and the member's name.
  std::function<void(std::uint64_t done, std::uint64_t total, const std::string& name)> progress;
  /// Called behind each file with the SHA-256 of the content that went into the archive.
  std::function<void(const OutputMember& member, std::string sha256)> digested;
};

/// The latest time that a tar header can tell.
inline constexpr std::int64_t kLatestTime = 077777777777;

struct Written {
  std::uint64_t bytes = 0;
  std::string sha256;      ///< of what was written
  std::string tar_sha256;  ///< of the tar before it was compressed; empty for a zip
};

/// Writes the archive to `out`; the memory it takes does not depend on the members' sizes. Errc::io
/// names the file that cannot be read, or whose size is not what the member says;
/// Errc::interrupted.
Result<Written> write_archive(const WriteRequest& request, ByteSink& out);

}  // namespace rockstage::archive
