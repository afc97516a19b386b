#include "archive/tar.hpp"
#include "reading.hpp"
#include "support/support.hpp"
#include "support/tar_builder.hpp"
#include "sys/files.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <clocale>
#include <cstdlib>
#include <memory>

// What other programs write is read as libarchive reads it.
namespace rockstage::archive {
namespace {

using test::TarBuilder;

/// One line a member: kind, mode, owner, size, normalised path, target.
std::string line(char kind, const Member& member) {
  return fmt::format("{} {:o} {}:{} {} {} -> {}",
                     kind,
                     member.mode,
                     member.uid,
                     member.gid,
                     member.size,
                     member.path,
                     member.target);
}

Texts ours(const std::string& tar) {
  const Reading reading(tar, {}, 65536);
  CHECK(reading.error().empty());
  CHECK(reading.anomalies().empty());
  Texts out;
  for (const auto& member : reading.recorder.members)
    out.push_back(line("fdlho"[static_cast<int>(member.kind)], member));
  return out;
}

std::string cleaned(std::string path) {
  if (path.starts_with("./")) path.erase(0, 2);
  while (path.ends_with('/'))
    path.pop_back();
  return path == "." ? "" : path;
}

char kind_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry)) return 'h';
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return 'f';
    case AE_IFDIR:
      return 'd';
    case AE_IFLNK:
      return 'l';
    default:
      return 'o';
  }
}

Texts libarchives(const std::string& tar) {
  // In the locale C, libarchive has no names for what PAX writes in UTF-8.
  REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr);

  struct Close {
    void operator()(struct archive* a) const { archive_read_free(a); }
  };

  const std::unique_ptr<struct archive, Close> reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  REQUIRE(archive_read_open_memory(reader.get(), tar.data(), tar.size()) == ARCHIVE_OK);
  Texts out;
  archive_entry* entry = nullptr;
  int code = ARCHIVE_OK;
  while ((code = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const auto kind = kind_of(entry);
    const char* target = kind == 'h' ? archive_entry_hardlink(entry) : archive_entry_symlink(entry);
    Member member;
    member.path = cleaned(archive_entry_pathname(entry));
    member.target = target ? (kind == 'h' ? cleaned(target) : target) : "";
    member.mode = static_cast<std::uint16_t>(archive_entry_perm(entry));
    member.uid = static_cast<std::uint32_t>(archive_entry_uid(entry));
    member.gid = static_cast<std::uint32_t>(archive_entry_gid(entry));
    member.size = kind == 'f' ? static_cast<std::uint64_t>(archive_entry_size(entry)) : 0;
    out.push_back(line(kind, member));
  }
  CHECK(code == ARCHIVE_EOF);
  std::setlocale(LC_CTYPE, "C");
  return out;
}

/// Files of every kind that tar can hold, with names that need each of its forms.
void make_files(const std::string& dir) {
  const auto root = dir + "/files";
  const std::string hundred(100, 'h');
  test::put(root + "/usr/lib/x.so", std::string(100'000, 'x'), 0755);
  test::put(root + "/usr/lib/empty", "");
  test::put(root + "/usr/" + hundred + "/" + hundred + "/" + hundred + "/deep", "deep");
  test::put(root + "/usr/" + std::string(240, 'n'), "long");
  test::put(root + "/usr/na\xc3\xafve \n", "bytes", 0600);
  REQUIRE(sys::hard_link(root + "/usr/lib/x.so", root + "/usr/lib/y.so"));
  REQUIRE(sys::make_link("../lib/x.so", root + "/usr/lib/link"));
  REQUIRE(sys::make_link("/" + std::string(200, 't'), root + "/usr/lib/far"));
}

std::string written_by(const std::string& command, const std::string& dir) {
  const auto out = dir + "/out.tar";
  INFO(command);
  REQUIRE(std::system(fmt::format("cd {}/files && {} >{} 2>/dev/null", dir, command, out).c_str())
          == 0);
  return test::get(out);
}

TEST_CASE("archive: what GNU tar writes in each format is read as libarchive does", "[archive]") {
  const auto dir = test::temp_dir();
  make_files(dir.path());
  for (const auto* format : {"gnu", "oldgnu", "pax"}) {
    INFO(format);
    const auto tar = written_by(fmt::format("tar --format={} -c .", format), dir.path());
    const auto lines = ours(tar);
    CHECK(lines.size() == 14);
    CHECK(lines == libarchives(tar));
  }
  // ustar and v7 have no place for the long names.
  for (const auto* format : {"ustar", "v7"}) {
    INFO(format);
    const auto tar =
        written_by(fmt::format("tar --format={} --exclude=far -c usr/lib", format), dir.path());
    const auto lines = ours(tar);
    CHECK(lines.size() == 5);
    CHECK(lines == libarchives(tar));
  }
}

TEST_CASE("archive: what Python writes in each format is read as libarchive does", "[archive]") {
  if (std::system("python3 -c 'import tarfile' 2>/dev/null") != 0) return;
  const auto dir = test::temp_dir();
  make_files(dir.path());
  for (const auto* format : {"GNU", "PAX"}) {
    INFO(format);
    const auto tar = written_by(
        fmt::format(
            "python3 -c 'import sys, tarfile; "
            "t = tarfile.open(fileobj=sys.stdout.buffer, mode=\"w|\", format=tarfile.{}_FORMAT); "
            "t.add(\".\"); t.close()'",
            format),
        dir.path());
    const auto lines = ours(tar);
    CHECK(lines.size() == 14);
    CHECK(lines == libarchives(tar));
  }
}

TEST_CASE("archive: large numbers in GNU's binary form are read as libarchive does", "[archive]") {
  const auto tar =
      TarBuilder().add({.name = "a", .body = "x", .uid = 3'000'000, .gid = 4'000'000'000}).str();
  const auto lines = ours(tar);
  CHECK(lines == Texts{"f 644 3000000:4000000000 1 a -> "});
  CHECK(lines == libarchives(tar));
}

TEST_CASE("archive: a hard link with a body hides a member from libarchive only", "[archive]") {
  const auto evil = TarBuilder().file("evil.so", "").open();
  const auto tar = TarBuilder()
                       .pax({{"mtime", "1"}})
                       .file("x", "x")
                       .add({.name = "h", .type = '1', .body = evil, .link = "x"})
                       .str();
  CHECK(libarchives(tar).size() == 2);
  const Reading reading(tar);
  CHECK(reading.recorder.paths() == Texts{"x", "h", "evil.so"});
  CHECK(reading.summary.anomalies.size() == 1);
}

}  // namespace
}  // namespace rockstage::archive
