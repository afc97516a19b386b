#include "stage/tree_lock.hpp"

#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <fmt/format.h>

#include <utility>

namespace rockstage::stage {
namespace {

constexpr std::int64_t kStaleSeconds = 3600;
constexpr double kPollSeconds = 0.05;
constexpr const char* kOwnTarget = "rockstage";

/// Waits for the lock on `path`. Who held it before may have removed or exchanged what was locked:
/// then it is taken again.
Result<sys::FileLock> lock_path(const std::string& path, const std::string& tree, Io& io) {
  const auto say = [&] {
    io.progress.say(fmt::format("waiting for another rockstage at '{}'\n", tree));
  };
  while (true) {
    RS_TRY_ASSIGN(auto lock, sys::FileLock::acquire(path, say));
    RS_TRY_ASSIGN(const auto found, sys::status(path));
    if (found.kind != sys::FileKind::none && found.inode == lock.inode()) return lock;
  }
}

}  // namespace

std::string beside_prefix(const std::string& tree) {
  return sys::join(sys::parent(tree), "." + sys::base_name(tree) + ".rockstage-");
}

Result<TreeLock> TreeLock::acquire(const std::string& tree, Io& io) {
  TreeLock out;
  if (sys::is_writable(sys::parent(tree))) {
    const auto path = beside_prefix(tree) + "lock";
    RS_TRY_ASSIGN(out.beside_, lock_path(path, tree, io));
    out.path_ = path;
  }
  // Somebody who may not write beside the tree locks only this.
  if (sys::is_directory(tree)) {
    RS_TRY_ASSIGN(out.itself_, lock_path(tree, tree, io));
  }
  return out;
}

TreeLock::~TreeLock() {
  // Removed while it is held: nobody can have locked this very file.
  if (beside_ && !path_.empty()) static_cast<void>(sys::remove_file(path_));
}

Result<void> wait_for_luarocks(const std::string& tree, Io& io, Diagnostics& diagnostics) {
  const auto path = sys::join(tree, kLuarocksLock);
  bool told = false;
  while (true) {
    RS_TRY_ASSIGN(const auto found, sys::status(path));
    if (found.kind == sys::FileKind::none) return {};
    // We hold rockstage's lock, so another rockstage that took this one is dead.
    const bool dead = sys::read_link(path).value_or("").starts_with(kOwnTarget);
    const auto age = io.terminal.unix_time() - found.mtime_ns / 1'000'000'000;
    if (dead || age > kStaleSeconds) {
      if (!dead)
        diagnostics.warning(
            fmt::format("removed a stale lock of LuaRocks, {} s old: '{}'", age, path));
      return sys::remove_file(path);
    }
    if (!std::exchange(told, true))
      io.progress.say(
          fmt::format("waiting for LuaRocks, which has locked '{}' ('{}')\n", tree, path));
    RS_TRY(sys::wait_interruptibly(kPollSeconds));
  }
}

Result<LuarocksLock> LuarocksLock::acquire(const std::string& tree,
                                           Io& io,
                                           Diagnostics& diagnostics) {
  const auto path = sys::join(tree, kLuarocksLock);
  while (true) {
    RS_TRY(wait_for_luarocks(tree, io, diagnostics));
    auto made = sys::make_link(kOwnTarget, path);
    if (made) return LuarocksLock(path);
    // Taken by LuaRocks just now, or not ours to take.
    if (!sys::exists(path)) return tl::unexpected<Error>(std::move(made).error());
  }
}

LuarocksLock::~LuarocksLock() {
  if (!path_.empty()) static_cast<void>(sys::remove_file(path_));
}

}  // namespace rockstage::stage
