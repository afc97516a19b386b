#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/process.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>

// What a build of somebody else's can leave behind.
namespace rockstage::sys {
namespace {

constexpr double kPatience = 30;
constexpr std::size_t kLittleMemory = std::size_t{256} << 20;

/// What `work` says when it is done by a user whom modes bind, in a directory of that user.
std::string as_ordinary_user(const std::string& directory,
                             const std::function<std::string()>& work) {
  constexpr uid_t kNobody = 65534;
  const bool is_root = ::geteuid() == 0;
  if (is_root) REQUIRE(::chown(directory.c_str(), kNobody, kNobody) == 0);
  const auto said = run_isolated(
      [&]() -> std::string {
        if (is_root && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0))
          return "cannot become another user";
        return work();
      },
      kPatience,
      0,
      "the work of an ordinary user");
  return said ? *said : said.error().message;
}

/// "removed", or why it was not.
std::string removal_of(const std::string& path) {
  const auto result = remove_all(path);
  if (!result) return result.error().message;
  return exists(path) ? "still there" : "removed";
}

/// `DIR/tree/a/b/file`, then `mode` for each of the directories.
std::string make_tree(const std::string& dir, std::uint32_t mode) {
  const auto tree = dir + "/tree";
  if (const auto made = write_file(tree + "/a/b/file", "x"); !made) return made.error().message;
  for (const char* name : {"/a/b", "/a", ""})
    if (const auto set = set_mode(tree + name, mode); !set) return set.error().message;
  return tree;
}

TEST_CASE("files: remove_all takes away what its own user may not write, read or enter", "[sys]") {
  for (const std::uint32_t mode : {0555U, 0333U, 0111U, 0000U}) {
    const auto dir = test::temp_dir();
    INFO("mode " << std::oct << mode);
    CHECK(as_ordinary_user(dir.path(), [&] { return removal_of(make_tree(dir.path(), mode)); })
          == "removed");
  }
}

TEST_CASE("files: remove_all says what it could not remove", "[sys]") {
  const auto dir = test::temp_dir();
  const auto kept = dir.path() + "/kept";
  CHECK(as_ordinary_user(dir.path(),
                         [&]() -> std::string {
                           if (!write_file(kept + "/file", "x") || !set_mode(kept, 0555))
                             return "cannot prepare";
                           return removal_of(kept + "/file");
                         })
        == "cannot remove '" + kept + "/file': permission denied");
  CHECK(test::get(kept + "/file") == "x");
}

TEST_CASE("files: a pipe or a device is not copied, and not waited for", "[sys]") {
  const auto dir = test::temp_dir();
  const auto pipe = dir.path() + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  REQUIRE(make_link("/dev/zero", dir.path() + "/endless"));
  for (const auto& from : {pipe, dir.path() + "/endless", dir.path()}) {
    const auto to = dir.path() + "/to";
    // In a child, as a copy that waits or never ends must not take the test with it.
    const auto said = run_isolated(
        [&]() -> std::string {
          const auto copied = copy_file(from, to, 0644);
          return copied ? "copied" : copied.error().message;
        },
        5,
        0,
        "the copy");
    CHECK((said ? *said : said.error().message)
          == "cannot copy '" + from + "': it is no regular file");
    CHECK_FALSE(exists(to));
  }
}

TEST_CASE("files: a mode is not changed through a link", "[sys]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/target", "", 0600);
  REQUIRE(make_link("target", dir.path() + "/link"));
  const auto result = set_mode(dir.path() + "/link", 0777);
  REQUIRE_FALSE(result);
  CHECK(result.error().message
        == "cannot change the mode of '" + dir.path() + "/link': it is a link");
  CHECK(status(dir.path() + "/target")->mode == 0600);
}

TEST_CASE("files: a file over the limit is refused before memory is taken for it", "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/sparse";
  test::put(path, "");
  constexpr off_t kTebibyte = off_t{1} << 40;
  REQUIRE(::truncate(path.c_str(), kTebibyte) == 0);
  const auto said = run_isolated(
      [&]() -> std::string {
        const auto read = read_file(path);
        return read ? "read" : read.error().message;
      },
      kPatience,
      kLittleMemory,
      "reading");
  CHECK((said ? *said : said.error().message) == "'" + path + "' is larger than 1073741824 bytes");
}

}  // namespace
}  // namespace rockstage::sys
