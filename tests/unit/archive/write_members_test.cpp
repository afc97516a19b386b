#include "archive/write_members.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace rockstage::archive {
namespace {

using Catch::Matchers::Contains;
using Kind = OutputMember::Kind;

/// A tree, and what is made of it.
struct World {
  sys::TempDir directory = test::temp_dir();

  [[nodiscard]] std::string path(const std::string& name) const {
    return sys::join(directory.path(), name);
  }

  void put(const std::string& name, const std::string& text = "x", unsigned mode = 0644) const {
    test::put(path(name), text, mode);
  }

  void link(const std::string& target, const std::string& name) const {
    REQUIRE(sys::make_link(target, path(name)));
  }

  [[nodiscard]] Snapshot snapshot() const {
    auto out = take_snapshot(directory.path());
    REQUIRE(out);
    return *out;
  }

  [[nodiscard]] Result<std::vector<OutputMember>> members() const {
    return members_of(snapshot(), [](std::string_view) { return true; });
  }

  [[nodiscard]] std::string error() const {
    const auto result = members();
    if (result) return "";
    CHECK(result.error().code == Errc::invalid_input);
    return result.error().message;
  }
};

TEST_CASE("write_members: everything is there, sorted by bytes, with its kind", "[archive]") {
  const World world;
  world.put("a/x", "123");
  world.put("a-b");
  world.put("a.b", "", 0755);
  world.put("B");
  world.link("x", "a/l");
  const auto members = world.members();
  REQUIRE(members);
  std::vector<std::string> names;
  for (const auto& member : *members)
    names.push_back(member.name);
  CHECK(names == std::vector<std::string>{"B", "a", "a-b", "a.b", "a/l", "a/x"});
  CHECK(members->at(1).kind == Kind::directory);
  CHECK(members->at(3).kind == Kind::executable);
  CHECK(members->at(4).target == "x");
  CHECK(members->at(5).size == 3);
}

TEST_CASE("write_members: only the owner's x bit counts", "[archive]") {
  const World world;
  world.put("a", "x", 0611);
  world.put("b", "x", 0744);
  const auto members = world.members();
  REQUIRE(members);
  CHECK(members->at(0).kind == Kind::file);
  CHECK(members->at(1).kind == Kind::executable);
}

TEST_CASE("write_members: what no archive carries is named", "[archive]") {
  const World world;
  const auto odd = world.path("odd");
  SECTION("a FIFO") {
    REQUIRE(::mkfifo(odd.c_str(), 0600) == 0);
  }
  SECTION("a socket") {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(odd.size() < sizeof address.sun_path);
    std::strcpy(address.sun_path, odd.c_str());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
  }
  CHECK(world.error() == "'" + odd + "' is a socket, a device or a FIFO: no archive carries it");
}

TEST_CASE("write_members: links stay in the tree and lead to something", "[archive]") {
  const World world;
  world.put("d/file");
  SECTION("to a file, through links and `..`") {
    world.link("d", "e");
    world.link("../e/./file", "d/l");
    CHECK(world.error().empty());
  }
  SECTION("to a directory") {
    world.link("..", "d/up");
    CHECK(world.error().empty());
  }
  SECTION("absolute, even into the tree") {
    world.link(world.path("d/file"), "l");
    CHECK_THAT(world.error(), Contains("/l' is a link to the absolute path"));
  }
  SECTION("out of the tree") {
    world.link("../../etc/passwd", "d/l");
    CHECK_THAT(world.error(), Contains("/d/l' is a link out of the tree, to '../../etc/passwd'"));
  }
  SECTION("out of the tree by way of another") {
    world.link("..", "d/up");
    world.link("d/up/../x", "l");
    CHECK_THAT(world.error(), Contains("/l' is a link out of the tree"));
  }
  SECTION("dangling") {
    world.link("nothing", "l");
    CHECK_THAT(world.error(), Contains("/l' is a link to 'nothing', which is not exported"));
  }
  SECTION("through a file") {
    world.link("d/file/..", "l");
    CHECK_THAT(world.error(), Contains("/l' is a link to"));
  }
  SECTION("in a circle") {
    world.link("b", "a");
    world.link("a", "b");
    CHECK_THAT(world.error(), Contains("/a' is a link to 'b'"));
  }
  SECTION("to what is left out") {
    world.link("d/file", "l");
    const auto result = members_of(world.snapshot(), [](auto path) { return path == "l"; });
    REQUIRE(!result);
    CHECK_THAT(result.error().message, Contains("'d/file', which is not exported"));
  }
}

TEST_CASE("write_members: a change of the tree is an error that names the file", "[archive]") {
  const World world;
  world.put("d/a");
  world.put("m");
  const auto snapshot = world.snapshot();
  CHECK(check_unchanged(snapshot));
  std::string name;
  SECTION("a new file") {
    world.put("b");
    name = "b";
  }
  SECTION("one that is gone") {
    REQUIRE(sys::remove_file(world.path("m")));
    name = "m";
  }
  SECTION("one that is gone from a directory") {
    REQUIRE(sys::remove_file(world.path("d/a")));
    name = "d/a";
  }
  SECTION("another of the same size") {
    world.put("other", "y");
    REQUIRE(sys::rename_path(world.path("other"), world.path("m")));
    name = "m";
  }
  SECTION("another size") {
    world.put("m", "xy");
    name = "m";
  }
  SECTION("a mode") {
    REQUIRE(sys::set_mode(world.path("m"), 0755));
    name = "m";
  }
  const auto result = check_unchanged(snapshot);
  REQUIRE(!result);
  CHECK(result.error().code == Errc::io);
  CHECK(result.error().message == "'" + world.path(name) + "' changed while the tree was exported");
}

TEST_CASE("write_members: only a directory is a tree", "[archive]") {
  const World world;
  world.put("file");
  CHECK(take_snapshot(world.path("file")).error().code == Errc::invalid_input);
  CHECK(take_snapshot(world.path("nothing")).error().code == Errc::not_found);
}

}  // namespace
}  // namespace rockstage::archive
