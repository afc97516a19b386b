#pragma once
#include "base/diagnostics.hpp"
#include "base/result.hpp"
#include "sys/io.hpp"
#include "sys/lock.hpp"

#include <optional>
#include <string>

namespace rockstage::stage {

/// The right to change a tree: rockstage's own lock, which lies beside the tree (on the tree itself
/// where its parent cannot be written), and LuaRocks' lock in it. Both are given back when the
/// object goes, and leave nothing behind.
class TreeLock {
 public:
  /// Waits for both and says so. A LuaRocks lock older than an hour is stale, as LuaRocks has it
  /// (fs/lua.lua); one of a dead rockstage is removed. Errc::interrupted, Errc::io.
  static Result<TreeLock> acquire(const std::string& tree, Io& io, Diagnostics& diagnostics);

  TreeLock(TreeLock&& other) noexcept = default;
  TreeLock& operator=(TreeLock&& other) noexcept = default;
  TreeLock(const TreeLock&) = delete;
  TreeLock& operator=(const TreeLock&) = delete;
  ~TreeLock();

  /// The tree's old directory is gone, and LuaRocks' lock with it.
  void forget_luarocks_lock() { luarocks_lock_.clear(); }

 private:
  TreeLock(sys::FileLock lock, std::string path) : lock_(std::move(lock)), path_(std::move(path)) {}

  Result<void> lock_luarocks(const std::string& tree, Io& io, Diagnostics& diagnostics);

  std::optional<sys::FileLock> lock_;
  std::string path_;           ///< our lock file; empty when the tree's directory itself is locked
  std::string luarocks_lock_;  ///< LuaRocks' lock that we made; empty when there is none
};

/// What lies beside a tree and is ours begins so: `.<name>.rockstage-`, absolute.
std::string beside_prefix(const std::string& tree);

}  // namespace rockstage::stage
