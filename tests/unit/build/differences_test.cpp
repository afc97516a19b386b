#include "build/differences.hpp"

#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using build::Cause;

namespace {

const build::Surroundings kAround{{{"the directory of the sources", "/home/me/kit", "/tmp/other"}},
                                  1'763'735'012};

build::Difference explain(const std::string& first, const std::string& second) {
  return build::explain("x", first, second, kAround);
}

/// An object with the sections named, in order.
std::string object(const std::vector<std::pair<std::string, std::string>>& sections) {
  test::ElfSpec spec;
  for (const auto& [name, content] : sections)
    spec.sections.push_back({name, content});
  return test::build_elf(spec);
}

std::string bytes(std::initializer_list<char> list) {
  return {list};
}

}  // namespace

TEST_CASE("differences: of a text the first line, and both of its forms", "[build]") {
  const auto found = explain("a\nb\nhome = /home/me/kit\nend\n", "a\nb\nhome = /tmp/other\nend\n");
  CHECK(found.path == "x");
  CHECK(found.where == "line 3");
  CHECK(found.first == "home = /home/me/kit");
  CHECK(found.second == "home = /tmp/other");
  CHECK(found.cause == Cause::path);
  CHECK(found.what == "the directory of the sources");
}

TEST_CASE("differences: a text that goes on differs in its last line", "[build]") {
  CHECK(explain("a\n", "a\nmore\n").where == "line 2");
  CHECK(explain("a\n", "a\nmore\n").first.empty());
  CHECK(explain("", "b").where == "line 1");
}

TEST_CASE("differences: excerpts are short and printable", "[build]") {
  const std::string same(1000, 'a');
  const auto [first, second] = build::excerpts(same + "\x1b[31m" + same, same + "b" + same);
  CHECK(first.size() <= build::kLongestExcerpt + 6);
  CHECK(first.find('\x1b') == std::string::npos);
  CHECK(first.find("?[31m") != std::string::npos);
  CHECK(second.starts_with("..."));
  CHECK(second.ends_with("..."));
  CHECK(build::excerpts("kit 1", "kit 2") == std::pair<std::string, std::string>("kit 1", "kit 2"));
}

TEST_CASE("differences: of an object the section with the differing text", "[build]") {
  const auto found = explain(object({{".rodata", std::string("one\0built at 14:23:31\0end", 25)}}),
                             object({{".rodata", std::string("one\0built at 14:23:34\0end", 25)}}));
  CHECK(found.where == "section .rodata");
  CHECK(found.first == "built at 14:23:31");
  CHECK(found.second == "built at 14:23:34");
  CHECK(found.cause == Cause::time);
}

TEST_CASE("differences: a section that shows the cause comes before one that does not", "[build]") {
  const auto found = explain(
      object(
          {{".note.gnu.build-id", "aaaa"}, {".data", "abcdefgh"}, {".rodata", "/home/me/kit/a"}}),
      object({{".note.gnu.build-id", "bbbb"}, {".data", "hgfedcba"}, {".rodata", "/tmp/other/a"}}));
  CHECK(found.where == "section .rodata");
  CHECK(found.cause == Cause::path);
}

TEST_CASE("differences: a build id is told only where nothing else differs", "[build]") {
  CHECK(explain(object({{".note.gnu.build-id", "aaaa"}, {".data", bytes({1, 2})}}),
                object({{".note.gnu.build-id", "bbbb"}, {".data", bytes({1, 3})}}))
            .where
        == "section .data");
  CHECK(explain(object({{".note.gnu.build-id", "aaaa"}}), object({{".note.gnu.build-id", "bbbb"}}))
            .where
        == "section .note.gnu.build-id");
}

TEST_CASE("differences: bytes that are no text are shown in hexadecimal", "[build]") {
  const auto found =
      explain(object({{".data", bytes({1, 2, 3, 4})}}), object({{".data", bytes({1, 9, 3, 4})}}));
  CHECK(found.where == "section .data");
  CHECK(found.first == "02 03 04");
  CHECK(found.second == "09 03 04");
  CHECK(found.cause == Cause::randomness);
}

TEST_CASE("differences: a section that one object has only", "[build]") {
  const auto found =
      explain(object({{".data", "aaaa"}}), object({{".data", "aaaa"}, {".more", "b"}}));
  CHECK(found.where.starts_with("section ."));
}

TEST_CASE("differences: of other files the byte", "[build]") {
  CHECK(explain(bytes({0, 1, 2}), bytes({0, 1, 3})).where == "byte 2");
  CHECK(explain(bytes({0, 1, 2}), bytes({0, 1, 2, 4})).where == "byte 3");
  CHECK(explain(bytes({0, 1, 2}), bytes({0, 1, 2, 4})).cause == Cause::unknown);
}

TEST_CASE("differences: directories are compared by names, kinds, modes, links and bytes",
          "[build]") {
  const auto dir = test::temp_dir();
  const std::string a = dir.path() + "/a", b = dir.path() + "/b";
  for (const std::string& root : {a, b}) {
    test::put(root + "/same/file", "same");
    test::put(root + "/text", root == a ? "at /home/me/kit" : "at /tmp/other");
    test::put(root + "/mode", "x", root == a ? 0755 : 0644);
    test::put(root + (root == a ? "/only-a" : "/only-b"), "x");
    REQUIRE(sys::make_link(root == a ? "one" : "two", root + "/link"));
  }
  test::put(a + "/kind", "x");
  REQUIRE(sys::make_link("mode", b + "/kind"));

  const auto compared = build::compare_directories(a, b, kAround);
  REQUIRE(compared);
  CHECK(
      compared->files
      == std::vector<std::string>{"kind", "link", "mode", "only-a", "only-b", "same/file", "text"});
  std::vector<std::string> told;
  for (const auto& difference : compared->differences)
    told.push_back(difference.path + "|" + difference.where + "|" + difference.first + "|"
                   + difference.second + "|" + to_string(difference.cause));
  CHECK(told
        == std::vector<std::string>{"kind||a file|a link|unknown",
                                    "link|link|one|two|randomness",
                                    "mode|mode|0755|0644|unknown",
                                    "only-a||a file|missing|unknown",
                                    "only-b||missing|a file|unknown",
                                    "text|line 1|at /home/me/kit|at /tmp/other|path"});

  const auto same = build::compare_directories(a, a, kAround);
  REQUIRE(same);
  CHECK(same->differences.empty());
  CHECK_FALSE(build::compare_directories(a, dir.path() + "/none", kAround));
}
