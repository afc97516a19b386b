#include "archive/writer.hpp"
#include "digest/digest.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"
#include "writing.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

namespace rockstage::archive {
namespace {

using Kind = OutputMember::Kind;

std::string field(const std::string& tar, std::size_t block, std::size_t offset, std::size_t size) {
  const auto text = tar.substr(block * 512 + offset, size);
  return text.substr(0, text.find('\0'));
}

std::string name_of(const std::string& tar, std::size_t block) {
  return field(tar, block, 0, 100);
}

std::string long_name(std::size_t directory, std::size_t base) {
  return std::string(directory, 'd') + "/" + std::string(base, 'b');
}

std::string tar_of(OutputMember member) {
  WriteRequest request;
  request.members = {std::move(member)};
  return written(request).bytes;
}

TEST_CASE("write_tar: a small tree has these bytes", "[archive]") {
  const SmallTree tree;
  auto request = tree.request(Form::tar);
  request.time = 1700000000;
  const auto tar = written(request);
  // GNU tar makes the same, but for the mode of the link: --format=posix --sort=name
  // --mtime=@1700000000 --numeric-owner --owner=0 --group=0 --mode=go+u,go-w.
  CHECK(digest::hex(digest::Algorithm::sha256, tar.bytes)
        == "e28b34c776843daba75576834ebc4baf22b86858ae64cddce003312cd46811de");
  CHECK(tar.result.sha256 == digest::hex(digest::Algorithm::sha256, tar.bytes));
  CHECK(tar.result.tar_sha256 == tar.result.sha256);
  CHECK(tar.result.bytes == tar.bytes.size());
  CHECK(tar.bytes.size() == 10240);
}

TEST_CASE("write_tar: members have owner 0, no names of owners, and the time given", "[archive]") {
  const SmallTree tree;
  auto request = tree.request(Form::tar);
  request.time = 1;
  const auto tar = written(request).bytes;
  CHECK(name_of(tar, 0) == "bin/");
  CHECK(field(tar, 0, 100, 8) == "0000755");
  CHECK(field(tar, 0, 108, 8) == "0000000");
  CHECK(field(tar, 0, 116, 8) == "0000000");
  CHECK(field(tar, 0, 136, 12) == "00000000001");
  CHECK(tar.substr(257, 8) == std::string("ustar\00000", 8));
  CHECK(tar.substr(265, 64) == std::string(64, '\0'));
}

TEST_CASE("write_tar: a name that fits into prefix and name needs no extended header",
          "[archive]") {
  for (const auto& name : {std::string(100, 'n'), long_name(155, 100), long_name(3, 98)}) {
    const auto tar = tar_of({Kind::directory, name.substr(0, name.size() - 1), {}, {}, 0});
    const auto prefix = field(tar, 0, 345, 155);
    CHECK(tar[156] == '5');
    CHECK((prefix.empty() ? "" : prefix + "/") + name_of(tar, 0)
          == name.substr(0, name.size() - 1) + "/");
  }
}

TEST_CASE("write_tar: what a ustar header cannot hold goes into an extended one", "[archive]") {
  SECTION("a name of one long component") {
    const auto tar = tar_of({Kind::directory, std::string(101, 'n'), {}, {}, 0});
    CHECK(tar[156] == 'x');
    CHECK(tar.substr(512, 113) == "112 path=" + std::string(101, 'n') + "/\n" + '\0');
  }
  SECTION("a name longer than prefix and name") {
    const auto tar = tar_of({Kind::directory, long_name(156, 90), {}, {}, 0});
    CHECK(tar[156] == 'x');
  }
  SECTION("a target of a link") {
    const auto tar = tar_of({Kind::link, "l", {}, std::string(101, 't'), 0});
    CHECK(tar.substr(512, 116) == "115 linkpath=" + std::string(101, 't') + "\n" + '\0');
    CHECK(tar[1024 + 156] == '2');
  }
  SECTION("UTF-8") {
    const auto tar = tar_of({Kind::directory, "\xc3\xa4", {}, {}, 0});
    CHECK(tar.substr(512, 12) == "12 path=\xc3\xa4/\n");
    CHECK(name_of(tar, 0) == "PaxHeaders/\xc3\xa4");
  }
  SECTION("other bytes, where they are too long") {
    const auto name = "\xff" + std::string(120, 'n');
    const auto tar = tar_of({Kind::directory, name, {}, {}, 0});
    CHECK(tar.substr(512, 21) == "21 hdrcharset=BINARY\n");
  }
}

TEST_CASE("write_tar: bytes that are no UTF-8 stand in the header as they are", "[archive]") {
  const auto tar = tar_of({Kind::directory, "\xff\xfe", {}, {}, 0});
  CHECK(tar[156] == '5');
  CHECK(name_of(tar, 0) == "\xff\xfe/");
}

TEST_CASE("write_tar: a file that is not as large as it was is an error that names it",
          "[archive]") {
  const auto directory = test::temp_dir();
  const auto file = sys::join(directory.path(), "f");
  test::put(file, "12345");
  for (const std::uint64_t size : {0U, 4U, 6U, 10000000U}) {
    WriteRequest request;
    request.members = {{Kind::file, "f", file, {}, size}};
    MemorySink sink;
    const auto result = write_archive(request, sink);
    REQUIRE(!result);
    CHECK(result.error().code == Errc::io);
    CHECK(result.error().message == "'" + file + "' changed while it was read");
  }
}

TEST_CASE("write_tar: a file that is gone or no file any more is an error that names it",
          "[archive]") {
  const auto directory = test::temp_dir();
  const auto file = sys::join(directory.path(), "f");
  SECTION("gone") {}
  SECTION("a FIFO that nobody writes to") {
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  }
  SECTION("a link, also to a file of that size") {
    test::put(sys::join(directory.path(), "other"), "123");
    REQUIRE(sys::make_link("other", file));
  }
  WriteRequest request;
  request.members = {{Kind::file, "f", file, {}, 3}};
  MemorySink sink;
  const auto result = write_archive(request, sink);
  REQUIRE(!result);
  CHECK(result.error().message.find("'" + file + "'") != std::string::npos);
}

TEST_CASE("write_tar: the digests told are those of the files' contents", "[archive]") {
  const SmallTree tree;
  for (const auto form : {Form::tar, Form::tar_zst, Form::zip}) {
    auto request = tree.request(form);
    std::vector<std::string> told;
    request.digested = [&told](const OutputMember& member, const std::string& sha256) {
      told.push_back(member.name + " " + sha256);
    };
    written(request);
    const auto sha256 = [](const char* text) {
      return digest::hex(digest::Algorithm::sha256, text);
    };
    CHECK(
        told
        == std::vector<std::string>{"bin/run " + sha256("run!\n"), "m.lua " + sha256("return\n")});
  }
}

TEST_CASE("write_tar: progress counts bytes", "[archive]") {
  const SmallTree tree;
  auto request = tree.request(Form::tar);
  std::vector<std::string> seen;
  request.progress = [&seen](std::uint64_t done, std::uint64_t total, const std::string& name) {
    seen.push_back(name + " " + std::to_string(done) + "/" + std::to_string(total));
  };
  written(request);
  CHECK(seen == std::vector<std::string>{"bin 0/12", "bin/run 0/12", "l 5/12", "m.lua 5/12"});
}

}  // namespace
}  // namespace rockstage::archive
