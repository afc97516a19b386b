#include "archive/tar.hpp"
#include "reading.hpp"
#include "support/tar_builder.hpp"

#include <catch2/catch.hpp>

namespace rockstage::archive {
namespace {

using test::TarBuilder;

const std::string kBlockOfText(512, 't');

TEST_CASE("archive: members with bodies that some readers skip are ambiguous", "[archive]") {
  // The body of the link is a member of its own for GNU tar, Python and Go.
  const auto evil = TarBuilder().file("usr/local/lib/lua/5.1/evil.so", "").open();
  const Reading reading(TarBuilder()
                            .pax({{"mtime", "1"}})
                            .file("usr/x", "x")
                            .add({.name = "usr/h", .type = '1', .body = evil, .link = "usr/x"})
                            .add({.name = "usr/l", .type = '2', .link = "x", .size = 512})
                            .add({.name = "usr/d/", .type = '5', .size = 1})
                            .add({.name = "usr/p", .type = '6', .size = 7})
                            .str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies()
        == Texts{"archive-ambiguous: hard link 'usr/h' carries 512 bytes, which some readers skip "
                 "and others read as members",
                 "archive-ambiguous: symbolic link 'usr/l' carries 512 bytes, which some readers "
                 "skip and others read as members",
                 "archive-ambiguous: directory 'usr/d/' carries 1 bytes, which some readers skip "
                 "and others read as members",
                 "archive-ambiguous: device or FIFO 'usr/p' carries 7 bytes, which some readers "
                 "skip and others read as members"});
  const auto& finding = reading.summary.anomalies[0];
  CHECK(finding.path == "usr/h");
  CHECK(std::get<std::int64_t>(finding.evidence.at("offset")) == 2048);
  CHECK(finding.fix == "build it again with a current builder; do not trust it as it is");
  // What engines would see is judged too.
  CHECK(reading.recorder.paths()
        == Texts{"usr/x", "usr/h", "usr/local/lib/lua/5.1/evil.so", "usr/l", "usr/d", "usr/p"});
}

TEST_CASE("archive: the body of a link is passed over where it is no member", "[archive]") {
  for (const char type : {'1', '2', '5'}) {
    const Reading reading(
        TarBuilder()
            .file("x", "x")
            .add({.name = "l", .type = type, .body = kBlockOfText + "more", .link = "x"})
            .file("y", "y")
            .str());
    CHECK(reading.error().empty());
    CHECK(reading.anomalies().size() == 1);
    CHECK(reading.recorder.paths() == Texts{"x", "l", "y"});
  }
  const Reading cut(TarBuilder()
                        .add({.name = "l", .type = '2', .link = "x", .size = 2000})
                        .bytes(kBlockOfText)
                        .open());
  CHECK(cut.error() == "archive is damaged at offset 1024: it ends in the middle of a link's body");
}

TEST_CASE("archive: a lone zero block followed by data is ambiguous", "[archive]") {
  const Reading reading(TarBuilder().file("a", "x").zeros(1).file("b", "y").str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies()
        == Texts{"archive-ambiguous: a lone zero block at offset 1024 is followed by data, where "
                 "some readers stop and others go on"});
  CHECK(reading.recorder.paths() == Texts{"a"});
}

TEST_CASE("archive: data behind the end is ambiguous, zeros are not", "[archive]") {
  const auto good = TarBuilder().file("a", "x").str();
  CHECK(Reading(good + std::string(9000, '\0')).anomalies().empty());
  CHECK(Reading(good + std::string(100, '\0')).anomalies().empty());
  const Texts wanted{
      "archive-ambiguous: data follows the end of the archive, where some readers stop"};
  for (const std::size_t piece : {1U, 512U, 100000U}) {
    CHECK(Reading(good + "x", {}, piece).anomalies() == wanted);
    CHECK(Reading(good + std::string(5000, '\0') + kBlockOfText, {}, piece).anomalies() == wanted);
    CHECK(Reading(good + good, {}, piece).anomalies() == wanted);
  }
}

TEST_CASE("archive: two sizes are ambiguous unless the header's is zero", "[archive]") {
  const Reading reading(TarBuilder()
                            .pax({{"size", "512"}})
                            .add({.name = "a", .body = kBlockOfText, .size = 1024})
                            .file("b", "")
                            .str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies()
        == Texts{"archive-ambiguous: 'a' has 1024 bytes by its header and 512 by its extended "
                 "header"});
  CHECK(reading.recorder.paths() == Texts{"a", "b"});
}

TEST_CASE("archive: a path that comes twice is ambiguous", "[archive]") {
  const Reading twice(TarBuilder().file("a/b", "1").file("a/b", "1").str());
  CHECK(twice.anomalies() == Texts{"archive-ambiguous: 'a/b' is in the archive twice"});
  CHECK(twice.recorder.members.size() == 2);
  for (const auto* near : {"./a/b", "a//b", "a/./b"}) {
    const Reading reading(TarBuilder().file("a/b", "1").file(near, "2").str());
    CHECK(reading.anomalies()
          == Texts{"archive-ambiguous: '" + std::string(near)
                   + "' names the same path as an earlier member"});
  }
  const Reading slash(TarBuilder().file("a", "1").directory("a").str());
  CHECK(slash.anomalies()
        == Texts{"archive-ambiguous: 'a/' names the same path as an earlier member"});
  const Reading modes(TarBuilder().directory("a", 0755).directory("a", 0700).str());
  CHECK(modes.anomalies().size() == 1);
}

TEST_CASE("archive: headers that readers take differently are ambiguous", "[archive]") {
  const auto one = [](const TarBuilder& tar) {
    const Reading reading(tar.str());
    REQUIRE(reading.error().empty());
    REQUIRE(reading.anomalies().size() == 1);
    CHECK(reading.summary.anomalies[0].rule == "archive-ambiguous");
    return reading.summary.anomalies[0].message;
  };
  CHECK(one(TarBuilder().pax({{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}}).file("a", "x"))
        == "'a' is a sparse file, which readers unpack differently");
  CHECK(one(TarBuilder().add({.name = "a", .type = 'S', .magic = std::string("ustar  \0", 8)}))
        == "'a' is a sparse file, which readers unpack differently");
  CHECK(one(TarBuilder().add({.name = "a", .type = 'V'}))
        == "'a' is of a type that is not in the standard of tar");
  CHECK(one(TarBuilder().add({.name = "a/", .type = '0'}))
        == "'a/' is a file with the name of a directory");
  CHECK(one(TarBuilder().pax({{"path", "b"}}).pax({{"path", "c"}}).file("a", ""))
        == "'c' has more than one extended header that says the same");
  CHECK(one(TarBuilder().pax({{"path", "b"}}).gnu_long("c").file("a", ""))
        == "'b' has more than one extended header that says the same");
  CHECK(one(TarBuilder().pax({{"path", "b"}, {"path", "c"}}).file("a", ""))
        == "the extended header of 'c' has the record path twice");
  CHECK(one(TarBuilder().pax({{"path", std::string("b\0c", 3)}}).file("a", ""))
        == "the extended header of 'b' has a NUL in the record path");
  CHECK(one(TarBuilder().pax({{"path", ""}}).file("a", ""))
        == "the extended header of 'a' has an empty record path");
  CHECK(
      one(TarBuilder().pax({{"path", "b"}}, 'g').file("a", ""))
      == "a global header at offset 0 sets names, sizes or owners, which not every reader applies");
  CHECK(one(TarBuilder().file("a", "").pax({{"path", "b"}}))
        == "the extended header at offset 512 belongs to no member");
  CHECK(one(TarBuilder().add({.name = "a", .magic = std::string("ustar  \0", 8), .prefix = "b"}))
        == "'a' has a prefix in a header of a format without one");
  CHECK(one(TarBuilder().symlink("a", "")) == "symbolic link 'a' has no target");
  CHECK(one(TarBuilder().add({.name = ""})) == "a member has no name");
  CHECK(one(TarBuilder().add({.name = "a", .raw = {{108, "99x"}}}))
        == "the mode or the owner of 'a' cannot be read");
}

TEST_CASE("archive: the blocks of a GNU sparse map are no members", "[archive]") {
  std::string map(512, '\0');
  const Reading reading(TarBuilder()
                            .add({.name = "a",
                                  .type = 'S',
                                  .size = 3,
                                  .magic = std::string("ustar  \0", 8),
                                  .raw = {{482, "\1"}}})
                            .bytes(map.replace(504, 1, "\1"))
                            .bytes(std::string(512, '\0'))
                            .bytes("xyz" + std::string(509, '\0'))
                            .file("b", "")
                            .str());
  REQUIRE(reading.error().empty());
  CHECK(reading.recorder.paths() == Texts{"a", "b"});
  CHECK(reading.recorder.contents.at("a") == "xyz");
}

TEST_CASE("archive: names that lead out of the root are found and not handed on", "[archive]") {
  const Reading reading(TarBuilder()
                            .file("/etc/passwd", "x")
                            .file("../up", "x")
                            .file("a/../../up", "x")
                            .file("a/../b", "x")
                            .hard_link("h", "../../etc/shadow")
                            .hard_link("i", "/etc/passwd")
                            .add({.name = "./", .type = '2', .link = "/tmp"})
                            .str());
  REQUIRE(reading.error().empty());
  CHECK(reading.anomalies()
        == Texts{"archive-path: the name '/etc/passwd' is absolute",
                 "archive-path: the name '../up' leads out of the archive's root",
                 "archive-path: the name 'a/../../up' leads out of the archive's root",
                 "archive-path: the name 'a/../b' has a component '..'",
                 "archive-path: hard link 'h' leads to '../../etc/shadow', which is no name in the "
                 "archive",
                 "archive-path: hard link 'i' leads to '/etc/passwd', which is no name in the "
                 "archive",
                 "archive-path: the root of the archive is a symbolic link, not a directory"});
  CHECK(reading.recorder.paths() == Texts{"etc/passwd", "b", "i"});
  CHECK(reading.recorder.members.back().target == "etc/passwd");
}

TEST_CASE("archive: control bytes in names are allowed and escaped in messages", "[archive]") {
  const std::string name = "a\x1b[2J\n\xff";
  const Reading reading(TarBuilder().file(name, "").file(name, "").str());
  REQUIRE(reading.error().empty());
  CHECK(reading.recorder.paths() == Texts{name, name});
  CHECK(reading.anomalies()
        == Texts{"archive-ambiguous: 'a\\x1B[2J\\x0A\\xFF' is in the archive twice"});
}

TEST_CASE("archive: a bad checksum is fatal and says where", "[archive]") {
  const Reading reading(
      TarBuilder().file("a", "x").add({.name = "b", .wrong_checksum = true}).file("c", "").str());
  REQUIRE_FALSE(reading.result);
  CHECK(reading.result.error().code == Errc::invalid_input);
  CHECK(reading.error()
        == "archive is damaged at offset 1024: the checksum of a header does not fit");
  CHECK(reading.recorder.paths() == Texts{"a"});
  CHECK(Reading(kBlockOfText).error()
        == "this is no archive: it does not begin with the header of a tar");
}

TEST_CASE("archive: what was found before the damage is not lost", "[archive]") {
  const Reading reading(TarBuilder().file("/a", "x").bytes(kBlockOfText).open());
  REQUIRE_FALSE(reading.result);
  CHECK(reading.anomalies() == Texts{"archive-path: the name '/a' is absolute"});
  CHECK(reading.summary.entries == 1);
}

TEST_CASE("archive: an archive that is cut off says in what", "[archive]") {
  const auto tar = TarBuilder().file("usr/x", std::string(1000, 'x')).open();
  CHECK(Reading(tar.substr(0, 200)).error()
        == "archive is damaged at offset 0: it ends in the middle of a header");
  CHECK(Reading(tar.substr(0, 700)).error()
        == "archive is damaged at offset 700: it ends in the middle of 'usr/x'");
  CHECK(Reading(tar.substr(0, 1520)).error()
        == "archive is damaged at offset 1520: it ends in the middle of 'usr/x'");
  const auto pax = TarBuilder().pax({{"path", std::string(600, 'p')}}).open();
  CHECK(Reading(pax.substr(0, 900)).error()
        == "archive is damaged at offset 900: it ends in the middle of an extended header");
  const Reading between(tar);
  CHECK(between.error().empty());
  CHECK(between.anomalies()
        == Texts{"archive-ambiguous: the archive has no end marker, so it may be cut off"});
}

TEST_CASE("archive: numbers that no reader can use are damage", "[archive]") {
  const auto with_size = [](const std::string& field) {
    return Reading(TarBuilder().add({.name = "a", .raw = {{124, field}}}).str()).error();
  };
  const std::string told =
      "archive is damaged at offset 0: the size of 'a' is no number below 2^63";
  CHECK(with_size("\x80" + std::string(11, '\xff')) == told);
  CHECK(with_size(std::string(12, '\xff')) == told);
  CHECK(with_size("00000000x00") == told);
  CHECK(with_size(std::string(12, '\0')).empty());
  const auto pax = [](const std::string& records) {
    return Reading(
               TarBuilder().add({.name = "x", .type = 'x', .body = records}).file("a", "").str())
        .error();
  };
  const std::string length =
      "archive is damaged at offset 0: a record of the extended header has a wrong length";
  for (const auto* records : {"99 path=a\n",
                              "0 path=a\n",
                              "5 a=b\n",
                              "-1 path=a\n",
                              "path=a\n",
                              "18446744073709551616 a=b\n",
                              "10 path=abc",
                              " "})
    CHECK(pax(records) == length);
  CHECK(pax("5 ab\n")
        == "archive is damaged at offset 0: a record of the extended header has no name");
  CHECK(pax(test::pax_record("size", "12x"))
        == "archive is damaged at offset 0: the record size of the extended header is no number");
  CHECK(pax(test::pax_record("size", "9223372036854775808"))
        == "archive is damaged at offset 0: the record size of the extended header is no number");
}

TEST_CASE("archive: an extended header of more than 1 MiB is refused", "[archive]") {
  CHECK(Reading(TarBuilder().pax({{"comment", std::string(1 << 20, 'c')}}).file("a", "").str())
            .error()
        == "the extended header at offset 0 has more than the limit of 1 MiB");
  CHECK(Reading(TarBuilder().gnu_long(std::string(1 << 20, 'c')).file("a", "").str()).error()
        == "the extended header at offset 0 has more than the limit of 1 MiB");
}

TEST_CASE("archive: limits are named with the option that raises them", "[archive]") {
  tree::Limits limits;
  limits.entries = 2;
  const auto three = TarBuilder().file("a", "").file("b", "").file("c", "").str();
  const Reading entries(three, limits);
  REQUIRE_FALSE(entries.result);
  CHECK(entries.error() == "the archive has more members than the limit of 2");
  CHECK(entries.result.error().code == Errc::invalid_input);
  CHECK(entries.result.error().hint == "--max-entries raises the limit");

  const Reading names(TarBuilder()
                          .pax({{"path", std::string(200, 'a') + "/" + std::string(200, 'b')}})
                          .file("x", "")
                          .str(),
                      limits);
  CHECK(names.error() == "the names of the archive have more bytes than the limit of 256");

  limits = {};
  limits.bytes = 1024;
  CHECK(Reading(three, limits).error() == "the archive has more bytes than the limit of 1024");
  limits = {};
  limits.member_bytes = 10;
  CHECK(Reading(TarBuilder().file("a", "12345678901").str(), limits).error()
        == "'a' has more bytes than the limit of 10");
  limits = {};
  limits.path_bytes = 300;
  CHECK(Reading(TarBuilder().gnu_long(std::string(301, 'n')).file("x", "").str(), limits).error()
        == "'" + std::string(160, 'n') + "…' has a path of more bytes than the limit of 300");
  CHECK(Reading(TarBuilder().gnu_long(std::string(256, 'n')).file("x", "").str(), limits).error()
        == "'" + std::string(160, 'n') + "…' has a component of more bytes than the limit of 255");
  CHECK(Reading(TarBuilder()
                    .symlink("x", "y")
                    .gnu_long(std::string(301, '/'), 'K')
                    .symlink("z", "")
                    .str(),
                limits)
            .error()
        == "'z' has a path of more bytes than the limit of 300");
  std::string deep = "x";
  for (int i = 0; i < 128; ++i)
    deep = "d/" + deep;
  CHECK(Reading(TarBuilder().gnu_long(deep).file("x", "").str(), limits)
            .error()
            .ends_with("lies deeper in directories than the limit of 128"));
}

TEST_CASE("archive: ten thousand long names are read", "[archive]") {
  TarBuilder tar;
  for (int i = 0; i < 10000; ++i)
    tar.pax({{"path", std::string(200, 'n') + "/" + std::to_string(i)}}).file("x", "");
  const Reading reading(tar.str());
  CHECK(reading.error().empty());
  CHECK(reading.anomalies().empty());
  CHECK(reading.recorder.members.size() == 10000);
}

TEST_CASE("archive: anomalies are counted beyond the first thousand", "[archive]") {
  TarBuilder tar;
  for (int i = 0; i < 1500; ++i)
    tar.file("a", "");
  const Reading reading(tar.str());
  CHECK(reading.error().empty());
  REQUIRE(reading.anomalies().size() == 1001);
  CHECK(reading.anomalies().back()
        == "archive-ambiguous: 499 more members are as odd as those named");
}

}  // namespace
}  // namespace rockstage::archive
