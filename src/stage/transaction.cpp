#include "stage/transaction.hpp"

#include "stage/journal.hpp"
#include "stage/new_tree.hpp"
#include "stage/tree_lock.hpp"
#include "stage/tree_state.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"
#include "sys/temp_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

namespace rockstage::stage {
namespace {

/// Scratch directories of processes that were killed: we hold the tree's lock, so nobody works in
/// them.
Result<void> remove_leftovers(const std::string& tree) {
  const auto name = sys::base_name(beside_prefix(tree));
  if (!sys::is_writable(sys::parent(tree))) return {};
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

/// The manifests of a tree as files: LuaRocks writes a new one at every change.
using Seen = std::map<std::string, std::pair<std::uint64_t, std::int64_t>>;

Result<Seen> see(const std::string& tree) {
  Seen out;
  for (const auto& v : version_directories(tree)) {
    const auto path = sys::join(tree, rock::Layout{v}.manifest());
    RS_TRY_ASSIGN(const auto found, sys::status(path));
    if (found.kind != sys::FileKind::none) out[v] = {found.inode, found.mtime_ns};
  }
  return out;
}

enum class Ending { committed, overtaken, cannot_exchange };

/// One try at a change; the caller holds the TreeLock.
class Attempt {
 public:
  Attempt(const std::string& tree,
          Io& io,
          Diagnostics& diagnostics,
          const std::function<Result<void>(TreeEdit&)>& change)
      : tree_(tree), io_(io), diagnostics_(diagnostics), change_(change) {}

  Result<Ending> run() {
    RS_TRY(wait_for_luarocks(tree_, io_, diagnostics_));
    RS_TRY_ASSIGN(seen_, see(tree_));
    RS_TRY_ASSIGN(obstacle_, obstacle_to_exchange(tree_));
    if (obstacle_.empty()) {
      RS_TRY_ASSIGN(const auto ending, by_exchange());
      if (ending != Ending::cannot_exchange) return ending;
    }
    diagnostics_.note(
        fmt::format("'{}' is changed through a journal, not in one step: {}", tree_, obstacle_));
    auto ending = by_journal();
    // A committed journal stays: the next command finishes it.
    if ((!ending || *ending != Ending::committed) && !is_journal_pending(tree_))
      static_cast<void>(discard_journal(tree_));
    return ending;
  }

 private:
  Result<Ending> by_exchange() {
    RS_TRY_ASSIGN(const auto scratch,
                  sys::TempDir::make(sys::parent(tree_), sys::base_name(beside_prefix(tree_))));
    const auto next = sys::join(scratch.path(), "tree");
    TreeEdit edit(tree_, sys::join(scratch.path(), "new"));
    RS_TRY(sys::make_directories(edit.waiting()));
    RS_TRY(change_(edit));
    RS_TRY_ASSIGN(const auto added, assemble(edit, next));
    RS_TRY(sync_below(next, added));
    RS_TRY(sys::check_interrupted());
    // Up to here the tree is the old one, from then on the new one.
    if (!sys::exists(tree_)) {
      RS_TRY(sys::rename_path(next, tree_));
    } else {
      RS_TRY_ASSIGN(auto luarocks, LuarocksLock::acquire(tree_, io_, diagnostics_));
      RS_TRY_ASSIGN(const bool overtaken, is_overtaken());
      if (overtaken) return Ending::overtaken;
      if (auto exchanged = sys::exchange_paths(next, tree_); !exchanged) {
        // As on overlayfs, where a directory of a lower layer cannot be renamed.
        obstacle_ = exchanged.error().message;
        return Ending::cannot_exchange;
      }
      luarocks.forget();
    }
    RS_TRY(sys::sync_path(sys::parent(tree_)));
    return Ending::committed;
  }

  Result<Ending> by_journal() {
    TreeEdit edit(tree_, journal_waiting(tree_));
    RS_TRY(sys::make_directories(edit.waiting()));
    RS_TRY(change_(edit));
    RS_TRY_ASSIGN(const auto added, everything_below(edit.waiting()));
    RS_TRY(sync_below(edit.waiting(), added));
    RS_TRY(sys::check_interrupted());
    RS_TRY_ASSIGN(const auto luarocks, LuarocksLock::acquire(tree_, io_, diagnostics_));
    RS_TRY_ASSIGN(const bool overtaken, is_overtaken());
    if (overtaken) return Ending::overtaken;
    RS_TRY(commit_journal(edit));
    RS_TRY(carry_out_journal(tree_));
    return Ending::committed;
  }

  [[nodiscard]] Result<bool> is_overtaken() const {
    RS_TRY_ASSIGN(const auto now, see(tree_));
    return now != seen_;
  }

  const std::string& tree_;
  Io& io_;
  Diagnostics& diagnostics_;
  const std::function<Result<void>(TreeEdit&)>& change_;
  Seen seen_;
  std::string obstacle_;
};

Result<void> change_locked(const std::string& tree,
                           Io& io,
                           Diagnostics& diagnostics,
                           const std::function<Result<void>(TreeEdit&)>& change) {
  RS_TRY_ASSIGN(const auto lock, TreeLock::acquire(tree, io));
  RS_TRY(remove_leftovers(tree));
  RS_TRY(recover_journal(tree, diagnostics));
  constexpr int kAttempts = 3;
  for (int i = 0; i < kAttempts; ++i) {
    RS_TRY_ASSIGN(const auto ending, Attempt(tree, io, diagnostics, change).run());
    if (ending == Ending::committed) return {};
    diagnostics.note(fmt::format("LuaRocks has changed '{}' meanwhile: once more", tree));
  }
  return fail(Errc::io,
              fmt::format("'{}' is changed again and again by another program", tree),
              "run rockstage when nothing else works on the tree");
}

}  // namespace

Result<void> change_tree(const std::string& path,
                         Io& io,
                         Diagnostics& diagnostics,
                         const std::function<Result<void>(TreeEdit&)>& change) {
  const auto tree = sys::absolute(path);
  RS_TRY_ASSIGN(const auto found, sys::status(tree));
  if (found.kind == sys::FileKind::link)
    return fail(Errc::io,
                fmt::format("the tree '{}' is a link that leads nowhere", tree),
                "make the directory that it names, or remove the link");
  RS_TRY(sys::make_directories(sys::parent(tree)));
  auto changed = change_locked(tree, io, diagnostics, change);
  if (!changed && changed.error().code == Errc::io)
    return fail_while(std::move(changed).error(), fmt::format("changing the tree '{}'", tree));
  return changed;
}

}  // namespace rockstage::stage
