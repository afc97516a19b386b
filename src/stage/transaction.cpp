#include "stage/transaction.hpp"

#include "stage/journal.hpp"
#include "stage/tree_lock.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "sys/temp_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rockstage::stage {
namespace {

constexpr const char* kLuarocksLock = "lockfile.lfs";

/// Scratch directories of processes that were killed: we hold the tree's lock, so nobody works in
/// them.
Result<void> remove_leftovers(const std::string& tree) {
  const auto prefix = beside_prefix(tree);
  const auto name = sys::base_name(prefix);
  RS_TRY_ASSIGN(const auto entries, sys::list_directory(sys::parent(tree)));
  for (const auto& entry : entries) {
    constexpr std::size_t kRandomCharacters = 6;
    const bool ours = entry.starts_with(name) && entry.size() == name.size() + kRandomCharacters
                      && std::all_of(entry.begin() + static_cast<std::ptrdiff_t>(name.size()),
                                     entry.end(),
                                     [](unsigned char c) { return std::isalnum(c) != 0; });
    if (ours) RS_TRY(sys::remove_all(sys::join(sys::parent(tree), entry)));
  }
  return {};
}

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

/// True when something is mounted inside the tree: an exchange would leave it behind, and empty it.
Result<bool> holds_mount(const std::string& tree) {
  RS_TRY_ASSIGN(const auto entries, sys::walk(tree));
  return std::ranges::any_of(entries, [&tree](const auto& entry) {
    return entry.status.kind == sys::FileKind::directory
           && sys::is_mount_point(sys::join(tree, entry.path));
  });
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

/// Why the tree cannot be exchanged as a directory; empty when it can.
Result<std::string> obstacle(const std::string& tree) {
  if (!sys::exists(tree)) return std::string();
  RS_TRY_ASSIGN(const auto found, sys::status(tree));
  if (sys::is_mount_point(tree)) return std::string("it is a mount point");
  if (!sys::is_writable(sys::parent(tree)))
    return std::string("its parent directory cannot be written");
  if (found.owner != sys::current_user()) return std::string("it belongs to another user");
  if (const auto other = foreign_content(tree); !other.empty())
    return fmt::format("it holds '{}', which is no part of a tree", other);
  RS_TRY_ASSIGN(const bool mounted, holds_mount(tree));
  if (mounted) return std::string("something is mounted in it");
  RS_TRY_ASSIGN(const bool exchangeable, can_exchange(tree));
  return exchangeable ? std::string() : "its file system cannot exchange directories";
}

/// A file of the old tree in the new one: the same inode where that goes.
Result<void> keep(const sys::WalkEntry& entry, const std::string& from, const std::string& to) {
  RS_TRY(sys::make_directories(sys::parent(to)));
  if (entry.status.kind == sys::FileKind::link) {
    RS_TRY_ASSIGN(const auto target, sys::read_link(from));
    return sys::make_link(target, to);
  }
  if (entry.status.kind != sys::FileKind::file)
    return fail(Errc::invalid_input,
                fmt::format("'{}' is no file, directory or link", from),
                "a tree holds nothing else; remove it");
  if (sys::hard_link(from, to)) return {};
  return sys::copy_file(from, to, entry.status.mode);
}

/// Directories that hold nothing: kept, while those that a removal empties go.
std::vector<std::string> empty_directories(const std::vector<sys::WalkEntry>& entries) {
  std::set<std::string> parents;
  for (const auto& entry : entries)
    parents.insert(sys::parent(entry.path));
  std::vector<std::string> out;
  for (const auto& entry : entries)
    if (entry.status.kind == sys::FileKind::directory && !parents.contains(entry.path))
      out.push_back(entry.path);
  return out;
}

/// Puts the new tree together at `next`.
Result<void> assemble(const TreeEdit& edit, const std::string& next) {
  RS_TRY(sys::make_directories(next));
  if (sys::exists(edit.tree())) {
    RS_TRY_ASSIGN(const auto old, sys::walk(edit.tree()));
    for (const auto& path : empty_directories(old))
      RS_TRY(sys::make_directories(sys::join(next, path)));
    for (const auto& entry : old) {
      if (entry.status.kind == sys::FileKind::directory || entry.path == kLuarocksLock
          || edit.removed().contains(entry.path))
        continue;
      if (sys::exists(sys::join(edit.waiting(), entry.path))) continue;
      RS_TRY(keep(entry, sys::join(edit.tree(), entry.path), sys::join(next, entry.path)));
    }
  }
  RS_TRY_ASSIGN(const auto added, sys::walk(edit.waiting()));
  for (const auto& entry : added) {
    if (entry.status.kind == sys::FileKind::directory) continue;
    const auto to = sys::join(next, entry.path);
    RS_TRY(sys::make_directories(sys::parent(to)));
    RS_TRY(sys::rename_path(sys::join(edit.waiting(), entry.path), to));
  }
  return {};
}

Result<void> by_exchange(const std::string& tree,
                         TreeLock& lock,
                         const std::function<Result<void>(TreeEdit&)>& change) {
  RS_TRY_ASSIGN(const auto scratch,
                sys::TempDir::make(sys::parent(tree), sys::base_name(beside_prefix(tree))));
  const auto waiting = sys::join(scratch.path(), "new");
  const auto next = sys::join(scratch.path(), "tree");
  RS_TRY(sys::make_directories(waiting));
  TreeEdit edit(tree, waiting);
  RS_TRY(change(edit));
  RS_TRY(assemble(edit, next));
  RS_TRY(sys::sync_file_system(next));
  RS_TRY(sys::check_interrupted());
  // Up to here the tree is the old one, from here on the new one.
  if (sys::exists(tree)) {
    RS_TRY(sys::exchange_paths(next, tree));
    lock.forget_luarocks_lock();
  } else {
    RS_TRY(sys::rename_path(next, tree));
  }
  return sys::sync_path(sys::parent(tree));
}

}  // namespace

Result<void> change_tree(const std::string& path,
                         Io& io,
                         Diagnostics& diagnostics,
                         const std::function<Result<void>(TreeEdit&)>& change) {
  const auto tree = sys::absolute(path);
  RS_TRY(sys::make_directories(sys::parent(tree)));
  RS_TRY_ASSIGN(auto lock, TreeLock::acquire(tree, io, diagnostics));
  RS_TRY(remove_leftovers(tree));
  RS_TRY(recover_journal(tree, diagnostics));
  RS_TRY_ASSIGN(const auto why_not, obstacle(tree));
  if (why_not.empty()) return by_exchange(tree, lock, change);
  diagnostics.note(
      fmt::format("'{}' is changed through a journal, not in one step: {}", tree, why_not));
  return by_journal(tree, change);
}

}  // namespace rockstage::stage
