#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace rockstage::stage::test {
namespace {

RockParts rock(const std::string& name) {
  return {.name = name, .version = "1.0-1", .files = {{"lua/" + name + ".lua", name}}};
}

/// Runs `work` in a child process that goes with the test.
class Child {
 public:
  explicit Child(const std::function<void()>& work) : pid_(::fork()) {
    if (pid_ != 0) return;
    work();
    ::_exit(0);
  }

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

void sleep_ms(unsigned milliseconds) {
  ::usleep(milliseconds * 1000);
}

void wait_for_file(const std::string& path) {
  for (int i = 0; i < 1000 && !sys::exists(path); ++i)
    sleep_ms(5);
  REQUIRE(sys::exists(path));
}

void set_age(const std::string& path, std::int64_t unix_time) {
  const timespec times[2] = {{unix_time, 0}, {unix_time, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

struct SimulatedSignal {
  explicit SimulatedSignal(int signal) { sys::simulate_signal(signal); }

  ~SimulatedSignal() { sys::simulate_signal(0); }
};

}  // namespace

TEST_CASE("stage: a second build into the same tree waits for the first, and says so", "[stage]") {
  Workshop shop;
  const auto lock = shop.place() + "/.tree.rockstage-lock";
  const auto held = shop.place() + "/held";
  const Child holder([&] {
    const int fd = ::open(lock.c_str(), O_RDONLY | O_CREAT, 0644);
    ::flock(fd, LOCK_EX);
    ::close(::open(held.c_str(), O_WRONLY | O_CREAT, 0644));
    sleep_ms(300);
    // As a rockstage that is done: the file goes while the lock is held.
    ::unlink(lock.c_str());
    ::close(fd);
  });
  wait_for_file(held);
  shop.deploy(rock("a"));
  CHECK(shop.terminal.written.find("waiting for another rockstage") != std::string::npos);
  CHECK(shop.terminal.written.find(shop.tree()) != std::string::npos);
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: waiting for a tree ends on SIGTERM, nothing has changed", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  const auto before = snapshot(shop.tree());
  const auto lock = shop.place() + "/.tree.rockstage-lock";
  const auto held = shop.place() + "/held";
  const Child holder([&] {
    const int fd = ::open(lock.c_str(), O_RDONLY | O_CREAT, 0644);
    ::flock(fd, LOCK_EX);
    ::close(::open(held.c_str(), O_WRONLY | O_CREAT, 0644));
    sleep_ms(60'000);
  });
  wait_for_file(held);
  const auto built = shop.make(rock("b"));
  const SimulatedSignal signal(SIGTERM);
  const auto staged = stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics);
  REQUIRE_FALSE(staged);
  CHECK(staged.error().code == Errc::interrupted);
  CHECK(snapshot(shop.tree()) == before);
}

TEST_CASE("stage: a signal before the commit leaves the old tree and no scratch", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  const auto before = snapshot(shop.tree());
  const auto built = shop.make(rock("b"));
  const SimulatedSignal signal(SIGINT);
  const auto staged = stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics);
  REQUIRE_FALSE(staged);
  CHECK(staged.error().code == Errc::interrupted);
  CHECK(snapshot(shop.tree()) == before);
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a live lock of LuaRocks is waited for, and that is said", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  const auto lock = shop.in_tree("lockfile.lfs");
  REQUIRE(sys::make_link("lock", lock));
  const Child luarocks([&] {
    sleep_ms(300);
    ::unlink(lock.c_str());
  });
  shop.deploy(rock("b"));
  CHECK(shop.terminal.written.find("LuaRocks") != std::string::npos);
  CHECK(sys::exists(shop.in_tree("share/lua/5.1/b.lua")));
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a lock of LuaRocks older than an hour is stale", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  const auto lock = shop.in_tree("lockfile.lfs");
  REQUIRE(sys::make_link("lock", lock));
  set_age(lock, shop.terminal.unix_time() - 3601);
  shop.deploy(rock("b"));
  CHECK(shop.said(Level::warning, "lockfile.lfs"));
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: LuaRocks' lock that a dead rockstage left is removed", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  REQUIRE(sys::make_link("rockstage", shop.in_tree("lockfile.lfs")));
  shop.deploy(rock("b"));
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: what a killed build left beside the tree goes with the next change", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  put(shop.place() + "/.tree.rockstage-aB3dE6/share/lua/5.1/x.lua", "");
  put(shop.place() + "/.tree.rockstage-lock", "");
  const std::vector<std::string> not_ours = {
      "/.tree2.rockstage-aB3dE6/x", "/.tree.rockstage-notes/x", "/tree.rockstage-aB3dE6/x"};
  for (const auto& path : not_ours)
    put(shop.place() + path, "");
  shop.remove("a");
  CHECK(leftovers(shop.tree()) == std::vector<std::string>{".tree.rockstage-notes"});
  for (const auto& path : not_ours)
    CHECK(sys::exists(shop.place() + path));
}

TEST_CASE(
    "stage: a directory that holds more than a tree is changed through a journal, its other "
    "files stay",
    "[stage]") {
  Workshop shop;
  put(shop.in_tree("etc/config.yaml"), "mine", 0600);
  put(shop.in_tree("share/doc/readme"), "mine");
  REQUIRE(sys::make_link("nowhere", shop.in_tree("etc/dangling")));
  const auto before = snapshot(shop.tree());
  const auto inode = sys::status(shop.tree())->inode;

  shop.deploy(rock("a"));
  CHECK(shop.said(Level::note, "journal"));
  CHECK(sys::status(shop.tree())->inode == inode);
  CHECK(get(shop.in_tree("share/lua/5.1/a.lua")) == "a");
  CHECK(sys::status(shop.in_tree("share/lua/5.1"))->mode == 0755);

  shop.deploy({.name = "a", .version = "2.0-1", .files = {{"lua/a/init.lua", "2"}}});
  CHECK_FALSE(sys::exists(shop.in_tree("share/lua/5.1/a.lua")));
  CHECK(get(shop.in_tree("share/lua/5.1/a/init.lua")) == "2");

  shop.remove("a");
  REQUIRE(sys::remove_file(shop.in_tree("lib/luarocks/rocks-5.1/manifest")));
  REQUIRE(sys::remove_empty_directories(shop.in_tree("lib/luarocks/rocks-5.1"), shop.tree()));
  CHECK(snapshot(shop.tree()) == before);
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: post_install and collisions work through the journal, too", "[stage]") {
  Workshop shop;
  put(shop.in_tree("etc/config.yaml"), "mine");
  const auto with_m = [](const std::string& name) {
    return RockParts{.name = name, .version = "1.0-1", .files = {{"lua/m.lua", name}}};
  };
  shop.deploy(with_m("zed"));
  auto abe = with_m("abe");
  abe.post_install = "echo here >made";
  shop.deploy(abe);
  CHECK(get(shop.in_tree("share/lua/5.1/m.lua")) == "abe");
  CHECK(get(shop.in_tree("share/lua/5.1/zed_1_0_1-m.lua")) == "zed");
  CHECK(get(shop.in_tree("lib/luarocks/rocks-5.1/abe/1.0-1/made")) == "here\n");
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a failed change through the journal leaves nothing behind", "[stage]") {
  Workshop shop;
  put(shop.in_tree("etc/config.yaml"), "mine");
  shop.deploy(rock("a"));
  const auto before = snapshot(shop.tree());
  auto hooked = rock("b");
  hooked.post_install = "exit 1";
  CHECK_FALSE(shop.try_deploy(hooked));
  CHECK(snapshot(shop.tree()) == before);
}

TEST_CASE("stage: a change that LuaRocks has overtaken is made once more", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  auto slow = rock("b");
  // As LuaRocks does it, while the hook runs: a new manifest takes the place of the old one.
  slow.post_install = "cd '" + shop.in_tree("lib/luarocks/rocks-5.1")
                      + "' && [ ! -e ../../../../once ] && : >../../../../once"
                        " && cp manifest manifest.tmp && mv manifest.tmp manifest; exit 0";
  shop.deploy(slow);
  CHECK(shop.said(Level::note, "meanwhile"));
  CHECK(sys::exists(shop.in_tree("share/lua/5.1/a.lua")));
  CHECK(sys::exists(shop.in_tree("share/lua/5.1/b.lua")));
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: the tree that holds the current directory keeps its directory", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  const auto here = sys::current_directory();
  REQUIRE(::chdir(shop.in_tree("share").c_str()) == 0);
  const auto staged = shop.try_deploy(rock("b"));
  const bool still_there = sys::exists("lua/5.1/b.lua");
  REQUIRE(::chdir(here.c_str()) == 0);
  REQUIRE(staged);
  CHECK(still_there);
  CHECK(shop.said(Level::note, "current directory"));
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a tree named through a link is changed where it is", "[stage]") {
  Workshop shop;
  REQUIRE(sys::make_directories(shop.place() + "/real"));
  REQUIRE(sys::make_link("real", shop.tree()));
  shop.deploy(rock("a"));
  CHECK(sys::status(shop.tree())->kind == sys::FileKind::link);
  CHECK(get(shop.place() + "/real/share/lua/5.1/a.lua") == "a");
  CHECK(leftovers(shop.place() + "/real").empty());
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: missing parents of a tree are made", "[stage]") {
  Workshop shop;
  auto built = shop.make(rock("a"));
  built.tree = shop.place() + "/x/y/tree";
  REQUIRE(stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics));
  CHECK(sys::exists(shop.place() + "/x/y/tree/share/lua/5.1/a.lua"));
}

TEST_CASE("stage: the tree's own mode and its links are kept", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  REQUIRE(sys::set_mode(shop.tree(), 0750));
  REQUIRE(sys::make_link("a.lua", shop.in_tree("share/lua/5.1/alias.lua")));
  shop.deploy(rock("b"));
  CHECK(sys::status(shop.tree())->mode == 0750);
  CHECK(sys::read_link(shop.in_tree("share/lua/5.1/alias.lua")).value_or("") == "a.lua");
}

TEST_CASE("stage: a link in the tree does not lead a build out of it", "[stage]") {
  Workshop shop;
  REQUIRE(sys::make_directories(shop.place() + "/outside"));
  REQUIRE(sys::make_directories(shop.in_tree("share")));
  REQUIRE(sys::make_link("../../outside", shop.in_tree("share/lua")));
  const auto staged = shop.try_deploy(rock("a"));
  CHECK_FALSE(staged);
  CHECK(files_below(shop.place() + "/outside").empty());
}

TEST_CASE("stage: check_tree refuses what can be no tree", "[stage]") {
  Workshop shop;
  for (const auto* name : {"a?b", "a;b", "a\nb"}) {
    const auto checked = stage::check_tree(shop.place() + "/" + name);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Errc::invalid_input);
  }
  put(shop.place() + "/file", "");
  CHECK_FALSE(stage::check_tree(shop.place() + "/file"));
  CHECK_FALSE(stage::check_tree(shop.place() + "/file/tree"));
  CHECK(stage::check_tree(shop.tree()));
  CHECK(stage::check_tree(shop.place() + "/x/y/tree"));
  CHECK_FALSE(sys::exists(shop.place() + "/x"));
}

TEST_CASE("stage: a tree whose link leads nowhere is an error", "[stage]") {
  Workshop shop;
  REQUIRE(sys::make_link("nowhere", shop.tree()));
  CHECK_FALSE(shop.try_deploy(rock("a")));
  CHECK_FALSE(sys::exists(shop.place() + "/nowhere"));
}

}  // namespace rockstage::stage::test
