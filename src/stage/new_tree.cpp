#include "stage/new_tree.hpp"

#include "stage/tree_lock.hpp"
#include "sys/files.hpp"
#include "sys/temp_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace rockstage::stage {
namespace {

using sys::FileKind;

/// What lies in a directory that holds a tree and something else.
std::string foreign_content(const std::string& tree) {
  const auto other_than = [&tree](const std::string& directory,
                                  std::initializer_list<std::string_view> known) -> std::string {
    const auto names = sys::list_directory(sys::join(tree, directory));
    if (!names) return {};
    for (const auto& name : *names)
      if (std::ranges::find(known, name) == known.end()) return sys::join(directory, name);
    return {};
  };
  if (auto found = other_than("", {"bin", "share", "lib", kLuarocksLock}); !found.empty())
    return found;
  if (auto found = other_than("share", {"lua"}); !found.empty()) return found;
  return other_than("lib", {"lua", "luarocks"});
}

/// What an exchange would lose: something mounted in the tree, or what is no file, directory or
/// link.
Result<std::string> loss_by_exchange(const std::string& tree) {
  RS_TRY_ASSIGN(const auto entries, sys::walk(tree));
  for (const auto& [path, status] : entries) {
    if (status.kind == FileKind::other) return fmt::format("'{}' is no file", path);
    if (status.kind == FileKind::directory && sys::is_mount_point(sys::join(tree, path)))
      return fmt::format("'{}' is a mount point", path);
  }
  return std::string();
}

/// Whether the file system can exchange two directories, found out beside the tree.
Result<bool> can_exchange(const std::string& tree) {
  RS_TRY_ASSIGN(const auto probe,
                sys::TempDir::make(sys::parent(tree), sys::base_name(beside_prefix(tree))));
  const auto a = sys::join(probe.path(), "a");
  const auto b = sys::join(probe.path(), "b");
  RS_TRY(sys::make_directories(a));
  RS_TRY(sys::make_directories(b));
  return sys::exchange_paths(a, b).has_value();
}

/// A file of the old tree in the new one: the same inode where that goes.
Result<void> keep(const sys::WalkEntry& entry, const std::string& from, const std::string& to) {
  RS_TRY(sys::make_directories(sys::parent(to)));
  if (entry.status.kind == FileKind::link) {
    RS_TRY_ASSIGN(const auto target, sys::read_link(from));
    return sys::make_link(target, to);
  }
  if (sys::hard_link(from, to)) return {};
  return sys::copy_file(from, to, entry.status.mode);
}

/// Directories that hold nothing: kept, while those that a removal empties go.
std::set<std::string> empty_directories(const std::vector<sys::WalkEntry>& entries) {
  std::set<std::string> out;
  for (const auto& entry : entries) {
    out.erase(sys::parent(entry.path));
    if (entry.status.kind == FileKind::directory) out.insert(entry.path);
  }
  return out;
}

Result<void> keep_old(const TreeEdit& edit,
                      const std::vector<sys::WalkEntry>& old,
                      const std::string& next) {
  const auto empty = empty_directories(old);
  for (const auto& entry : old) {
    if (entry.path == kLuarocksLock || edit.removed().contains(entry.path)) continue;
    const auto to = sys::join(next, entry.path);
    if (entry.status.kind == FileKind::directory) {
      if (empty.contains(entry.path)) RS_TRY(sys::make_directories(to));
    } else if (!sys::exists(sys::join(edit.waiting(), entry.path))) {
      RS_TRY(keep(entry, sys::join(edit.tree(), entry.path), to));
    }
  }
  return {};
}

/// Last, for a directory without write permission takes no files.
Result<void> keep_modes(const std::string& tree,
                        const std::vector<sys::WalkEntry>& old,
                        const std::string& next) {
  for (const auto& entry : old) {
    const auto directory = sys::join(next, entry.path);
    if (entry.status.kind == FileKind::directory && sys::is_directory(directory))
      RS_TRY(sys::set_mode(directory, entry.status.mode));
  }
  RS_TRY_ASSIGN(const auto root, sys::status(tree));
  return sys::set_mode(next, root.mode);
}

}  // namespace

Result<std::string> obstacle_to_exchange(const std::string& tree) {
  RS_TRY_ASSIGN(const auto found, sys::status(tree));
  if (found.kind == FileKind::none) return std::string();
  if (sys::is_mount_point(tree)) return std::string("it is a mount point");
  if (!sys::is_writable(sys::parent(tree)))
    return std::string("its parent directory cannot be written");
  if (found.owner != sys::current_user()) return std::string("it belongs to another user");
  // The shell that started us would be left in a directory that is no more.
  const auto here = sys::current_directory();
  if (here == tree || here.starts_with(tree + "/"))
    return std::string("the current directory is in it");
  if (const auto other = foreign_content(tree); !other.empty())
    return fmt::format("it holds '{}', which is no part of a tree", other);
  RS_TRY_ASSIGN(auto loss, loss_by_exchange(tree));
  if (!loss.empty()) return loss;
  RS_TRY_ASSIGN(const bool exchangeable, can_exchange(tree));
  return exchangeable ? std::string() : "its file system cannot exchange directories";
}

Result<std::vector<std::string>> assemble(const TreeEdit& edit, const std::string& next) {
  RS_TRY(sys::make_directories(next));
  std::vector<sys::WalkEntry> old;
  const bool replaces = sys::exists(edit.tree());
  if (replaces) {
    RS_TRY_ASSIGN(old, sys::walk(edit.tree()));
    RS_TRY(keep_old(edit, old, next));
  }
  std::vector<std::string> out;
  RS_TRY_ASSIGN(const auto added, sys::walk(edit.waiting()));
  for (const auto& entry : added) {
    const auto to = sys::join(next, entry.path);
    if (entry.status.kind == FileKind::directory) continue;
    RS_TRY(sys::make_directories(sys::parent(to)));
    RS_TRY(sys::rename_path(sys::join(edit.waiting(), entry.path), to));
    if (entry.status.kind == FileKind::file) out.push_back(entry.path);
  }
  RS_TRY_ASSIGN(const auto all, sys::walk(next));
  for (const auto& entry : all)
    if (entry.status.kind == FileKind::directory) out.push_back(entry.path);
  if (replaces) RS_TRY(keep_modes(edit.tree(), old, next));
  return out;
}

Result<std::vector<std::string>> everything_below(const std::string& directory) {
  RS_TRY_ASSIGN(const auto entries, sys::walk(directory));
  std::vector<std::string> out;
  for (const auto& entry : entries)
    if (entry.status.kind == FileKind::file || entry.status.kind == FileKind::directory)
      out.push_back(entry.path);
  return out;
}

Result<void> sync_below(const std::string& root, const std::vector<std::string>& paths) {
  // One call for the whole file system waits for what others have written, too.
  constexpr std::size_t kMany = 500;
  if (paths.size() > kMany) return sys::sync_file_system(root);
  for (const auto& path : paths)
    RS_TRY(sys::sync_path(sys::join(root, path)));
  return sys::sync_path(root);
}

}  // namespace rockstage::stage
