#include "sys/files.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rockstage::sys {
namespace {

/// The umask for the length of a test.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}

  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

struct Scratch {
  TempDir dir = test::temp_dir();

  [[nodiscard]] std::string operator()(const std::string& name) const {
    return dir.path() + "/" + name;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    return list_directory(dir.path()).value();
  }
};

using Names = std::vector<std::string>;

Names paths(const std::vector<WalkEntry>& entries) {
  Names out;
  for (const auto& entry : entries)
    out.push_back(entry.path);
  return out;
}

std::uint32_t mode_of(const std::string& path) {
  return status(path).value().mode;
}

TEST_CASE("files: status tells kinds apart and does not follow a link", "[sys]") {
  const Scratch at;
  test::put(at("file"), "abc", 0640);
  REQUIRE(make_directories(at("dir")));
  REQUIRE(make_link("file", at("link")));
  REQUIRE(make_link("nowhere", at("dangling")));
  REQUIRE(::mkfifo(at("pipe").c_str(), 0600) == 0);

  CHECK(status(at("file"))->kind == FileKind::file);
  CHECK(status(at("file"))->size == 3);
  CHECK(mode_of(at("file")) == 0640);
  CHECK(status(at("file"))->mtime_ns > 1'600'000'000'000'000'000);
  CHECK(status(at("dir"))->kind == FileKind::directory);
  CHECK(status(at("link"))->kind == FileKind::link);
  CHECK(status(at("pipe"))->kind == FileKind::other);
  CHECK(status(at("none"))->kind == FileKind::none);
  CHECK(status(at("file/below"))->kind == FileKind::none);
  CHECK(status_followed(at("link"))->kind == FileKind::file);
  CHECK(status_followed(at("link"))->inode == status(at("file"))->inode);
  CHECK(status_followed(at("dangling"))->kind == FileKind::none);

  CHECK(exists(at("dangling")));
  CHECK_FALSE(is_file(at("dangling")));
  CHECK(is_file(at("link")));
  CHECK_FALSE(is_file(at("dir")));
  CHECK(is_directory(at("dir")));
  CHECK_FALSE(exists(at("none")));
}

TEST_CASE("files: a name that is too long is an error, not a missing file", "[sys]") {
  const Scratch at;
  const auto result = status(at(std::string(300, 'x')));
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::io);
}

TEST_CASE("files: a file is read whole, up to the limit and not a byte more", "[sys]") {
  const Scratch at;
  std::string content(200'000, 'x');
  content[5] = '\0';
  test::put(at("file"), content);
  CHECK(read_file(at("file")).value() == content);
  CHECK(read_file(at("file"), 200'000).value() == content);
  const auto refused = read_file(at("file"), 199'999);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::invalid_input);
  CHECK(refused.error().message == "'" + at("file") + "' is larger than 199999 bytes");
  test::put(at("empty"), "");
  CHECK(read_file(at("empty"), 0).value().empty());
}

TEST_CASE("files: a device without an end is cut by the limit", "[sys]") {
  const auto result = read_file("/dev/zero", 100'000);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::invalid_input);
}

TEST_CASE("files: a file that tells no size is read all the same", "[sys]") {
  CHECK(read_file("/proc/self/stat").value().size() > 10);
}

TEST_CASE("files: reading a pipe that nobody writes to does not wait", "[sys]") {
  const Scratch at;
  REQUIRE(::mkfifo(at("pipe").c_str(), 0600) == 0);
  CHECK(read_file(at("pipe")).value().empty());
}

TEST_CASE("files: what cannot be read is named, with the reason", "[sys]") {
  const Scratch at;
  const auto missing = read_file(at("none"));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message == "cannot read '" + at("none") + "': no such file or directory");
  const auto directory = read_file(at.dir.path());
  REQUIRE_FALSE(directory);
  CHECK(directory.error().message == "cannot read '" + at.dir.path() + "': it is a directory");
}

TEST_CASE("files: modes are exact whatever the umask", "[sys]") {
  const Scratch at;
  const Umask umask(077);
  REQUIRE(write_file(at("a/b/new"), "x", 0644));
  REQUIRE(write_file_atomic(at("a/atomic"), "x", 0755));
  REQUIRE(copy_file(at("a/b/new"), at("c/copy"), 0775));
  REQUIRE(make_directories(at("d/e"), 0775));
  CHECK(mode_of(at("a")) == 0755);
  CHECK(mode_of(at("a/b")) == 0755);
  CHECK(mode_of(at("a/b/new")) == 0644);
  CHECK(mode_of(at("a/atomic")) == 0755);
  CHECK(mode_of(at("c/copy")) == 0775);
  CHECK(mode_of(at("d")) == 0775);
  CHECK(mode_of(at("d/e")) == 0775);
}

TEST_CASE("files: directories that are there keep their mode", "[sys]") {
  const Scratch at;
  REQUIRE(make_directories(at("old"), 0700));
  REQUIRE(make_directories(at("old/new"), 0755));
  CHECK(mode_of(at("old")) == 0700);
  CHECK(mode_of(at("old/new")) == 0755);
  REQUIRE(make_link("old", at("link")));
  CHECK(make_directories(at("link/new/er")));
  CHECK(is_directory(at("old/new/er")));
}

TEST_CASE("files: a directory cannot be made where a file stands", "[sys]") {
  const Scratch at;
  test::put(at("file"), "");
  CHECK_FALSE(make_directories(at("file")));
  CHECK_FALSE(make_directories(at("file/below")));
}

TEST_CASE("files: an atomic write replaces the file and leaves nothing beside it", "[sys]") {
  const Scratch at;
  REQUIRE(write_file_atomic(at("file"), "old", 0600));
  const auto before = status(at("file")).value();
  REQUIRE(write_file_atomic(at("file"), "new"));
  CHECK(test::get(at("file")) == "new");
  CHECK(mode_of(at("file")) == 0644);
  CHECK(status(at("file"))->inode != before.inode);  // a reader of the old one is not disturbed
  CHECK(at.names() == Names{"file"});
}

TEST_CASE("files: an atomic write replaces a link, not what it points to", "[sys]") {
  const Scratch at;
  test::put(at("target"), "kept");
  REQUIRE(make_link("target", at("link")));
  REQUIRE(write_file_atomic(at("link"), "new"));
  CHECK(status(at("link"))->kind == FileKind::file);
  CHECK(test::get(at("target")) == "kept");
}

TEST_CASE("files: an atomic write that fails leaves no file behind", "[sys]") {
  const Scratch at;
  test::put(at("dir/inside"), "");
  CHECK_FALSE(write_file_atomic(at("dir"), "x"));
  CHECK(at.names() == Names{"dir"});
  const auto missing = write_file_atomic(at("none/file"), "x");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message
        == "cannot write '" + at("none/file") + "': no such file or directory");
}

TEST_CASE("files: a new file is never written over another, nor through a link", "[sys]") {
  const Scratch at;
  test::put(at("file"), "old");
  REQUIRE(make_link("elsewhere", at("link")));
  CHECK_FALSE(write_file(at("file"), "x"));
  CHECK_FALSE(write_file(at("link"), "x"));
  CHECK_FALSE(copy_file(at("file"), at("link"), 0644));
  CHECK(test::get(at("file")) == "old");
  CHECK_FALSE(exists(at("elsewhere")));
}

TEST_CASE("files: a copy has the bytes, also of what a link points to and of /proc", "[sys]") {
  const Scratch at;
  const std::string content(3'000'000, 'c');
  test::put(at("file"), content);
  REQUIRE(make_link("file", at("link")));
  REQUIRE(copy_file(at("link"), at("copy"), 0644));
  CHECK(status(at("copy"))->kind == FileKind::file);
  CHECK(test::get(at("copy")) == content);
  REQUIRE(copy_file("/proc/self/cmdline", at("cmdline"), 0644));
  CHECK(test::get(at("cmdline")) == test::get("/proc/self/cmdline"));
  const auto missing = copy_file(at("none"), at("x"), 0644);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK_FALSE(exists(at("x")));
}

TEST_CASE("files: removing what is not there is fine", "[sys]") {
  const Scratch at;
  CHECK(remove_file(at("none")));
  CHECK(remove_file(at("no/such/dir")));
  CHECK(remove_all(at("none")));
  CHECK(remove_empty_directories(at("a/b"), at.dir.path()));
}

TEST_CASE("files: remove_file takes the link and no directory", "[sys]") {
  const Scratch at;
  test::put(at("target"), "");
  REQUIRE(make_link("target", at("link")));
  CHECK(remove_file(at("link")));
  CHECK(exists(at("target")));
  CHECK_FALSE(remove_file(at.dir.path()));
}

TEST_CASE("files: remove_all removes directories that may not be written", "[sys]") {
  const Scratch at;
  test::put(at("tree/a/b/file"), "");
  test::put(at("tree/top"), "", 0400);
  REQUIRE(make_directories(at("tree/closed/inner")));
  REQUIRE(set_mode(at("tree/closed"), 0));
  for (const char* name : {"tree/a/b", "tree/a", "tree"})
    REQUIRE(set_mode(at(name), 0555));
  CHECK(remove_all(at("tree")));
  CHECK_FALSE(exists(at("tree")));
}

TEST_CASE("files: remove_all never goes through a link", "[sys]") {
  const Scratch at;
  test::put(at("kept/file"), "content");
  test::put(at("tree/file"), "");
  REQUIRE(make_link("../kept", at("tree/link")));
  REQUIRE(make_link(at("kept"), at("tree/absolute")));
  REQUIRE(make_link("kept", at("root")));
  CHECK(remove_all(at("root")));
  CHECK_FALSE(exists(at("root")));
  CHECK(remove_all(at("tree")));
  CHECK_FALSE(exists(at("tree")));
  CHECK(test::get(at("kept/file")) == "content");
}

TEST_CASE("files: emptied directories go up to where it was said, and no further", "[sys]") {
  const Scratch at;
  REQUIRE(make_directories(at("stop/a/b/c")));
  test::put(at("stop/a/file"), "");
  CHECK(remove_empty_directories(at("stop/a/b/c"), at("stop")));
  CHECK(at.names() == Names{"stop"});
  CHECK(list_directory(at("stop/a")).value() == Names{"file"});
  REQUIRE(remove_file(at("stop/a/file")));
  CHECK(remove_empty_directories(at("stop/a"), at("stop")));
  CHECK(list_directory(at("stop")).value().empty());
}

TEST_CASE("files: two paths change places in one step", "[sys]") {
  const Scratch at;
  test::put(at("a/file"), "a");
  test::put(at("b/file"), "b");
  const auto result = exchange_paths(at("a"), at("b"));
  if (!result && result.error().code == Errc::unsupported) {
    CHECK(test::get(at("a/file")) == "a");
    return;
  }
  REQUIRE(result);
  CHECK(test::get(at("a/file")) == "b");
  CHECK(test::get(at("b/file")) == "a");
}

TEST_CASE("files: a path cannot change places with nothing", "[sys]") {
  const Scratch at;
  test::put(at("a/file"), "a");
  const auto result = exchange_paths(at("a"), at("none"));
  REQUIRE_FALSE(result);
  CHECK(test::get(at("a/file")) == "a");
}

TEST_CASE("files: links are read as they are written", "[sys]") {
  const Scratch at;
  REQUIRE(make_link("../some where", at("link")));
  CHECK(read_link(at("link")).value() == "../some where");
  CHECK_FALSE(make_link("x", at("link")));
  test::put(at("file"), "");
  CHECK_FALSE(read_link(at("file")));
  REQUIRE(hard_link(at("file"), at("hard")));
  CHECK(status(at("hard"))->inode == status(at("file"))->inode);
  REQUIRE(rename_path(at("hard"), at("renamed")));
  CHECK(at.names() == Names{"file", "link", "renamed"});
  CHECK(rename_path(at("none"), at("x")).error().code == Errc::not_found);
}

TEST_CASE("files: what was written can be made to last", "[sys]") {
  const Scratch at;
  test::put(at("file"), "x");
  CHECK(sync_path(at("file")));
  CHECK(sync_path(at.dir.path()));
  CHECK(sync_file_system(at.dir.path()));
  CHECK(sync_path(at("none")).error().code == Errc::not_found);
}

TEST_CASE("files: names are listed in the order of their bytes", "[sys]") {
  const Scratch at;
  for (const char* name : {"b", "a", "B", ".hidden", "a.b", "\xC3\xA4", "ab"})
    test::put(at(name), "");
  CHECK(at.names() == Names{".hidden", "B", "a", "a.b", "ab", "b", "\xC3\xA4"});
  CHECK(list_directory(at("none")).error().code == Errc::not_found);
  CHECK(list_directory(at("a")).error().code == Errc::not_found);
}

TEST_CASE("files: a walk gives parents first, sorted, and does not follow links", "[sys]") {
  const Scratch at;
  test::put(at("b/z"), "");
  test::put(at("b/a/deep"), "");
  test::put(at("a.b"), "");
  test::put(at("a/x"), "");
  REQUIRE(make_link("..", at("b/loop")));
  const auto entries = walk(at.dir.path()).value();
  CHECK(paths(entries) == Names{"a", "a.b", "a/x", "b", "b/a", "b/a/deep", "b/loop", "b/z"});
  CHECK(entries.at(6).status.kind == FileKind::link);
  CHECK(entries.at(0).status.kind == FileKind::directory);
}

TEST_CASE("files: a walk goes only into directories that it may enter", "[sys]") {
  const Scratch at;
  test::put(at("in/file"), "");
  test::put(at("out/file"), "");
  Names asked;
  const auto entries = walk(at.dir.path(), [&asked](const WalkEntry& entry) {
    asked.push_back(entry.path);
    return entry.path != "out";
  });
  CHECK(paths(entries.value()) == Names{"in", "in/file", "out"});
  CHECK(asked == Names{"in", "out"});
  CHECK(walk(at("none")).error().code == Errc::not_found);
}

TEST_CASE("files: writable, and on one file system", "[sys]") {
  const Scratch at;
  CHECK(is_writable(at.dir.path()));
  CHECK_FALSE(is_writable(at("none")));
  CHECK(same_file_system(at.dir.path(), at.dir.path()));
  CHECK_FALSE(same_file_system(at.dir.path(), "/proc"));
  CHECK_FALSE(same_file_system(at("none"), at("none")));
}

TEST_CASE("files: output goes to the file behind a link, and into a device or pipe", "[sys]") {
  const Scratch at;
  REQUIRE(write_file_atomic(at("real"), "old"));
  REQUIRE(make_link("real", at("link")));
  REQUIRE(write_output(at("link"), "new"));
  CHECK(read_file(at("real")).value() == "new");
  CHECK(status(at("link")).value().kind == FileKind::link);
  REQUIRE(write_output(at("fresh"), "x"));
  CHECK(read_file(at("fresh")).value() == "x");

  REQUIRE(write_output("/dev/null", "gone"));
  CHECK(status("/dev/null").value().kind == FileKind::other);
  CHECK_FALSE(write_output(at.dir.path(), "x"));
}

}  // namespace
}  // namespace rockstage::sys
