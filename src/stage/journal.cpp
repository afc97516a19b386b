#include "stage/journal.hpp"

#include "base/text.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <fmt/format.h>

namespace rockstage::stage {
namespace {

constexpr const char* kDirectory = ".rockstage-journal";
constexpr std::string_view kPut = "put";
constexpr std::string_view kRemove = "remove";

std::string waiting_of(const std::string& tree) {
  return sys::join(tree, std::string(kDirectory) + "/new");
}

std::string journal_of(const std::string& tree) {
  return sys::join(tree, std::string(kDirectory) + "/journal");
}

/// The journal of an edit.
Result<std::string> written(const TreeEdit& edit) {
  std::string out;
  const auto add = [&out](std::string_view what, const std::string& path) {
    (out.append(what).append(1, '\0')).append(path).append(1, '\0');
  };
  RS_TRY_ASSIGN(const auto added, sys::walk(edit.waiting()));
  for (const auto& entry : added)
    if (entry.status.kind != sys::FileKind::directory) add(kPut, entry.path);
  for (const auto& path : edit.removed())
    if (!sys::exists(sys::join(edit.waiting(), path))) add(kRemove, path);
  return out;
}

Result<void> put(const std::string& tree, const std::string& path) {
  const auto from = sys::join(waiting_of(tree), path);
  if (!sys::exists(from)) return {};  // done before
  const auto to = sys::join(tree, path);
  RS_TRY(sys::make_directories(sys::parent(to)));
  return sys::rename_path(from, to);
}

Result<void> remove(const std::string& tree, const std::string& path) {
  const auto file = sys::join(tree, path);
  RS_TRY(sys::remove_file(file));
  return sys::remove_empty_directories(sys::parent(file), tree);
}

Result<void> carry_out(const std::string& tree) {
  RS_TRY_ASSIGN(const auto journal, sys::read_file(journal_of(tree)));
  const auto words = text::split(journal, '\0');
  for (std::size_t i = 0; i + 1 < words.size(); i += 2)
    RS_TRY(words[i] == kPut ? put(tree, words[i + 1]) : remove(tree, words[i + 1]));
  RS_TRY(sys::sync_file_system(tree));
  // The journal goes first: without it what is left is only rubbish.
  RS_TRY(sys::remove_file(journal_of(tree)));
  return sys::remove_all(sys::join(tree, kDirectory));
}

Result<void> prepare(const std::string& tree,
                     const std::function<Result<void>(TreeEdit&)>& change) {
  RS_TRY(sys::make_directories(waiting_of(tree)));
  TreeEdit edit(tree, waiting_of(tree));
  RS_TRY(change(edit));
  RS_TRY_ASSIGN(const auto journal, written(edit));
  RS_TRY(sys::sync_file_system(tree));
  RS_TRY(sys::check_interrupted());
  return sys::write_file_atomic(journal_of(tree), journal);
}

}  // namespace

Result<void> by_journal(const std::string& tree,
                        const std::function<Result<void>(TreeEdit&)>& change) {
  if (auto prepared = prepare(tree, change); !prepared) {
    RS_TRY(sys::remove_all(sys::join(tree, kDirectory)));
    return prepared;
  }
  return carry_out(tree);
}

Result<void> recover_journal(const std::string& tree, Diagnostics& diagnostics) {
  if (!sys::exists(sys::join(tree, kDirectory))) return {};
  if (sys::exists(journal_of(tree))) {
    diagnostics.note(fmt::format("finished a change of '{}' that was interrupted", tree));
    return carry_out(tree);
  }
  diagnostics.note(fmt::format("took back a change of '{}' that was interrupted", tree));
  return sys::remove_all(sys::join(tree, kDirectory));
}

}  // namespace rockstage::stage
