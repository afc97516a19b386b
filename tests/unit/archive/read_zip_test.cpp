#include "archive/read_zip.hpp"

#include "reading.hpp"
#include "support/zip_builder.hpp"

#include <catch2/catch.hpp>
#include <libdeflate.h>

namespace rockstage::archive {
namespace {

using test::ZipBuilder;
using test::ZipEntry;
using Texts = std::vector<std::string>;

struct ReadZip {
  Recorder recorder;
  tree::Limits limits;
  std::string error;

  explicit ReadZip(const std::string& zip) { read(zip); }

  ReadZip(const std::string& zip, const tree::Limits& with) : limits(with) { read(zip); }

 private:
  void read(const std::string& zip) {
    const auto done = read_zip(std::as_bytes(std::span(zip)), limits, recorder);
    if (!done) {
      error = done.error().message;
      CHECK(done.error().code == Errc::invalid_input);
      CHECK_FALSE(done.error().hint.empty());
    }
  }
};

std::string error_of(const std::string& zip) {
  return ReadZip(zip).error;
}

std::string deflated(const std::string& bytes) {
  auto* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_deflate_compress_bound(compressor, bytes.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

TEST_CASE("archive: the members of a zip come with their bytes, kinds and modes", "[archive]") {
  const std::string large(1'000'000, 'x');
  const ReadZip zip(
      ZipBuilder()
          .directory("lua/")
          .file("lua/kit.lua", "return 1\n")
          .file("bin/kit", "#!", 0100755)
          .add({.name = "./lua//none", .mode = 0})
          .add({.name = "deflated", .body = large, .packed = deflated(large), .method = 8})
          .link("link", "bin/kit")
          .str());
  CHECK(zip.error.empty());
  CHECK(zip.recorder.paths()
        == Texts{"lua", "lua/kit.lua", "bin/kit", "lua/none", "deflated", "link"});
  CHECK(zip.recorder.contents.at("lua/kit.lua") == "return 1\n");
  CHECK(zip.recorder.contents.at("deflated") == large);
  const auto& members = zip.recorder.members;
  CHECK(members[0].kind == tree::EntryKind::directory);
  CHECK(members[2].mode == 0755);
  CHECK(members[3].kind == tree::EntryKind::file);
  CHECK(members[5].kind == tree::EntryKind::symlink);
  CHECK(members[5].target == "bin/kit");
}

TEST_CASE("archive: an empty zip has no members", "[archive]") {
  const auto zip = ZipBuilder().str();
  CHECK(looks_like_zip(std::as_bytes(std::span(zip))));
  CHECK(error_of(zip).empty());
}

TEST_CASE("archive: a zip that is cut off anywhere is refused", "[archive]") {
  const auto whole = ZipBuilder().file("a", "aaaa").file("b", "bbbb").str();
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(error_of(whole.substr(0, size)).empty());
  CHECK(error_of(whole.substr(0, whole.size() - 1))
        == "the zip has no end: it is cut off, or followed by something else");
  CHECK(error_of(whole + "x")
        == "the zip has no end: it is cut off, or followed by something else");
  CHECK(error_of("x" + whole) == "the zip does not say where its directory is");
}

TEST_CASE("archive: any byte of a zip may be wrong", "[archive]") {
  const auto whole =
      ZipBuilder()
          .file("a", "aaaa")
          .add({.name = "b", .body = "bbbb", .packed = deflated("bbbb"), .method = 8})
          .str();
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char c : {'\0', '\x7f', '\xff'}) {
      auto changed = whole;
      changed[at] = c;
      const ReadZip zip(changed);  // an error, or what was there: a time, a mode, a version
      if (!zip.error.empty()) continue;
      for (const auto& [name, body] : zip.recorder.contents)
        CHECK((body == "aaaa" || body == "bbbb"));
    }
}

TEST_CASE("archive: names in a zip that lead out of it are refused", "[archive]") {
  for (const auto& name :
       Texts{"../x", "/x", "a/../../x", "a/../b", std::string("a\0b", 3), "", ".", "./"}) {
    INFO(name);
    const auto error = error_of(ZipBuilder().file(name, "x").str());
    CHECK(error.ends_with("is a name that leads out of the archive"));
  }
  CHECK(error_of(ZipBuilder().file(std::string(256, 'n'), "x").str())
            .ends_with("is too long a name"));
  std::string deep = "x";
  for (int i = 0; i < 200; ++i)
    deep = "d/" + deep;
  CHECK(error_of(ZipBuilder().file(deep, "x").str()).ends_with("lies too deep in directories"));
}

TEST_CASE("archive: a name that comes twice in a zip is refused", "[archive]") {
  CHECK(error_of(ZipBuilder().file("a", "1").file("./a", "2").str())
        == "'./a' is in the archive twice");
  CHECK(error_of(ZipBuilder().directory("a/").file("a", "2").str())
        == "'a' is in the archive twice");
}

TEST_CASE("archive: what the two headers of a member say must agree", "[archive]") {
  CHECK(error_of(ZipBuilder().add({.name = "a", .body = "x", .own_name = "b"}).str())
        == "'a' has a header that says something else than the directory");
  CHECK(error_of(ZipBuilder().add({.name = "a", .body = "x", .size = 2}).str())
        == "'a' has not the size that it says");
  CHECK(error_of(ZipBuilder().add({.name = "a", .body = "x", .crc = 7}).str())
        == "'a' does not match its checksum");
  // Sizes may stand behind the member; the directory has them all the same.
  CHECK(error_of(ZipBuilder().add({.name = "a", .body = "x", .flags = 8}).str()).empty());
}

TEST_CASE("archive: deflated members have the size that they say", "[archive]") {
  const auto body = std::string(10'000, 'y');
  const auto with = [&](std::uint32_t size, const std::string& packed) {
    return error_of(
        ZipBuilder()
            .add({.name = "a", .body = body, .packed = packed, .method = 8, .size = size})
            .str());
  };
  CHECK(with(10'000, deflated(body)).empty());
  CHECK(with(9'999, deflated(body)) == "'a' has more bytes than it says");
  CHECK(with(10'001, deflated(body)) == "'a' has fewer bytes than it says");
  CHECK(with(10'000, deflated(body).substr(0, 8)) == "'a' is cut off");
  CHECK(with(10'000, "\xff\xff\xff\xff") == "'a' is damaged");
  CHECK(with(0, "") == "'a' is cut off");
}

TEST_CASE("archive: encryption, other methods and odd kinds in a zip are named", "[archive]") {
  CHECK(error_of(ZipBuilder().add({.name = "a", .body = "x", .flags = 1}).str())
        == "'a' is encrypted");
  CHECK(error_of(ZipBuilder().add({.name = "a", .body = "x", .method = 12}).str())
        == "'a' is compressed by method 12, which is not read");
  for (const std::uint32_t mode : {0020644U, 0060644U, 0010644U, 0140644U, 0040755U})
    CHECK(error_of(ZipBuilder().file("a", "x", mode).str())
          == "'a' is neither file nor directory nor link");
  CHECK(error_of(ZipBuilder().add({.name = "a/", .body = "x", .mode = 0040755}).str())
        == "'a/' is a directory with bytes in it");
}

TEST_CASE("archive: members of a zip that share their bytes are refused", "[archive]") {
  CHECK(error_of(ZipBuilder()
                     .file("a", "x")
                     .add({.name = "b", .body = "x", .own_name = "a", .same_place = 0})
                     .str())
        == "'b' has a header that says something else than the directory");
  // One member in the bytes of another.
  const auto inner = ZipBuilder().file("in", "x").str();
  auto outer = ZipBuilder().file("a", inner).file("in", "x").str();
  const auto place = outer.rfind("PK\1\2") + 42;
  outer[place] = static_cast<char>(outer.find("PK\3\4", 4));
  CHECK(error_of(outer) == "'in' overlaps another member");
}

TEST_CASE("archive: a zip is judged by what it says before it is unpacked", "[archive]") {
  tree::Limits limits;
  limits.entries = 2;
  limits.member_bytes = 100;
  limits.bytes = 150;
  limits.ratio = 10;
  limits.ratio_free = 50;
  const std::string text(90, 't');
  const ReadZip many(ZipBuilder().file("a", "").file("b", "").file("c", "").str(), limits);
  CHECK(many.error == "the archive has 3 members, the limit is 2");
  const ReadZip large(ZipBuilder().file("a", std::string(101, 'x')).str(), limits);
  CHECK(large.error == "'a' has 101 bytes, the limit is 100");
  const ReadZip sum(ZipBuilder().file("a", text).file("b", text).str(), limits);
  CHECK(sum.error == "the archive unpacks to 180 bytes, the limit is 150");
  limits.member_bytes = limits.bytes = 1'000'000;
  const std::string zeros(100'000, '\0');
  const ReadZip bomb(
      ZipBuilder().add({.name = "a", .body = zeros, .packed = deflated(zeros), .method = 8}).str(),
      limits);
  CHECK(bomb.error == "the archive unpacks to more than 10 times its size");
  CHECK(bomb.recorder.members.empty());
}

TEST_CASE("archive: parts of a zip and zip64 are refused by name", "[archive]") {
  auto zip = ZipBuilder().file("a", "x").str();
  const auto end = zip.rfind("PK\5\6");
  auto parts = zip;
  parts[end + 4] = 1;
  CHECK(error_of(parts) == "the zip is one of several parts");
  auto large = zip;
  large.replace(end + 8, 4, "\xff\xff\xff\xff");
  CHECK(error_of(large) == "the zip is a zip64, which is not read");
}

}  // namespace
}  // namespace rockstage::archive
