#include "tree/directory.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <map>

namespace rockstage::tree {
namespace {

/// Keeps what passes.
class Recorder final : public Visitor {
 public:
  std::map<std::string, std::string> contents;
  std::size_t most = SIZE_MAX;  ///< pieces to take
  std::string refuse;           ///< a path

  Result<void> file(const PassingFile& file, ByteSource& content) override {
    if (file.path == refuse) return fail(Errc::internal, "refused");
    auto& bytes = contents[std::string(file.path)];
    for (std::size_t i = 0; i < most; ++i) {
      RS_TRY_ASSIGN(const auto piece, content.next());
      if (piece.empty()) break;
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    return {};
  }
};

std::vector<std::string> paths_of(const Subject& subject) {
  std::vector<std::string> out;
  for (const auto& entry : subject.listings.at(0).entries)
    out.push_back(subject.paths->text(entry.path));
  return out;
}

const Entry& entry_at(const Subject& subject, const std::string& path) {
  const auto id = subject.paths->find(path);
  for (const auto& entry : subject.listings.at(0).entries)
    if (entry.path == id) return entry;
  FAIL("no entry " << path);
  return subject.listings.at(0).entries.front();
}

TEST_CASE("tree: a directory is read once, in the order of its bytes", "[tree]") {
  const auto dir = test::temp_dir();
  const auto root = dir.path() + "/tree";
  test::put(root + "/b", "bee");
  test::put(root + "/a/y", std::string(600'000, 'y'), 0755);
  test::put(root + "/a/x", "");
  test::put(root + "/B\xff", "bytes");
  REQUIRE(sys::make_link("../b", root + "/a/link"));
  REQUIRE(sys::make_link("/none", root + "/c"));
  REQUIRE(sys::hard_link(root + "/b", root + "/d"));

  Recorder recorder;
  const auto subject = open_directory(root)->read(recorder, {});
  REQUIRE(subject);
  CHECK(subject->kind == SubjectKind::directory);
  CHECK_FALSE(subject->incomplete);
  CHECK(paths_of(*subject)
        == std::vector<std::string>{"B\xff", "a", "a/link", "a/x", "a/y", "b", "c", "d"});
  CHECK(recorder.contents.size() == 5);
  CHECK((recorder.contents.at("a/y") == std::string(600'000, 'y')));
  CHECK(recorder.contents.at("a/x").empty());
  CHECK(recorder.contents.at("d") == "bee");
  const auto& link = entry_at(*subject, "a/link");
  CHECK(link.kind == EntryKind::symlink);
  CHECK(subject->links->text(link.target) == "../b");
  const auto& file = entry_at(*subject, "a/y");
  CHECK(file.kind == EntryKind::file);
  CHECK(file.mode == 0755);
  CHECK(file.size == 600'000);
  CHECK(file.uid == sys::current_user());
  CHECK(file.gid == ::getegid());
  CHECK(entry_at(*subject, "a").kind == EntryKind::directory);
  CHECK(subject->listings[0].bytes == 600'000 + 3 + 3 + 5);
  CHECK(subject->listings[0].anomalies.empty());
  REQUIRE(subject->platforms.size() == 1);
  CHECK(subject->platforms[0].layers.size() == 1);
  CHECK(subject->platforms[0].view.nodes().size() == 8);
}

TEST_CASE("tree: the directory itself may be a link, links in it are not followed", "[tree]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/outside/secret", "x");
  test::put(dir.path() + "/tree/a", "x");
  REQUIRE(sys::make_link("../outside", dir.path() + "/tree/out"));
  REQUIRE(sys::make_link("tree", dir.path() + "/to_tree"));
  Recorder recorder;
  const auto subject = open_directory(dir.path() + "/to_tree")->read(recorder, {});
  REQUIRE(subject);
  CHECK(paths_of(*subject) == std::vector<std::string>{"a", "out"});
  CHECK(recorder.contents.size() == 1);
}

TEST_CASE("tree: what is neither file, directory nor link is only listed", "[tree]") {
  const auto dir = test::temp_dir();
  REQUIRE(::mkfifo((dir.path() + "/pipe").c_str(), 0600) == 0);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(fd >= 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = dir.path() + "/socket";
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
  Recorder recorder;
  const auto subject = open_directory(dir.path())->read(recorder, {});
  REQUIRE(subject);
  CHECK(entry_at(*subject, "pipe").kind == EntryKind::other);
  CHECK(entry_at(*subject, "socket").kind == EntryKind::other);
  CHECK(recorder.contents.empty());
}

TEST_CASE("tree: what cannot be read is listed and said", "[tree]") {
  const auto dir = test::temp_dir();
  REQUIRE(sys::set_mode(dir.path(), 0755));
  test::put(dir.path() + "/a", "x", 0000);
  test::put(dir.path() + "/b", "x");
  test::put(dir.path() + "/closed/c", "x");
  REQUIRE(sys::set_mode(dir.path() + "/closed", 0000));
  // Root reads everything.
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  Recorder recorder;
  const auto subject = open_directory(dir.path())->read(recorder, {});
  if (root) REQUIRE(::seteuid(0) == 0);
  REQUIRE(sys::set_mode(dir.path() + "/closed", 0755));
  REQUIRE(subject);
  CHECK_FALSE(subject->incomplete);
  CHECK(paths_of(*subject) == std::vector<std::string>{"a", "b", "closed"});
  const auto& anomalies = subject->listings[0].anomalies;
  REQUIRE(anomalies.size() == 2);
  CHECK(anomalies[0].rule == "not-judged");
  CHECK(anomalies[0].path == "a");
  CHECK(anomalies[0].message == "a cannot be read: permission denied");
  CHECK(anomalies[1].message == "closed cannot be read: permission denied");
}

TEST_CASE("tree: a directory that is not there, or is none, is an error", "[tree]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/file", "x");
  Recorder recorder;
  const auto missing = open_directory(dir.path() + "/none")->read(recorder, {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK_FALSE(open_directory(dir.path() + "/file")->read(recorder, {}));
}

TEST_CASE("tree: contents that a visitor leaves, or refuses, end as it says", "[tree]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/a", std::string(1 << 20, 'a'));
  test::put(dir.path() + "/b", "b");
  Recorder recorder;
  recorder.most = 1;
  const auto some = open_directory(dir.path())->read(recorder, {});
  REQUIRE(some);
  CHECK_FALSE(some->incomplete);
  CHECK(recorder.contents.at("a").size() < 1 << 20);
  CHECK(recorder.contents.at("b") == "b");
  recorder.refuse = "b";
  const auto refused = open_directory(dir.path())->read(recorder, {});
  REQUIRE(refused);
  REQUIRE(refused->incomplete);
  CHECK(refused->incomplete->message == "refused");
}

TEST_CASE("tree: the limits of a directory keep what was read before them", "[tree]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/a", "12345");
  test::put(dir.path() + "/b/c/d", "12345");
  const auto incomplete = [&](const Limits& limits) {
    Recorder recorder;
    const auto subject = open_directory(dir.path())->read(recorder, {.limits = limits});
    REQUIRE(subject);
    REQUIRE(subject->incomplete);
    CHECK(subject->incomplete->code == Errc::invalid_input);
    CHECK(recorder.contents.count("a") == (limits.member_bytes < 5 ? 0 : 1));
    CHECK(subject->platforms.at(0).view.nodes().size() >= 1);
    return subject->incomplete->message + "; " + subject->incomplete->hint;
  };
  CHECK(incomplete({.entries = 3})
        == "the directory holds more than the limit of 3 entries; --max-entries raises the limit");
  CHECK(incomplete({.bytes = 9})
        == "the directory holds more than the limit of 9 bytes; --max-bytes raises the limit");
  CHECK_THAT(incomplete({.member_bytes = 4}), Catch::StartsWith("file 'a' has 5 bytes"));
  CHECK_THAT(incomplete({.path_bytes = 4}), Catch::Contains("longer than the limit of 4 bytes"));
  CHECK_THAT(incomplete({.depth = 2}), Catch::Contains("deeper than the limit of 2 directories"));
}

}  // namespace
}  // namespace rockstage::tree
