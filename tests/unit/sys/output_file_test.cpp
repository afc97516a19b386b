#include "sys/output_file.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

namespace rockstage::sys {
namespace {

using Existing = OutputFile::Existing;

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST_CASE("output_file: nothing is visible before it is published", "[sys]") {
  const auto directory = test::temp_dir();
  const auto path = join(directory.path(), "out");
  auto file = OutputFile::create(path, Existing::refuse);
  REQUIRE(file);
  REQUIRE(file->write(bytes("one ")));
  REQUIRE(file->write(bytes("two")));
  REQUIRE(file->sync());
  CHECK_FALSE(exists(path));
  REQUIRE(file->publish());
  CHECK(test::get(path) == "one two");
  CHECK(status(path)->mode == 0644);
  CHECK(*list_directory(directory.path()) == std::vector<std::string>{"out"});
}

TEST_CASE("output_file: what is not published leaves nothing", "[sys]") {
  const auto directory = test::temp_dir();
  {
    auto file = OutputFile::create(join(directory.path(), "out"), Existing::replace);
    REQUIRE(file);
    REQUIRE(file->write(bytes("x")));
  }
  CHECK(list_directory(directory.path())->empty());
}

TEST_CASE("output_file: a file that is there is kept or replaced, as asked", "[sys]") {
  const auto directory = test::temp_dir();
  const auto path = join(directory.path(), "out");
  test::put(path, "old");
  const auto refused = OutputFile::create(path, Existing::refuse);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::io);
  CHECK(refused.error().message == "'" + path + "' is there already");

  auto file = OutputFile::create(path, Existing::replace);
  REQUIRE(file);
  REQUIRE(file->write(bytes("new")));
  CHECK(test::get(path) == "old");
  REQUIRE(file->sync());
  REQUIRE(file->publish());
  CHECK(test::get(path) == "new");
  CHECK(*list_directory(directory.path()) == std::vector<std::string>{"out"});
}

TEST_CASE("output_file: a file that came meanwhile is kept", "[sys]") {
  const auto directory = test::temp_dir();
  const auto path = join(directory.path(), "out");
  auto file = OutputFile::create(path, Existing::refuse);
  REQUIRE(file);
  test::put(path, "theirs");
  CHECK(file->publish().error().message == "'" + path + "' is there already");
  CHECK(test::get(path) == "theirs");
}

TEST_CASE("output_file: a link is followed, and stays", "[sys]") {
  const auto directory = test::temp_dir();
  const auto path = join(directory.path(), "link");
  test::put(join(directory.path(), "target"), "old");
  REQUIRE(make_link("target", path));
  auto file = OutputFile::create(path, Existing::replace);
  REQUIRE(file);
  REQUIRE(file->write(bytes("new")));
  REQUIRE(file->publish());
  CHECK(status(path)->kind == FileKind::link);
  CHECK(test::get(join(directory.path(), "target")) == "new");
}

TEST_CASE("output_file: a device is written to as it is", "[sys]") {
  auto file = OutputFile::create("/dev/null", Existing::refuse);
  REQUIRE(file);
  CHECK_FALSE(file->is_regular());
  REQUIRE(file->write(bytes("x")));
  REQUIRE(file->sync());
  REQUIRE(file->publish());
  CHECK(status("/dev/null")->kind == FileKind::other);
}

TEST_CASE("output_file: errors name the path", "[sys]") {
  const auto directory = test::temp_dir();
  const auto there = directory.path();
  CHECK(OutputFile::create(there, Existing::replace).error().message
        == "cannot write '" + there + "': it is a directory");
  const auto missing = join(there, "missing/out");
  const auto result = OutputFile::create(missing, Existing::replace);
  REQUIRE(!result);
  CHECK(result.error().code == Errc::not_found);
  CHECK(result.error().message.find(missing) != std::string::npos);
}

}  // namespace
}  // namespace rockstage::sys
