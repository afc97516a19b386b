#pragma once
#include "base/result.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace rockstage::stage {

/// The next state of a tree while it is put together: what is there, less what is removed, and new
/// files that wait in a directory of their own. Nothing in the tree changes before it is committed
/// (transaction.hpp). Paths are relative to the tree; one that would lead out of it, by `..` or
/// through a link, is Errc::invalid_input wherever something changes.
class TreeEdit {
 public:
  /// `tree` need not exist; `waiting` is an empty directory on the same file system.
  TreeEdit(std::string tree, std::string waiting)
      : tree_(std::move(tree)), waiting_(std::move(waiting)) {}

  /// A directory of which everything is removed does not exist.
  [[nodiscard]] bool exists(const std::string& path) const;
  /// A file's text as it will be. Errc::not_found.
  [[nodiscard]] Result<std::string> read(const std::string& path) const;
  /// Where the bytes of a file are now, absolute.
  [[nodiscard]] std::string location(const std::string& path) const;

  Result<void> write(const std::string& path, std::string_view content, std::uint32_t mode);
  Result<void> copy_in(const std::string& from, const std::string& path, std::uint32_t mode);
  /// `to` must not exist.
  Result<void> move(const std::string& from, const std::string& to);
  Result<void> remove(const std::string& path);
  /// All that is below `directory`, and itself.
  Result<void> remove_directory(const std::string& directory);

  [[nodiscard]] const std::string& tree() const { return tree_; }

  [[nodiscard]] const std::string& waiting() const { return waiting_; }

  [[nodiscard]] const std::set<std::string>& removed() const { return removed_; }

 private:
  std::string tree_, waiting_;
  std::set<std::string> removed_;  ///< paths of the old tree that the new one does not have, unless
                                   ///< a new file takes the place
};

/// Refuses a path that could lead out of `tree`: `..`, an absolute one, or one of whose directories
/// is a link.
Result<void> check_inside(const std::string& tree, const std::string& path);

}  // namespace rockstage::stage
