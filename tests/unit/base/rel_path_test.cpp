#include "base/rel_path.hpp"

#include <catch2/catch.hpp>

namespace rockstage {
namespace {

RelPath path(std::string_view text) {
  auto parsed = RelPath::parse(text);
  if (!parsed) FAIL(parsed.error().message);
  return *std::move(parsed);
}

TEST_CASE("rel_path: what is written in many ways is held in one", "[base]") {
  CHECK(path("a/b").str() == "a/b");
  CHECK(path("./a//b/").str() == "a/b");
  CHECK(path("a/./b/.").str() == "a/b");
  CHECK(path("").str().empty());
  CHECK(path(".").empty());
  CHECK(path("...").str() == "...");
  CHECK(path("..a/b..").str() == "..a/b..");
  CHECK(path("a\\..\\b").str() == "a\\..\\b");  // one name: a backslash separates nothing here
}

TEST_CASE("rel_path: a path that may leave the root is refused", "[base]") {
  const std::pair<std::string, std::string> cases[] = {
      {"/etc/passwd", "is absolute"},
      {"//a", "is absolute"},
      {"/", "is absolute"},
      {"..", "has a '..' in it"},
      {"a/../b", "has a '..' in it"},
      {"a/..", "has a '..' in it"},
      {"./../a", "has a '..' in it"},
      {std::string("a\0b", 3), "holds a NUL byte"},
  };
  for (const auto& [text, why] : cases) {
    const auto parsed = RelPath::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::invalid_input);
    CHECK(parsed.error().message == "the path '" + text + "' " + why);
  }
}

TEST_CASE("rel_path: name, parent and extension", "[base]") {
  const auto file = path("lua/textkit/init.lua");
  CHECK(file.file_name() == "init.lua");
  CHECK(file.extension() == "lua");
  CHECK(file.parent() == path("lua/textkit"));
  CHECK(path("a").parent().empty());
  CHECK(RelPath().parent().empty());
  CHECK(RelPath().file_name().empty());
  CHECK(path("a.b/c").extension().empty());
  CHECK(path(".hidden").extension().empty());
  CHECK(path("x.tar.gz").extension() == "gz");
  CHECK(path("x.").extension().empty());
}

TEST_CASE("rel_path: below means by whole components", "[base]") {
  CHECK(path("a/b").is_below(path("a")));
  CHECK(path("a").is_below(path("a")));
  CHECK(path("a").is_below(RelPath()));
  CHECK(RelPath().is_below(RelPath()));
  CHECK_FALSE(path("ab").is_below(path("a")));
  CHECK_FALSE(path("a").is_below(path("a/b")));
  CHECK_FALSE(RelPath().is_below(path("a")));
}

TEST_CASE("rel_path: joining with the root changes nothing", "[base]") {
  CHECK(path("a") / path("b/c") == path("a/b/c"));
  CHECK(RelPath() / path("b") == path("b"));
  CHECK(path("b") / RelPath() == path("b"));
  CHECK((RelPath() / RelPath()).empty());
}

}  // namespace
}  // namespace rockstage
