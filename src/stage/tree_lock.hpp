#pragma once
#include "base/diagnostics.hpp"
#include "base/result.hpp"
#include "sys/io.hpp"
#include "sys/lock.hpp"

#include <optional>
#include <string>

namespace rockstage::stage {

/// The right to change a tree: a lock file beside it (where its parent can be written), and the
/// tree's directory itself. Given back when the object goes, and leaves nothing behind.
class TreeLock {
 public:
  /// Waits and says so. Errc::interrupted, Errc::io.
  static Result<TreeLock> acquire(const std::string& tree, Io& io);

  TreeLock(TreeLock&& other) noexcept = default;
  TreeLock& operator=(TreeLock&& other) = delete;
  TreeLock(const TreeLock&) = delete;
  TreeLock& operator=(const TreeLock&) = delete;
  ~TreeLock();

 private:
  TreeLock() = default;

  std::optional<sys::FileLock> beside_, itself_;
  std::string path_;  ///< the lock file beside the tree; empty when there is none
};

/// LuaRocks' own lock, `TREE/lockfile.lfs`, a link as lfs.lock_dir makes it. Held around the commit
/// only. The caller holds the TreeLock.
class LuarocksLock {
 public:
  /// Waits for LuaRocks and says so. A lock older than an hour is stale, as LuaRocks has it
  /// (fs/lua.lua), and removed with a warning; one of a dead rockstage is removed.
  static Result<LuarocksLock> acquire(const std::string& tree, Io& io, Diagnostics& diagnostics);

  LuarocksLock(LuarocksLock&& other) noexcept : path_(std::exchange(other.path_, {})) {}

  LuarocksLock& operator=(LuarocksLock&& other) = delete;
  LuarocksLock(const LuarocksLock&) = delete;
  LuarocksLock& operator=(const LuarocksLock&) = delete;
  ~LuarocksLock();

  /// The tree's old directory is gone, and the lock in it.
  void forget() { path_.clear(); }

 private:
  explicit LuarocksLock(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

/// Waits until LuaRocks holds no lock, without taking it.
Result<void> wait_for_luarocks(const std::string& tree, Io& io, Diagnostics& diagnostics);

inline constexpr const char* kLuarocksLock = "lockfile.lfs";

/// What lies beside a tree and is ours begins so: `.<name>.rockstage-`, absolute.
std::string beside_prefix(const std::string& tree);

}  // namespace rockstage::stage
