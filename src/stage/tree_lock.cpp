#include "stage/tree_lock.hpp"

#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <fmt/format.h>

namespace rockstage::stage {
namespace {

constexpr std::int64_t kStaleSeconds = 3600;
constexpr const char* kLuarocksLock = "lockfile.lfs";
constexpr std::string_view kOwnTarget = "rockstage-";

/// Whether the locked file is still the one at `path`: whoever held the lock before removed its
/// file on leaving.
Result<bool> is_current(const std::string& path, std::uint64_t inode) {
  RS_TRY_ASSIGN(const auto found, sys::status(path));
  return found.kind != sys::FileKind::none && found.inode == inode;
}

Result<sys::FileLock> lock_file(const std::string& path, const std::string& tree, Io& io) {
  const auto say = [&] {
    io.progress.say(fmt::format("waiting for another rockstage at '{}'\n", tree));
  };
  while (true) {
    // Made first, so that there is an inode to compare with.
    RS_TRY_ASSIGN(auto lock, sys::FileLock::acquire(path, say));
    RS_TRY_ASSIGN(const bool current, is_current(path, lock.inode()));
    if (current) return lock;
  }
}

}  // namespace

std::string beside_prefix(const std::string& tree) {
  return sys::join(sys::parent(tree), "." + sys::base_name(tree) + ".rockstage-");
}

Result<TreeLock> TreeLock::acquire(const std::string& tree, Io& io, Diagnostics& diagnostics) {
  const bool beside = sys::is_writable(sys::parent(tree));
  const auto path = beside ? beside_prefix(tree) + "lock" : tree;
  RS_TRY_ASSIGN(auto own, lock_file(path, tree, io));
  TreeLock lock(std::move(own), beside ? path : std::string());
  RS_TRY(lock.lock_luarocks(tree, io, diagnostics));
  return lock;
}

Result<void> TreeLock::lock_luarocks(const std::string& tree, Io& io, Diagnostics& diagnostics) {
  if (!sys::is_directory(tree)) return {};
  const auto path = sys::join(tree, kLuarocksLock);
  bool told = false;
  while (!sys::make_link(std::string(kOwnTarget) + "commit", path)) {
    RS_TRY_ASSIGN(const auto found, sys::status(path));
    if (found.kind == sys::FileKind::none) {
      if (!sys::is_writable(tree))
        return fail(Errc::io, fmt::format("cannot write to the tree '{}'", tree));
      continue;  // gone meanwhile
    }
    // We hold rockstage's lock, so another rockstage that took this one is dead.
    const bool dead = sys::read_link(path).value_or("").starts_with(kOwnTarget);
    const auto age = io.terminal.unix_time() - found.mtime_ns / 1'000'000'000;
    if (dead || age > kStaleSeconds) {
      if (!dead)
        diagnostics.warning(
            fmt::format("removed a stale lock of LuaRocks, {} s old: '{}'", age, path));
      RS_TRY(sys::remove_file(path));
      continue;
    }
    if (!std::exchange(told, true))
      io.progress.say(
          fmt::format("waiting for LuaRocks, which has locked '{}' ('{}')\n", tree, path));
    RS_TRY(sys::wait_interruptibly(0.05));
  }
  luarocks_lock_ = path;
  return {};
}

TreeLock::~TreeLock() {
  if (!luarocks_lock_.empty()) static_cast<void>(sys::remove_file(luarocks_lock_));
  // Removed while it is held: nobody can have locked this very file.
  if (lock_ && !path_.empty()) static_cast<void>(sys::remove_file(path_));
}

}  // namespace rockstage::stage
