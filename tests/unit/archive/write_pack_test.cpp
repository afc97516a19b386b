#include "archive/stream.hpp"
#include "digest/digest.hpp"
#include "reading.hpp"
#include "writing.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>
#include <memory>

namespace rockstage::archive {
namespace {

/// Some megabytes that compress, but not to nothing.
std::string content(std::size_t size) {
  std::string out;
  std::uint32_t state = 1;
  while (out.size() < size) {
    state = state * 1664525 + 1013904223;
    out += std::to_string(state >> 18U) + " ";
  }
  out.resize(size);
  return out;
}

/// A little of that in each megabyte, else zeros: packed in no time, also by xz.
std::string sparse(std::size_t size) {
  const auto little = content(5000);
  std::string out;
  while (out.size() < size) {
    out += little;
    out.resize(out.size() + (1U << 20U));
  }
  return out;
}

/// A directory with one large file and one of the same bytes.
class LargeTree {
 public:
  explicit LargeTree(std::string text) : text_(std::move(text)) { test::put(file(), text_); }

  [[nodiscard]] WriteRequest request(Form form, unsigned jobs) const {
    using Kind = OutputMember::Kind;
    WriteRequest out;
    out.form = form;
    out.jobs = jobs;
    out.members = {{Kind::file, "a", file(), {}, text_.size()},
                   {Kind::file, "b", file(), {}, text_.size()}};
    return out;
  }

 private:
  [[nodiscard]] std::string file() const { return sys::join(directory_.path(), "large"); }

  sys::TempDir directory_ = test::temp_dir();
  std::string text_;
};

constexpr std::size_t kLarge = std::size_t{14} << 20;  // with its copy: three blocks of xz

std::string unpacked(const std::string& bytes, Compression wanted) {
  MemorySource source(bytes);
  Compression found = Compression::none;
  const auto plain = drain(*decompress(source, {}, found));
  REQUIRE(plain);
  CHECK(found == wanted);
  return *plain;
}

constexpr std::pair<Form, Compression> kPacked[] = {{Form::tar_gz, Compression::gzip},
                                                    {Form::tar_zst, Compression::zstd},
                                                    {Form::tar_xz, Compression::xz}};

TEST_CASE("write_archive: a compressed tar unpacks to the tar", "[archive]") {
  const SmallTree tree;
  const auto tar = written(tree.request(Form::tar));
  for (const auto& [form, compression] : kPacked) {
    const auto packed = written(tree.request(form));
    CHECK(unpacked(packed.bytes, compression) == tar.bytes);
    CHECK(packed.result.tar_sha256 == tar.result.sha256);
    CHECK(packed.result.sha256 == digest::hex(digest::Algorithm::sha256, packed.bytes));
    CHECK(packed.result.bytes == packed.bytes.size());
  }
}

TEST_CASE("write_archive: the bytes do not depend on the number of threads", "[archive]") {
  for (const auto& [form, compression] : kPacked) {
    const LargeTree tree(form == Form::tar_xz ? sparse(kLarge) : content(kLarge));
    const auto tar = written(tree.request(Form::tar, 1));
    const auto one = written(tree.request(form, 1));
    CHECK(unpacked(one.bytes, compression) == tar.bytes);
    for (const unsigned jobs : {2U, 5U})
      CHECK((written(tree.request(form, jobs)).bytes == one.bytes));
  }
}

TEST_CASE("write_archive: zstd finds what was 14 MB before", "[archive]") {
  const LargeTree tree(content(kLarge));
  auto once = tree.request(Form::tar_zst, 1);
  once.members.pop_back();
  const auto single = written(once).bytes.size();
  CHECK(written(tree.request(Form::tar_zst, 1)).bytes.size() < single + single / 100);
}

TEST_CASE("write_archive: gzip tells no name, time or system", "[archive]") {
  const SmallTree tree;
  const auto packed = written(tree.request(Form::tar_gz)).bytes;
  CHECK(packed.substr(0, 8) == std::string("\x1f\x8b\x08\0\0\0\0\0", 8));
  CHECK(packed.substr(9, 1) == "\xff");
}

TEST_CASE("write_archive: a sink that fails ends it with its error", "[archive]") {
  class Full final : public ByteSink {
   public:
    Result<void> write(std::span<const std::byte> bytes) override {
      left_ -= std::min(left_, bytes.size());
      if (left_ > 0) return {};
      return fail(Errc::io, "no space left");
    }

   private:
    std::size_t left_ = 1000;
  };

  const LargeTree tree(sparse(kLarge));
  for (const auto form : {Form::tar, Form::tar_gz, Form::tar_zst, Form::tar_xz, Form::zip}) {
    Full sink;
    const auto result = write_archive(tree.request(form, 2), sink);
    REQUIRE(!result);
    CHECK(result.error().message == "no space left");
  }
}

struct ZipEntry {
  std::string name, target, content;
  std::int64_t time = 0;
  unsigned mode = 0;
};

std::vector<ZipEntry> zip_entries(const std::string& bytes) {
  const std::unique_ptr<::archive, int (*)(::archive*)> reader(archive_read_new(),
                                                               archive_read_free);
  REQUIRE(archive_read_support_format_zip(reader.get()) == ARCHIVE_OK);
  REQUIRE(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) == ARCHIVE_OK);
  std::vector<ZipEntry> entries;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    ZipEntry out{archive_entry_pathname(entry), {}, {}, archive_entry_mtime(entry), 0};
    out.mode = archive_entry_mode(entry);
    if (const char* target = archive_entry_symlink(entry)) out.target = target;
    char buffer[100];
    const auto count = archive_read_data(reader.get(), buffer, sizeof buffer);
    if (count > 0) out.content.assign(buffer, static_cast<std::size_t>(count));
    entries.push_back(std::move(out));
  }
  return entries;
}

TEST_CASE("write_archive: a zip has the members, their modes and the time", "[archive]") {
  const SmallTree tree;
  auto request = tree.request(Form::zip);
  request.time = 1700000000;
  const auto zip = written(request);
  CHECK(zip.result.tar_sha256.empty());
  CHECK(zip.result.sha256 == digest::hex(digest::Algorithm::sha256, zip.bytes));
  const auto entries = zip_entries(zip.bytes);
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].name == "bin/");
  CHECK(entries[0].mode == 040755);
  CHECK(entries[1].content == "run!\n");
  CHECK(entries[1].mode == 0100755);
  CHECK(entries[2].target == "bin/run");
  CHECK(entries[2].mode == 0120777);
  CHECK(entries[3].content == "return\n");
  CHECK(entries[3].mode == 0100644);
  for (const auto& entry : entries)
    CHECK(entry.time == 1700000000);
  // 2023-11-14 22:13:20 UTC as DOS keeps it, in the first local header.
  CHECK(zip.bytes.substr(10, 4) == "\xaa\xb1\x6e\x57");
}

TEST_CASE("write_archive: a zip does not follow the zone of the process", "[archive]") {
  const SmallTree tree;
  auto request = tree.request(Form::zip);
  request.time = 1700000000;
  const auto before = written(request).bytes;
  const char* const zone = std::getenv("TZ");
  const std::string kept = zone == nullptr ? "" : zone;
  ::setenv("TZ", "XYZ-7", 1);
  ::tzset();
  const auto after = written(request).bytes;
  CHECK(std::string(std::getenv("TZ")) == "XYZ-7");
  if (zone == nullptr)
    ::unsetenv("TZ");
  else
    ::setenv("TZ", kept.c_str(), 1);
  ::tzset();
  CHECK((before == after));
}

TEST_CASE("write_archive: a zip says of names that are UTF-8 that they are", "[archive]") {
  using Kind = OutputMember::Kind;
  const auto flags = [](const std::string& name) {
    WriteRequest request;
    request.form = Form::zip;
    request.members = {{Kind::directory, name, {}, {}, 0}};
    const auto zip = written(request).bytes;
    CHECK(zip.substr(30, name.size()) == name);
    return static_cast<unsigned char>(zip[7]) & 8U;  // bit 11
  };
  CHECK(flags("plain") == 0);
  CHECK(flags("\xc3\xa4") == 8);
  CHECK(flags("\xff\xfe") == 0);
}

}  // namespace
}  // namespace rockstage::archive
