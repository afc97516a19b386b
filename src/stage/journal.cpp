#include "stage/journal.hpp"

#include "base/text.hpp"
#include "stage/new_tree.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <vector>

namespace rockstage::stage {
namespace {

constexpr const char* kDirectory = ".rockstage-journal";
constexpr unsigned kDirectoryMode = 0755;
constexpr std::string_view kMake = "make";
constexpr std::string_view kPut = "put";
constexpr std::string_view kRemove = "remove";

std::string directory_of(const std::string& tree) {
  return sys::join(tree, kDirectory);
}

std::string journal_of(const std::string& tree) {
  return sys::join(directory_of(tree), "journal");
}

/// The mode is set again, for who made the directory may have been killed before.
Result<void> make(const std::string& tree, const std::string& path) {
  const auto directory = sys::join(tree, path);
  RS_TRY(sys::make_directories(directory));
  return sys::set_mode(directory, kDirectoryMode);
}

Result<void> put(const std::string& tree, const std::string& path) {
  const auto from = sys::join(journal_waiting(tree), path);
  if (!sys::exists(from)) return {};  // done before
  return sys::rename_path(from, sys::join(tree, path));
}

/// A file goes, and each directory that holds nothing then, unless new files are for it. Removed
/// directories come after what was in them.
Result<void> remove(const std::string& tree, const std::string& path) {
  const auto file = sys::join(tree, path);
  RS_TRY_ASSIGN(const auto found, sys::status(file));
  const bool is_directory = found.kind == sys::FileKind::directory;
  if (!is_directory && found.kind != sys::FileKind::none) RS_TRY(sys::remove_file(file));
  auto emptied = is_directory ? path : sys::parent(path);
  while (emptied != "." && !sys::is_directory(sys::join(tree, emptied)))
    emptied = sys::parent(emptied);  // done before
  auto needed = emptied;
  while (needed != "." && !sys::is_directory(sys::join(journal_waiting(tree), needed)))
    needed = sys::parent(needed);
  const auto in_tree = [&tree](const auto& below) {
    return below == "." ? tree : sys::join(tree, below);
  };
  return sys::remove_empty_directories(in_tree(emptied), in_tree(needed));
}

Result<void> carry_out(const std::string& tree, std::string_view what, const std::string& path) {
  RS_TRY(check_inside(tree, path));
  if (what == kMake) return make(tree, path);
  if (what == kPut) return put(tree, path);
  if (what == kRemove) return remove(tree, path);
  return fail(Errc::invalid_input,
              fmt::format("'{}' is no journal of this version of rockstage", journal_of(tree)),
              "use the rockstage that began the change, or remove the file and stage again");
}

/// The directories whose entries have changed, up to the tree's own.
std::vector<std::string> directories_above(const std::set<std::string>& paths,
                                           const std::string& tree) {
  std::set<std::string> out;
  for (const auto& path : paths)
    for (auto above = sys::parent(path); above != "."; above = sys::parent(above))
      if (sys::is_directory(sys::join(tree, above))) out.insert(above);
  return {out.begin(), out.end()};
}

}  // namespace

std::string journal_waiting(const std::string& tree) {
  return sys::join(directory_of(tree), "new");
}

Result<void> commit_journal(const TreeEdit& edit) {
  std::string journal;
  const auto add = [&journal](std::string_view what, const std::string& path) {
    (journal.append(what).append(1, '\0')).append(path).append(1, '\0');
  };
  RS_TRY_ASSIGN(const auto added, sys::walk(edit.waiting()));
  // What is removed goes first: a file may take the place of a directory, or the reverse.
  for (auto path = edit.removed().rbegin(); path != edit.removed().rend(); ++path) {
    const auto successor = sys::join(edit.waiting(), *path);
    if (!sys::exists(successor) || sys::is_directory(successor)) add(kRemove, *path);
  }
  for (const auto& entry : added)
    if (entry.status.kind != sys::FileKind::directory)
      add(kPut, entry.path);
    else if (!sys::is_directory(sys::join(edit.tree(), entry.path)))
      add(kMake, entry.path);
  RS_TRY(sys::write_file_atomic(journal_of(edit.tree()), journal));
  return sys::sync_path(edit.tree());
}

Result<void> carry_out_journal(const std::string& tree) {
  RS_TRY_ASSIGN(const auto journal, sys::read_file(journal_of(tree)));
  const auto words = text::split(journal, '\0');
  std::set<std::string> touched;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const auto& path = words[i + 1];
    RS_TRY(carry_out(tree, words[i], path));
    touched.insert(path);
  }
  RS_TRY(sync_below(tree, directories_above(touched, tree)));
  // The journal goes first: without it what is left is only rubbish.
  RS_TRY(sys::remove_file(journal_of(tree)));
  return sys::remove_all(directory_of(tree));
}

Result<void> discard_journal(const std::string& tree) {
  return sys::remove_all(directory_of(tree));
}

Result<void> recover_journal(const std::string& tree, Diagnostics& diagnostics) {
  if (!sys::exists(directory_of(tree))) return {};
  if (is_journal_pending(tree)) {
    diagnostics.note(fmt::format("finished a change of '{}' that was interrupted", tree));
    return carry_out_journal(tree);
  }
  diagnostics.note(fmt::format("took back a change of '{}' that was interrupted", tree));
  return discard_journal(tree);
}

bool is_journal_pending(const std::string& tree) {
  return sys::exists(journal_of(tree));
}

}  // namespace rockstage::stage
