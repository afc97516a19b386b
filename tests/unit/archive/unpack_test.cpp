#include "archive/unpack.hpp"

#include "packers.hpp"
#include "support/support.hpp"
#include "support/tar_builder.hpp"
#include "support/zip_builder.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

namespace rockstage::archive {
namespace {

using test::TarBuilder;
using test::ZipBuilder;

/// An archive that is unpacked into `out`, beside a file that must stay as it is.
struct Unpacking {
  sys::TempDir dir = test::temp_dir();
  std::string out = dir.path() + "/out";
  Result<void> result;

  explicit Unpacking(const std::string& archive, Links links = Links::within) {
    test::put(dir.path() + "/archive", archive);
    test::put(dir.path() + "/beside", "safe");
    REQUIRE(sys::make_directories(out));
    result = unpack_archive(dir.path() + "/archive", out, links);
    CHECK(test::get(dir.path() + "/beside") == "safe");
    CHECK(sys::list_directory(dir.path())->size() == 3);
  }

  [[nodiscard]] std::string error() const { return result ? "" : result.error().message; }

  [[nodiscard]] std::string file(const std::string& name) const {
    return test::get(out + "/" + name);
  }
};

TEST_CASE("archive: zip and tar unpack to the same files, with the modes that count", "[archive]") {
  const auto tar = TarBuilder()
                       .directory("a/", 0700)
                       .file("a/run", "#!", 06711)
                       .file("b/c/plain", "text", 0600)
                       .symlink("link", "b/c/plain")
                       .str();
  const auto zip = ZipBuilder()
                       .directory("a/")
                       .file("a/run", "#!", 0100711)
                       .file("b/c/plain", "text", 0100600)
                       .link("link", "b/c/plain")
                       .str();
  for (const auto& archive : {tar, pack_gzip(tar), pack_zstd(tar), zip}) {
    const Unpacking done(archive);
    CHECK(done.error().empty());
    CHECK(done.file("a/run") == "#!");
    CHECK(sys::status(done.out + "/a/run")->mode == 0755);
    CHECK(sys::status(done.out + "/b/c/plain")->mode == 0644);
    CHECK(sys::status(done.out + "/a")->mode == 0755);
    CHECK(*sys::read_link(done.out + "/link") == "b/c/plain");
  }
}

TEST_CASE("archive: nothing is written outside, whatever links an archive has", "[archive]") {
  CHECK(Unpacking(TarBuilder().symlink("a/l", "../../beside").str()).error()
        == "'a/l' is a link that leads out, to '../../beside'");
  CHECK(Unpacking(TarBuilder().symlink("l", "/etc").str()).error()
        == "'l' is a link that leads out, to '/etc'");
  CHECK(Unpacking(ZipBuilder().link("l", "..").str()).error()
        == "'l' is a link that leads out, to '..'");
  CHECK(Unpacking(ZipBuilder().link("l", "").str()).error()
        == "'l' is a link that leads out, to ''");
  CHECK(Unpacking(TarBuilder().symlink("l", ".").file("l/x", "1").str()).error()
        == "'l/x' lies in 'l', which is no directory");
  CHECK(Unpacking(ZipBuilder().link("l", "../beside").file("l", "1").str()).error()
        == "'l' is in the archive twice");
  // Each stays inside by its own text: d/.. is a, as long as d is no link.
  CHECK(Unpacking(
            TarBuilder().file("r", "").symlink("a/b/d", "../..").symlink("a/b/e", "d/../x").str())
            .error()
        == "'a/b/e' is a link that leads out, to 'd/../x'");
}

TEST_CASE("archive: hard links become files of their own", "[archive]") {
  const Unpacking done(TarBuilder().file("a", "text", 0755).hard_link("b", "a").str());
  CHECK(done.error().empty());
  CHECK(done.file("b") == "text");
  CHECK(sys::status(done.out + "/b")->mode == 0755);
  CHECK(sys::status(done.out + "/b")->inode != sys::status(done.out + "/a")->inode);
  CHECK(Unpacking(TarBuilder().hard_link("b", "a").str()).error()
        == "'b' is a hard link to what is no file of the archive");
  CHECK(Unpacking(TarBuilder().symlink("a", ".").hard_link("b", "a").str()).error()
        == "'b' is a hard link to what is no file of the archive");
}

TEST_CASE("archive: where links are refused there are none", "[archive]") {
  CHECK(Unpacking(ZipBuilder().file("a", "").link("l", "a").str(), Links::refuse).error()
        == "'l' is a link");
  CHECK(Unpacking(TarBuilder().file("a", "").hard_link("l", "a").str(), Links::refuse).error()
        == "'l' is a link");
}

TEST_CASE("archive: devices, names that leave and names that come twice are refused", "[archive]") {
  CHECK(Unpacking(TarBuilder().add({.name = "fifo", .type = '6'}).str()).error()
        == "'fifo' is neither file nor directory nor link");
  CHECK(Unpacking(TarBuilder().file("../beside", "evil").str()).error()
        == "the name '../beside' leads out of the archive's root");
  CHECK(Unpacking(TarBuilder().file("a", "1").file("a", "2").str()).error()
        == "'a' is in the archive twice");
  CHECK(Unpacking(TarBuilder().file("a", "1").file("a/b", "2").str()).error()
        == "'a/b' lies in 'a', which is no directory");
  CHECK(Unpacking(ZipBuilder().file("a/b", "1").file("a", "2").str()).error()
        == "'a' is in the archive twice");
}

TEST_CASE("archive: what is no archive is refused", "[archive]") {
  CHECK_FALSE(Unpacking("").error().empty());
  CHECK_FALSE(Unpacking("hello").error().empty());
  CHECK_FALSE(Unpacking(std::string(4096, 'x')).error().empty());
  CHECK(Unpacking(std::string(1024, '\0')).error() == "it holds nothing");
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/a", TarBuilder().file("a", "1").str());
  const auto done = unpack_zip(dir.path() + "/a", dir.path(), Links::refuse);
  REQUIRE_FALSE(done);
  CHECK(done.error().message == "it is no zip");
  CHECK(unpack_zip(dir.path() + "/none", dir.path(), Links::refuse).error().code
        == Errc::not_found);
}

TEST_CASE("archive: a bomb is refused, and no option is named that there is not", "[archive]") {
  const auto bomb =
      pack_gzip(TarBuilder().file("zeros", std::string(std::size_t{100} << 20, '\0')).str());
  const Unpacking done(bomb);
  CHECK(done.error() == "the gzip data expands to more than 200 times its size");
  CHECK(done.result.error().hint == "no rock holds that much");
}

}  // namespace
}  // namespace rockstage::archive
