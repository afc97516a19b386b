#include "archive/write_parts.hpp"
#include "base/text.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <optional>

namespace rockstage::archive {
namespace {

struct FreeWriter {
  void operator()(::archive* writer) const { archive_write_free(writer); }
};

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

/// A zip holds local time, which libarchive takes from the zone of the process: UTC while this
/// lives.
class UtcZone {
 public:
  UtcZone() {
    if (const char* zone = std::getenv("TZ")) before_ = zone;
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
  }

  UtcZone(const UtcZone&) = delete;
  UtcZone& operator=(const UtcZone&) = delete;

  ~UtcZone() {
    if (before_)
      ::setenv("TZ", before_->c_str(), 1);
    else
      ::unsetenv("TZ");
    ::tzset();
  }

 private:
  std::optional<std::string> before_;
};

/// libarchive says of a name that it is UTF-8 where the thread's locale is: so the locale follows
/// the name, not the person's.
class NameLocale {
 public:
  NameLocale()
      : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(::uselocale(nullptr)) {}

  NameLocale(const NameLocale&) = delete;
  NameLocale& operator=(const NameLocale&) = delete;

  ~NameLocale() {
    ::uselocale(before_);
    if (utf8_ != nullptr) ::freelocale(utf8_);
    ::freelocale(plain_);
  }

  void fit(const std::string& name) {
    ::uselocale(utf8_ != nullptr && text::is_valid_utf8(name) ? utf8_ : plain_);
  }

 private:
  locale_t utf8_;
  locale_t plain_ = ::newlocale(LC_CTYPE_MASK, "C", nullptr);
  locale_t before_;
};

class ZipWriter {
 public:
  ZipWriter(const WriteRequest& request, ByteSink& out)
      : reader_(request), time_(request.time), out_(out) {}

  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// What was begun is ended into nowhere.
  ~ZipWriter() { discards_ = true; }

  Result<void> open();
  Result<void> add(const OutputMember& member);
  Result<void> close();

 private:
  /// libarchive's callback: the bytes go to the sink, whose error is kept. libarchive hears nothing
  /// of it: a writer that has failed does not free what compresses (3.6.2).
  static la_ssize_t pass_on(::archive* writer, void* self, const void* bytes, std::size_t size);
  Result<void> check(int code);

  MemberReader reader_;
  std::int64_t time_;
  ByteSink& out_;
  std::optional<Error> failed_;
  bool discards_ = false;
  UtcZone zone_;
  NameLocale locale_;
  std::unique_ptr<::archive, FreeWriter> writer_{archive_write_new()};
  std::unique_ptr<archive_entry, FreeEntry> entry_{archive_entry_new()};
};

la_ssize_t ZipWriter::pass_on(::archive* /*writer*/,
                              void* self,
                              const void* bytes,
                              std::size_t size) {
  auto& zip = *static_cast<ZipWriter*>(self);
  if (!zip.failed_ && !zip.discards_) {
    const auto written = zip.out_.write({static_cast<const std::byte*>(bytes), size});
    if (!written) zip.failed_ = written.error();
  }
  return static_cast<la_ssize_t>(size);
}

Result<void> ZipWriter::check(int code) {
  if (failed_) return tl::unexpected<Error>(*failed_);
  if (code == ARCHIVE_OK) return {};
  return fail(Errc::io,
              fmt::format("cannot write a zip: {}",
                          text::escape_for_terminal(archive_error_string(writer_.get()))));
}

Result<void> ZipWriter::open() {
  if (!writer_ || !entry_) return fail(Errc::io, "out of memory");
  auto* writer = writer_.get();
  RS_TRY(check(archive_write_set_format_zip(writer)));
  RS_TRY(check(archive_write_zip_set_compression_deflate(writer)));
  RS_TRY(check(archive_write_set_bytes_in_last_block(writer, 1)));
  return check(archive_write_open(writer, this, nullptr, &ZipWriter::pass_on, nullptr));
}

Result<void> ZipWriter::add(const OutputMember& member) {
  RS_TRY(reader_.begin(member));
  const bool is_file =
      member.kind == OutputMember::Kind::file || member.kind == OutputMember::Kind::executable;
  locale_.fit(member.name);
  auto* entry = archive_entry_clear(entry_.get());
  archive_entry_set_pathname(entry, member.name.c_str());
  archive_entry_set_uid(entry, 0);
  archive_entry_set_gid(entry, 0);
  archive_entry_set_mtime(entry, time_, 0);
  archive_entry_set_perm(entry, member.kind == OutputMember::Kind::file ? 0644 : 0755);
  archive_entry_set_filetype(entry, AE_IFREG);
  if (is_file) archive_entry_set_size(entry, static_cast<la_int64_t>(member.size));
  if (member.kind == OutputMember::Kind::directory) archive_entry_set_filetype(entry, AE_IFDIR);
  if (member.kind == OutputMember::Kind::link) {
    archive_entry_set_filetype(entry, AE_IFLNK);
    archive_entry_set_perm(entry, 0777);
    archive_entry_set_symlink(entry, member.target.c_str());
  }
  RS_TRY(check(archive_write_header(writer_.get(), entry)));
  if (!is_file) return {};
  return reader_.read(member, [this](std::span<const std::byte> piece) -> Result<void> {
    const auto written = archive_write_data(writer_.get(), piece.data(), piece.size());
    return check(written == static_cast<la_ssize_t>(piece.size()) ? ARCHIVE_OK : ARCHIVE_FATAL);
  });
}

Result<void> ZipWriter::close() {
  return check(archive_write_close(writer_.get()));
}

}  // namespace

Result<void> write_zip(const WriteRequest& request, ByteSink& out) {
  ZipWriter writer(request, out);
  RS_TRY(writer.open());
  for (const auto& member : request.members)
    RS_TRY(writer.add(member));
  return writer.close();
}

}  // namespace rockstage::archive
