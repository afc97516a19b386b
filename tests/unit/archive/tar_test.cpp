#include "archive/tar.hpp"

#include "reading.hpp"
#include "support/tar_builder.hpp"

#include <catch2/catch.hpp>

namespace rockstage::archive {
namespace {

using test::TarBuilder;
using tree::EntryKind;

TEST_CASE("archive: members come in order with kind, owner, mode and contents", "[archive]") {
  const auto tar = TarBuilder()
                       .directory("usr")
                       .add({.name = "usr/x", .body = "hello", .mode = 04755, .uid = 10, .gid = 20})
                       .symlink("usr/l", "../etc/x")
                       .hard_link("usr/h", "./usr/x")
                       .add({.name = "dev/null", .type = '3'})
                       .str();
  const Reading reading(tar);
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies().empty());
  const auto& members = reading.recorder.members;
  CHECK(reading.recorder.paths() == Texts{"usr", "usr/x", "usr/l", "usr/h", "dev/null"});
  REQUIRE(members.size() == 5);
  CHECK(members[0].kind == EntryKind::directory);
  CHECK(members[0].raw_path == "usr/");
  CHECK(members[1].kind == EntryKind::file);
  CHECK(members[1].mode == 04755);
  CHECK(members[1].uid == 10);
  CHECK(members[1].gid == 20);
  CHECK(members[1].size == 5);
  CHECK(members[1].offset == 512);
  CHECK(reading.recorder.contents.at("usr/x") == "hello");
  CHECK(members[2].kind == EntryKind::symlink);
  CHECK(members[2].target == "../etc/x");
  CHECK(members[3].kind == EntryKind::hardlink);
  CHECK(members[3].target == "usr/x");
  CHECK(members[4].kind == EntryKind::other);
  CHECK(reading.summary.entries == 5);
  CHECK(reading.summary.bytes == tar.size());
  CHECK_FALSE(reading.summary.empty);
}

TEST_CASE("archive: the same is read whatever the size of the pieces", "[archive]") {
  const auto tar = TarBuilder()
                       .file("a", std::string(1500, 'a'))
                       .pax({{"path", "long/name"}})
                       .file("b", std::string(511, 'b'))
                       .file("c", "")
                       .file("d", std::string(512, 'd'))
                       .str();
  const Reading whole(tar, {}, SIZE_MAX);
  REQUIRE(whole.error().empty());
  CHECK(whole.recorder.paths() == Texts{"a", "long/name", "c", "d"});
  for (const std::size_t piece : {1U, 7U, 511U, 512U, 513U, 4096U}) {
    const Reading reading(tar, {}, piece);
    CHECK(reading.error().empty());
    CHECK(reading.recorder.contents == whole.recorder.contents);
    CHECK(reading.summary.bytes == tar.size());
  }
}

TEST_CASE("archive: contents that nobody takes are passed over", "[archive]") {
  const auto tar = TarBuilder().file("a", std::string(5000, 'a')).file("b", "b").str();
  MemorySource source(tar, 700);
  Recorder recorder;
  recorder.take = false;
  const auto summary = read_tar(source, {}, recorder);
  REQUIRE(summary);
  CHECK(recorder.paths() == Texts{"a", "b"});
}

TEST_CASE("archive: what the visitor refuses ends the reading", "[archive]") {
  struct Refuses final : MemberVisitor {
    Result<void> member(const Member&, tree::ByteSource&) override {
      return fail(Errc::invalid_input, "no more");
    }
  } visitor;

  const auto tar = TarBuilder().file("a", "").str();
  MemorySource source(tar);
  const auto summary = read_tar(source, {}, visitor);
  REQUIRE_FALSE(summary);
  CHECK(summary.error().message == "no more");
}

TEST_CASE("archive: long names of ustar, PAX and GNU tar", "[archive]") {
  const std::string deep = "usr/" + std::string(120, 'd') + "/" + std::string(120, 'f');
  const Reading reading(
      TarBuilder()
          .add({.name = "f", .prefix = "usr/local"})
          .pax({{"path", deep}, {"mtime", "1.5"}, {"SCHILY.xattr.user.x", "\x01\n"}})
          .file("short", "p")
          .gnu_long(deep + "2")
          .file("short", "g")
          .gnu_long(deep, 'K')
          .gnu_long(deep + "3")
          .symlink("short", "short")
          .str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies().empty());
  CHECK(reading.recorder.paths() == Texts{"usr/local/f", deep, deep + "2", deep + "3"});
  CHECK(reading.recorder.members.back().target == deep);
}

TEST_CASE("archive: PAX records override the header", "[archive]") {
  const Reading reading(
      TarBuilder()
          .pax({{"path", "a"}, {"size", "5"}, {"uid", "3000000"}, {"gid", "4000000"}})
          .add({.name = "x", .body = "12345", .size = 0})
          .pax({{"linkpath", "somewhere"}})
          .symlink("b", "x")
          .str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies().empty());
  CHECK(reading.recorder.contents.at("a") == "12345");
  CHECK(reading.recorder.members[0].uid == 3000000);
  CHECK(reading.recorder.members[0].gid == 4000000);
  CHECK(reading.recorder.members[1].target == "somewhere");
}

TEST_CASE("archive: the old header without magic tells directories by their slash", "[archive]") {
  const std::string none(8, '\0');
  const Reading reading(TarBuilder()
                            .add({.name = "d/", .type = '\0', .magic = none})
                            .add({.name = "d/f", .type = '\0', .body = "x", .magic = none})
                            .str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies().empty());
  CHECK(reading.recorder.members[0].kind == EntryKind::directory);
  CHECK(reading.recorder.members[1].kind == EntryKind::file);
}

TEST_CASE("archive: names are normalised and the root is a member like others", "[archive]") {
  const Reading reading(
      TarBuilder().add({.name = "./", .type = '5'}).file("./a//b/./c", "").directory("./a").str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies().empty());
  CHECK(reading.recorder.paths() == Texts{"", "a/b/c", "a"});
}

TEST_CASE("archive: an archive without members is empty and fine", "[archive]") {
  for (const auto& tar : {std::string(), std::string(1024, '\0'), std::string(10240, '\0')}) {
    const Reading reading(tar);
    CHECK(reading.error().empty());
    CHECK(reading.anomalies().empty());
    CHECK(reading.summary.empty);
    CHECK(reading.summary.bytes == tar.size());
  }
}

TEST_CASE("archive: one zero block at the very end is an end", "[archive]") {
  const Reading reading(TarBuilder().file("a", "x").zeros(1).open());
  CHECK(reading.error().empty());
  CHECK(reading.anomalies().empty());
}

TEST_CASE("archive: a global header that sets nothing of importance is fine", "[archive]") {
  const Reading reading(
      TarBuilder().pax({{"comment", "0123456789abcdef"}}, 'g').file("a", "x").str());
  CHECK(reading.error().empty());
  CHECK(reading.anomalies().empty());
  CHECK(reading.recorder.paths() == Texts{"a"});
}

TEST_CASE("archive: like directories may come twice, with or without slashes", "[archive]") {
  const Reading reading(TarBuilder()
                            .directory("usr")
                            .file("usr/a", "")
                            .add({.name = "./usr", .type = '5', .mode = 0755})
                            .str());
  CHECK(reading.error().empty());
  CHECK(reading.anomalies().empty());
}

}  // namespace
}  // namespace rockstage::archive
