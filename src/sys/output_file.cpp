#include "sys/output_file.hpp"

#include "sys/errno_text.hpp"
#include "sys/files.hpp"

#include <boost/filesystem/operations.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace rockstage::sys {
namespace {

constexpr std::uint64_t kWriteAhead = std::uint64_t{8} << 20;

/// Where a file without a name can be given one.
std::string descriptor_path(const Fd& fd) {
  return fmt::format("/proc/self/fd/{}", fd.get());
}

std::string temporary_pattern(const std::string& path) {
  return join(parent(path), "." + base_name(path) + ".rockstage-XXXXXX");
}

/// The file that `path` leads to, itself where there is none yet.
std::string behind_links(const std::string& path) {
  boost::system::error_code error;
  const auto target = boost::filesystem::canonical(path, error);
  return error ? path : target.string();
}

tl::unexpected<Error> is_there(const std::string& path) {
  return fail(Errc::io,
              fmt::format("'{}' is there already", path),
              "overwrite it with --force, or choose another name");
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path, Existing existing) {
  RS_TRY_ASSIGN(const auto found, status_followed(path));
  if (found.kind == FileKind::other) {
    Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.valid()) return fail_errno(errno, "write", path);
    OutputFile out(std::move(fd), path, existing);
    out.regular_ = false;
    return out;
  }
  if (found.kind == FileKind::directory)
    return fail(Errc::io, fmt::format("cannot write '{}': it is a directory", path));
  if (found.kind != FileKind::none && existing == Existing::refuse) return is_there(path);

  OutputFile out(Fd(), behind_links(path), existing);
  out.fd_ = Fd(::open(parent(out.path_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  // Without /proc a file without a name could not be given one.
  if (!out.fd_.valid() || ::access(descriptor_path(out.fd_).c_str(), F_OK) != 0) {
    auto name = temporary_pattern(out.path_);
    out.fd_ = Fd(::mkostemp(name.data(), O_CLOEXEC));
    if (!out.fd_.valid()) return fail_errno(errno, "write", path);
    out.temporary_ = std::move(name);
  }
  if (::fchmod(out.fd_.get(), 0644) != 0) return fail_errno(errno, "write", path);
  return out;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      written_(other.written_),
      on_its_way_(other.on_its_way_),
      existing_(other.existing_),
      regular_(other.regular_) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(temporary_, other.temporary_);
  std::swap(written_, other.written_);
  std::swap(on_its_way_, other.on_its_way_);
  std::swap(existing_, other.existing_);
  std::swap(regular_, other.regular_);
  return *this;
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(errno, "write", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    written_ += static_cast<std::uint64_t>(count);
  }
  // The disk works while the next bytes are made, so that sync() has little left to wait for.
  if (regular_ && written_ - on_its_way_ >= kWriteAhead) {
    ::sync_file_range(fd_.get(),
                      static_cast<off_t>(on_its_way_),
                      static_cast<off_t>(written_ - on_its_way_),
                      SYNC_FILE_RANGE_WRITE);
    on_its_way_ = written_;
  }
  return {};
}

Result<void> OutputFile::sync() {
  if (regular_ && ::fsync(fd_.get()) != 0) return fail_errno(errno, "write", path_);
  return {};
}

Result<void> OutputFile::give_name(const std::string& name) const {
  if (::linkat(AT_FDCWD, descriptor_path(fd_).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW)
      == 0)
    return {};
  if (errno == EEXIST) return is_there(name);
  return fail_errno(errno, "write", name);
}

Result<void> OutputFile::publish() {
  if (!regular_) return {};
  if (temporary_.empty()) {
    if (existing_ == Existing::refuse) {
      RS_TRY(give_name(path_));
      return sync_path(parent(path_));
    }
    // A name cannot be given over another file; a rename can.
    auto name = temporary_pattern(path_);
    const Fd taken(::mkostemp(name.data(), O_CLOEXEC));
    if (!taken.valid() || ::unlink(name.c_str()) != 0) return fail_errno(errno, "write", path_);
    RS_TRY(give_name(name));
    temporary_ = std::move(name);
  }
  if (existing_ == Existing::refuse && exists(path_)) return is_there(path_);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return fail_errno(errno, "write", path_);
  temporary_.clear();
  return sync_path(parent(path_));
}

}  // namespace rockstage::sys
