#include "build/patch.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using test::get;
using test::put;

namespace {

struct Folder {
  sys::TempDir temp = test::temp_dir();
  std::string path = temp.path();

  Result<void> apply(const std::string& diff) { return build::apply_patch("fix.diff", diff, path); }

  std::string complaint(const std::string& diff) {
    const auto result = apply(diff);
    return result ? "" : result.error().message;
  }
};

}  // namespace

TEST_CASE("patch: a hunk changes its lines and loses the first path component", "[build]") {
  Folder folder;
  put(folder.path + "/src/a.c", "one\ntwo\nthree\n", 0755);
  REQUIRE(
      folder.apply("--- a/src/a.c\t2020-01-01\n+++ b/src/a.c\t2020-01-02\n@@ -1,3 +1,4 @@\n "
                   "one\n-two\n+TWO\n+2.5\n three\n"));
  CHECK(get(folder.path + "/src/a.c") == "one\nTWO\n2.5\nthree\n");
  CHECK(sys::status(folder.path + "/src/a.c")->mode == 0755);
}

TEST_CASE("patch: hunks that have moved are found, and the second follows the first", "[build]") {
  Folder folder;
  put(folder.path + "/a", "new\nnew\n1\n2\n3\n4\n5\n6\n");
  REQUIRE(
      folder.apply("--- x/a\n+++ x/a\n@@ -1,2 +1,2 @@\n 1\n-2\n+two\n@@ -5,2 +5,1 @@\n 5\n-6\n"));
  CHECK(get(folder.path + "/a") == "new\nnew\n1\ntwo\n3\n4\n5\n");
}

TEST_CASE("patch: files are created and deleted", "[build]") {
  Folder folder;
  put(folder.path + "/old.c", "x\n");
  REQUIRE(folder.apply(
      "--- /dev/null\n+++ b/new/n.c\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n"
      "--- a/old.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"));
  CHECK(get(folder.path + "/new/n.c") == "a\nb");
  CHECK_FALSE(sys::exists(folder.path + "/old.c"));
}

TEST_CASE("patch: a file without a last newline is matched exactly", "[build]") {
  Folder folder;
  put(folder.path + "/a", "x\ny");
  REQUIRE(folder.apply(
      "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n"));
  CHECK(get(folder.path + "/a") == "x\nz\n");
}

TEST_CASE("patch: a hunk that does not fit is named by number and file, and nothing is written",
          "[build]") {
  Folder folder;
  put(folder.path + "/a", "1\n2\n3\n");
  CHECK(folder.complaint("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+one\n@@ -3 +3 @@\n-4\n+four\n")
        == "the patch 'fix.diff' does not fit: hunk 2 of 'b/a'");
  CHECK(get(folder.path + "/a") == "1\n2\n3\n");
}

TEST_CASE("patch: names that leave the sources are refused", "[build]") {
  Folder folder;
  const auto with = [&](const std::string& name) {
    return folder.complaint("--- /dev/null\n+++ " + name + "\n@@ -0,0 +1 @@\n+x\n");
  };
  CHECK(with("b/../../escape").find("not inside the sources") != std::string::npos);
  CHECK(with("b//etc/escape").find("not inside the sources") != std::string::npos);
  CHECK(with("/etc/escape").find("one leading folder") != std::string::npos);
  CHECK(with("plain").find("one leading folder") != std::string::npos);
}

TEST_CASE("patch: neither links nor files behind links are written", "[build]") {
  Folder folder;
  const auto outside = test::temp_dir();
  put(outside.path() + "/victim", "x\n");
  REQUIRE(sys::make_link(outside.path() + "/victim", folder.path + "/link"));
  REQUIRE(sys::make_link(outside.path(), folder.path + "/folder"));
  const std::string hunk = "@@ -1 +1 @@\n-x\n+y\n";
  CHECK(folder.complaint("--- a/link\n+++ b/link\n" + hunk).find("link") != std::string::npos);
  CHECK(folder.complaint("--- a/folder/victim\n+++ b/folder/victim\n" + hunk).find("link")
        != std::string::npos);
  CHECK(get(outside.path() + "/victim") == "x\n");
}

TEST_CASE("patch: damaged, binary and empty diffs are told apart", "[build]") {
  Folder folder;
  put(folder.path + "/a", "1\n");
  CHECK(folder.complaint("--- a/a\n+++ b/a\n@@ -1,9 +1 @@\n-1\n").find("damaged: hunk 1")
        != std::string::npos);
  CHECK(folder.complaint("--- a/a\n+++ b/a\n@@ -99999999999999999999 +1 @@\n").find("damaged")
        != std::string::npos);
  CHECK(folder.complaint("diff --git a/a b/a\nGIT binary patch\nliteral 1\n").find("binary")
        != std::string::npos);
  CHECK(folder.complaint("rename from a\nrename to b\n").find("renames") != std::string::npos);
  CHECK(folder.complaint("").find("no unified diff") != std::string::npos);
}

TEST_CASE("patch: creating what is there and changing what is not are refused", "[build]") {
  Folder folder;
  put(folder.path + "/a", "1\n");
  CHECK(folder.complaint("--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n").find("which is there")
        != std::string::npos);
  CHECK(folder.complaint("--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n").find("which is not there")
        != std::string::npos);
  CHECK(folder.complaint("--- a/a\n+++ /dev/null\n@@ -0,0 +0,0 @@\n").find("holds more lines")
        != std::string::npos);
}
