#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/working_directory.hpp"

#include <catch2/catch.hpp>

namespace rockstage::sys {
namespace {

TEST_CASE("paths: joining, parents and names", "[sys]") {
  CHECK(join("a", "b") == "a/b");
  CHECK(join("a/", "b") == "a/b");
  CHECK(join("a", "/b") == "/b");
  CHECK(join("", "b") == "b");
  CHECK(join("a", "") == "a");
  CHECK(join("/", "b") == "/b");
  const std::pair<const char*, const char*> parents[] = {
      {"a/b", "a"}, {"a", "."}, {"/a", "/"}, {"/", "/"}, {"a/", "."}, {"a/b/", "a"}, {"//", "/"}};
  for (const auto& [path, above] : parents)
    CHECK(parent(path) == above);
  const std::pair<const char*, const char*> names[] = {
      {"a/b", "b"}, {"a", "a"}, {"/a", "a"}, {"a/b/", "b"}, {"", ""}, {"/", ""}};
  for (const auto& [path, name] : names)
    CHECK(base_name(path) == name);
}

TEST_CASE("paths: relative_to takes whole components off", "[sys]") {
  CHECK(relative_to("/a/b/c", "/a") == "b/c");
  CHECK(relative_to("/a/b", "/a/") == "b");
  CHECK(relative_to("/a", "/a") == ".");
  CHECK(relative_to("/ab/c", "/a") == "/ab/c");
  CHECK(relative_to("/a", "/a/b") == "/a");
  CHECK(relative_to("/a/b", "/") == "a/b");
}

TEST_CASE("paths: absolute resolves the links of what exists and keeps the rest", "[sys]") {
  const auto dir = test::temp_dir();
  const auto root = absolute(dir.path());
  test::put(root + "/real/file", "");
  REQUIRE(make_link("real", root + "/link"));
  REQUIRE(make_link("nowhere", root + "/dangling"));
  CHECK(absolute(root + "/link/file") == root + "/real/file");
  CHECK(absolute(root + "/link/none/deep") == root + "/real/none/deep");
  CHECK(absolute(root + "/real/./../real//file") == root + "/real/file");
  CHECK(absolute(root + "/none/../real/none") == root + "/real/none");
  CHECK(absolute(root + "/link/..") == root);
  CHECK(absolute(root + "/dangling") == root + "/dangling");
  CHECK(absolute("/") == "/");
  CHECK(absolute("/..") == "/");
  CHECK(absolute("/no/such/dir/../x") == "/no/such/x");
}

TEST_CASE("paths: a link upwards in a missing path is taken as the kernel would", "[sys]") {
  const auto dir = test::temp_dir();
  const auto root = absolute(dir.path());
  REQUIRE(make_directories(root + "/a/b"));
  REQUIRE(make_link("a/b", root + "/link"));
  // `link/..` is `a`, not the root.
  CHECK(absolute(root + "/link/../new") == root + "/a/new");
}

TEST_CASE("working_directory: relative paths mean the other directory until the object goes",
          "[sys]") {
  const auto dir = test::temp_dir();
  const auto before = current_directory();
  {
    WorkingDirectory there;
    REQUIRE(there.change(dir.path()));
    CHECK(current_directory() == absolute(dir.path()));
    CHECK(absolute("none") == absolute(dir.path()) + "/none");
    CHECK(absolute("") == absolute(dir.path()));
    CHECK(absolute(".") == absolute(dir.path()));
    CHECK(absolute("x/..") == absolute(dir.path()));
  }
  CHECK(current_directory() == before);
}

TEST_CASE("working_directory: one that is not there is not found, and nothing changes", "[sys]") {
  const auto dir = test::temp_dir();
  const auto before = current_directory();
  test::put(dir.path() + "/file", "");
  WorkingDirectory there;
  const auto missing = there.change(dir.path() + "/none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message
        == "cannot work in '" + dir.path() + "/none': no such file or directory");
  WorkingDirectory other;
  CHECK(other.change(dir.path() + "/file").error().message
        == "cannot work in '" + dir.path() + "/file': not a directory");
  CHECK(current_directory() == before);
}

TEST_CASE("working_directory: one that was removed meanwhile is no disaster", "[sys]") {
  const auto before = current_directory();
  {
    WorkingDirectory there;
    auto dir = test::temp_dir();
    REQUIRE(there.change(dir.path()));
    REQUIRE(remove_all(dir.path()));
    CHECK(current_directory() == "/");
    CHECK(absolute("x") == "/x");
  }
  CHECK(current_directory() == before);
}

}  // namespace
}  // namespace rockstage::sys
