#include "sys/files.hpp"
#include "sys/process.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>

// What needs a process of its own: a full disk, mounts, another user. The work says what is wrong;
// an empty text is success.
namespace rockstage::stage::test {
namespace {

constexpr const char* kDenied = "no right to mount";

RockParts rock(const std::string& name, std::size_t bytes = 10) {
  return {.name = name,
          .version = "1.0-1",
          .files = {{"lua/" + name + ".lua", std::string(bytes, 'x')},
                    {"lua/" + name + "/more.lua", std::string(bytes, 'y')}}};
}

std::string in_child(const std::function<std::string()>& work) {
  const auto out = sys::run_isolated(work, 60, 0, "the test");
  return out ? *out : out.error().message;
}

/// A user namespace of its own in which this user is root, for who is not root already.
bool become_root() {
  const auto user = std::to_string(::getuid());
  const auto group = std::to_string(::getgid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  const auto tell = [](const char* file, const std::string& text) {
    const int fd = ::open(file, O_WRONLY);
    const bool told = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(fd);
    return told;
  };
  return tell("/proc/self/setgroups", "deny") && tell("/proc/self/uid_map", "0 " + user + " 1")
         && tell("/proc/self/gid_map", "0 " + group + " 1");
}

/// Runs `work` where it may mount what nobody else sees.
std::string where_mounts_go(const std::function<std::string()>& work) {
  return in_child([&]() -> std::string {
    const bool may = ::unshare(CLONE_NEWNS) == 0 || become_root();
    if (!may || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kDenied;
    return work();
  });
}

/// Whether the test ends here because mounts are denied; that is a failure where everything is
/// required.
bool is_skipped(const std::string& outcome) {
  if (outcome != kDenied) return false;
  const char* required = std::getenv("ROCKSTAGE_REQUIRE_ALL");
  if (required != nullptr && std::string(required) == "1") FAIL(kDenied);
  WARN("skipped: " << kDenied);
  return true;
}

bool mount_tmpfs(const std::string& path, const std::string& options) {
  return sys::make_directories(path)
         && ::mount("tmpfs", path.c_str(), "tmpfs", 0, options.c_str()) == 0;
}

/// Fills a file system but for `left` bytes.
void fill(const std::string& directory, off_t left) {
  const auto path = directory + "/ballast";
  ::unlink(path.c_str());
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  const std::string block(4096, 'b');
  off_t size = 0;
  while (::write(fd, block.data(), block.size()) == static_cast<ssize_t>(block.size()))
    size += static_cast<off_t>(block.size());
  if (::ftruncate(fd, std::max<off_t>(0, size - left)) != 0) ::abort();
  ::close(fd);
}

/// Deploys onto an ever emptier disk until it fits.
std::string deploy_on_full_disk(Workshop& shop, const build::BuiltRock& built) {
  const auto disk = sys::parent(built.tree);
  const auto before = snapshot(built.tree);
  for (off_t pages = 0; pages < 64; ++pages) {
    fill(disk, pages * 4096);
    const auto staged = stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics);
    if (!leftovers(built.tree).empty()) return "something was left behind";
    if (staged) return pages >= 3 ? "" : "the disk was not full";
    if (staged.error().message.find("no space left on device") == std::string::npos)
      return staged.error().message;
    if (snapshot(built.tree) != before) return "the tree has changed";
  }
  return "it never fitted";
}

}  // namespace

TEST_CASE("stage: a full disk leaves the old tree and no scratch", "[stage]") {
  Workshop shop;
  const auto disk = shop.place() + "/disk";
  auto first = shop.make(rock("a"));
  auto second = shop.make(rock("b", 6000));
  first.tree = second.tree = disk + "/tree";
  const bool by_journal = GENERATE(false, true);
  const auto outcome = where_mounts_go([&]() -> std::string {
    if (!mount_tmpfs(disk, "size=256k")) return kDenied;
    if (by_journal) put(first.tree + "/etc/other", "");
    if (!stage::deploy({first}, OtherVersions::remove, shop.io, shop.diagnostics))
      return "the first rock did not fit";
    return deploy_on_full_disk(shop, second);
  });
  if (!is_skipped(outcome)) CHECK(outcome.empty());
}

TEST_CASE("stage: a file larger than the limit leaves the old tree and no scratch", "[stage]") {
  Workshop shop;
  shop.deploy(rock("a"));
  const auto before = snapshot(shop.tree());
  const auto built = shop.make(rock("b", 100'000));
  const auto outcome = in_child([&]() -> std::string {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {50'000, 50'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return "no limit could be set";
    const auto staged = stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics);
    return staged ? "it was staged" : staged.error().message;
  });
  CHECK(outcome.find("file too large") != std::string::npos);
  CHECK(snapshot(shop.tree()) == before);
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a tree that is a mount point is changed through a journal", "[stage]") {
  Workshop shop;
  const auto built = shop.make(rock("a"));
  const auto outcome = where_mounts_go([&]() -> std::string {
    if (!mount_tmpfs(shop.tree(), "size=1m")) return kDenied;
    if (!stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics))
      return "not staged";
    if (!shop.said(Level::note, "mount point")) return "the journal was not told of";
    if (!sys::exists(shop.in_tree("share/lua/5.1/a.lua"))) return "the module is not there";
    return leftovers(shop.tree()).empty() ? "" : "something was left behind";
  });
  if (!is_skipped(outcome)) CHECK(outcome.empty());
}

TEST_CASE("stage: on overlayfs a tree of a lower layer is changed through a journal", "[stage]") {
  Workshop shop;
  const auto built_before = shop.make(rock("a"));
  auto built = shop.make(rock("b"));
  const auto layers = shop.place() + "/layers";
  built.tree = shop.place() + "/merged/tree";
  const auto outcome = where_mounts_go([&]() -> std::string {
    if (!mount_tmpfs(layers, "size=4m")) return kDenied;
    auto lower = built_before;
    lower.tree = layers + "/lower/tree";
    if (!stage::deploy({lower}, OtherVersions::remove, shop.io, shop.diagnostics))
      return "the lower layer was not staged";
    for (const auto& path : {layers + "/upper", layers + "/work", shop.place() + "/merged"})
      if (!sys::make_directories(path)) return "no directory";
    const auto options =
        "lowerdir=" + layers + "/lower,upperdir=" + layers + "/upper,workdir=" + layers + "/work";
    const auto merged = shop.place() + "/merged";
    if (::mount("overlay", merged.c_str(), "overlay", 0, options.c_str()) != 0) return kDenied;
    const auto staged = stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics);
    if (!staged) return staged.error().message;
    if (!sys::exists(built.tree + "/share/lua/5.1/a.lua")) return "the old module is gone";
    if (!sys::exists(built.tree + "/share/lua/5.1/b.lua")) return "the new module is not there";
    return leftovers(built.tree).empty() ? "" : "something was left behind";
  });
  if (!is_skipped(outcome)) CHECK(outcome.empty());
}

TEST_CASE("stage: a tree in a directory that cannot be written is changed through a journal",
          "[stage]") {
  Workshop shop;
  const auto first = shop.make(rock("a"));
  REQUIRE(sys::make_directories(shop.tree()));
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  if (root) {
    REQUIRE(sys::set_mode(shop.directory(), 0755));
    REQUIRE(::chown(shop.tree().c_str(), kNobody, kNobody) == 0);
  }
  REQUIRE(sys::set_mode(shop.place(), 0555));
  const auto outcome = in_child([&]() -> std::string {
    if (root && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return "no other user";
    const auto staged = stage::deploy({first}, OtherVersions::remove, shop.io, shop.diagnostics);
    if (!staged) return staged.error().message;
    if (!shop.said(Level::note, "cannot be written")) return "the journal was not told of";
    return stage::check_tree(shop.place() + "/other") ? "another tree could be made" : "";
  });
  REQUIRE(sys::set_mode(shop.place(), 0755));
  CHECK(outcome.empty());
  CHECK(sys::exists(shop.in_tree("share/lua/5.1/a.lua")));
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: a tree of another user that cannot be written is an error", "[stage]") {
  Workshop shop;
  const auto built = shop.make(rock("a"));
  REQUIRE(sys::make_directories(shop.tree()));
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(sys::set_mode(shop.directory(), 0755));
  REQUIRE(sys::set_mode(shop.tree(), 0555));
  const auto outcome = in_child([&]() -> std::string {
    if (root && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return "no other user";
    const auto staged = stage::deploy({built}, OtherVersions::remove, shop.io, shop.diagnostics);
    return staged ? "it was staged" : staged.error().message;
  });
  CHECK(outcome.find("cannot write to the tree") != std::string::npos);
}

}  // namespace rockstage::stage::test
