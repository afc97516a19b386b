#include "tree/merge.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "tree/link_walk.hpp"
#include "tree/live_tree.hpp"

#include <fmt/format.h>

#include <map>
#include <unordered_map>

namespace rockstage::tree {
namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kAufs = ".wh..wh.";
/// Components that may be walked because of links, in all.
constexpr std::size_t kMostSteps = std::size_t{4} << 20;
/// Directories above a place that links lead to.
constexpr int kMostDepth = 256;
constexpr std::size_t kMostFindings = 1000;
/// How often hard links that come before their file are tried again.
constexpr int kMostRounds = 4;

/// Keeps the findings of one rule from filling the report.
class Notes {
 public:
  explicit Notes(Findings& findings) : findings_(findings) {}

  void add(Finding finding) {
    if (++count_[finding.rule] <= kMostFindings) findings_.push_back(std::move(finding));
  }

  void finish() {
    for (const auto& [rule, count] : count_)
      if (count > kMostFindings)
        findings_.push_back({.rule = rule,
                             .severity = Severity::warning,
                             .path = {},
                             .message = fmt::format("{} more of the kind", count - kMostFindings),
                             .evidence = {},
                             .fix = "repair those that are listed first"});
  }

 private:
  Findings& findings_;
  std::map<std::string, std::size_t> count_;
};

}  // namespace

/// Lays the layers of one platform over each other.
class Merger final : private Ground {
 public:
  Merger(const Subject& subject, Platform& platform)
      : subject_(subject),
        platform_(platform),
        paths_(*subject.paths),
        tree_(*subject.paths),
        notes_(platform.anomalies),
        layered_(subject.kind != SubjectKind::directory && subject.kind != SubjectKind::tarball),
        seen_(subject.paths->size(), kNone) {}

  void run();

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  void lay_over(std::uint32_t layer);
  void look_at_names(std::vector<std::uint32_t>& whiteouts);
  void mark_seen(PathId path);
  void whiteout(std::uint32_t index);
  void note_own_entry(const Entry& whiteout, std::string_view name);
  void add(std::uint32_t index);
  void add_root(std::uint32_t index);
  bool add_hard_link(std::uint32_t index);
  void add_late_hard_links();
  void put(PathId place, Origin origin);
  void hide(std::vector<Hidden>& removed, bool replaced);

  PathId place_of(const Entry& entry);
  PathId place_in_layerless(const Entry& entry);
  PathId resolved(PathId directory);
  void clear_way(const Entry& entry, PathId directory);
  Origin target_of(const Entry& entry);

  [[nodiscard]] const Entry* entry_at(Origin origin) const;
  [[nodiscard]] bool is_directory(Origin origin) const;
  [[nodiscard]] const std::vector<Entry>& entries(std::uint32_t layer) const;
  [[nodiscard]] bool is_ignored(PathId path) const;

  PathId child(PathId directory, std::string_view name) override;
  [[nodiscard]] PathId parent(PathId path) const override;
  [[nodiscard]] std::optional<std::string_view> link(PathId path) const override;

  void note(const char* rule, Severity severity, PathId path, std::string message, const char* fix);
  void bad_path(const Entry& entry, std::string_view why);
  void difference(PathId path, std::string_view why);

  const Subject& subject_;
  Platform& platform_;
  PathTable& paths_;
  LiveTree tree_;
  Notes notes_;
  bool layered_;
  std::uint32_t layer_ = 0;
  std::vector<std::uint32_t> seen_;  ///< by path: the last layer that has an entry there or below
  std::vector<std::uint32_t> late_links_;
  std::unordered_map<PathId, Origin> aufs_files_;
  std::vector<Hidden> hidden_;
  std::size_t steps_ = 0;
  PathId asked_ = kNoPath, answer_ = kNoPath;  ///< the last question to resolved()
  mutable bool through_lower_link_ = false;    ///< and how the answer was found
};

void Merger::run() {
  for (std::uint32_t layer = 0; layer < platform_.layers.size(); ++layer)
    lay_over(layer);
  notes_.finish();
  auto& view = platform_.view;
  view.nodes_ = tree_.sorted();
  view.by_path_ = std::move(tree_).take();
  view.hidden_ = std::move(hidden_);
}

void Merger::lay_over(std::uint32_t layer) {
  layer_ = layer;
  late_links_.clear();
  aufs_files_.clear();
  asked_ = kNoPath;
  if (layered_) {
    // Whiteouts are about lower layers wherever they stand in their own.
    std::vector<std::uint32_t> whiteouts;
    look_at_names(whiteouts);
    for (const auto index : whiteouts)
      whiteout(index);
    asked_ = kNoPath;
  }
  const auto count = static_cast<std::uint32_t>(entries(layer).size());
  for (std::uint32_t index = 0; index < count; ++index)
    add(index);
  add_late_hard_links();
}

void Merger::look_at_names(std::vector<std::uint32_t>& whiteouts) {
  const auto& all = entries(layer_);
  for (std::uint32_t index = 0; index < all.size(); ++index) {
    const auto path = all[index].path;
    if (!is_ignored(path))
      mark_seen(path);
    else if (paths_.name(path).starts_with(kWhiteout))
      whiteouts.push_back(index);
    if (paths_.name(paths_.parent(path)).starts_with(kAufs) && all[index].kind == EntryKind::file)
      aufs_files_.emplace(path, Origin{layer_, index});
  }
}

void Merger::mark_seen(PathId path) {
  for (; path != kRoot && seen_[path] != layer_; path = paths_.parent(path))
    seen_[path] = layer_;
}

bool Merger::is_ignored(PathId path) const {
  return layered_
         && (paths_.name(path).starts_with(kWhiteout)
             || paths_.name(paths_.parent(path)).starts_with(kAufs));
}

void Merger::whiteout(std::uint32_t index) {
  const auto& entry = entries(layer_)[index];
  const auto name = std::string(paths_.name(entry.path));
  if (name.starts_with(kAufs) && name != kOpaque) return;
  const auto hidden_name = name.substr(kWhiteout.size());
  if (hidden_name.empty() || hidden_name == "." || hidden_name == "..")
    return bad_path(entry, "is a whiteout of nothing");
  if (name != kOpaque) note_own_entry(entry, hidden_name);
  const auto directory = resolved(paths_.parent(entry.path));
  if (directory == kNoPath || !tree_.at(directory).present()) return;
  if (through_lower_link_) difference(entry.path, "lies below a symbolic link of a lower layer");
  std::vector<Hidden> removed;
  if (name == kOpaque) {
    tree_.remove_children(directory, removed);
  } else if (const auto hidden = paths_.find(directory, hidden_name); hidden != kNoPath) {
    tree_.remove(hidden, removed);
  }
  hide(removed, false);
}

void Merger::note_own_entry(const Entry& whiteout, std::string_view name) {
  const auto own = paths_.find(paths_.parent(whiteout.path), name);
  if (own != kNoPath && own < seen_.size() && seen_[own] == layer_) {
    note(rules::image_layer_order,
         Severity::warning,
         own,
         fmt::format("{} is removed and added by one layer, where engines go by different orders",
                     text::escape_for_terminal(paths_.text(own))),
         "build the image with a current builder");
    difference(own, "and its own whiteout are in one layer");
  }
}

void Merger::add(std::uint32_t index) {
  const auto entry = entries(layer_)[index];
  if (entry.path == kRoot) return add_root(index);
  if (is_ignored(entry.path)) return;
  if (entry.kind == EntryKind::hardlink) {
    if (!add_hard_link(index)) late_links_.push_back(index);
    return;
  }
  const auto place = place_of(entry);
  if (place != kNoPath) put(place, Origin{layer_, index});
}

void Merger::add_root(std::uint32_t index) {
  const auto& entry = entries(layer_)[index];
  if (entry.kind != EntryKind::directory)
    return bad_path(entry, "stands for the root, but is no directory");
  tree_.set(kRoot, Origin{layer_, index});
}

/// False when there is no such file yet.
bool Merger::add_hard_link(std::uint32_t index) {
  const auto entry = entries(layer_)[index];
  const auto target = target_of(entry);
  if (!target.present()) return false;
  const auto* file = entry_at(target);
  if (file == nullptr || file->kind == EntryKind::directory) {
    bad_path(entry, "is a hard link to a directory");
    return true;
  }
  if (target.layer != layer_) difference(entry.path, "is a hard link to a file of a lower layer");
  const auto place = place_of(entry);
  if (place == kNoPath) return true;
  const auto old = tree_.at(place);
  if (old.layer == target.layer && old.entry == target.entry) return true;
  put(place, target);
  return true;
}

void Merger::add_late_hard_links() {
  for (int round = 0; round < kMostRounds && !late_links_.empty(); ++round) {
    std::vector<std::uint32_t> left;
    for (auto index = late_links_.rbegin(); index != late_links_.rend(); ++index) {
      if (!add_hard_link(*index))
        left.push_back(*index);
      else
        difference(entries(layer_)[*index].path, "is a hard link that comes before its file");
    }
    late_links_ = std::move(left);
  }
  for (const auto index : late_links_) {
    const auto entry = entries(layer_)[index];
    bad_path(entry,
             fmt::format("is a hard link to '{}', which is not there",
                         text::escape_for_terminal(paths_.text(entry.target))));
  }
}

void Merger::put(PathId place, Origin origin) {
  const auto old = tree_.at(place);
  if (old.present() && !(is_directory(old) && is_directory(origin))) {
    std::vector<Hidden> removed;
    tree_.remove(place, removed);
    hide(removed, true);
  }
  tree_.set(place, origin);
  // Another link may now lead elsewhere.
  const auto* entry = entry_at(origin);
  if (old.present() || entry == nullptr || entry->kind == EntryKind::symlink) asked_ = kNoPath;
}

void Merger::hide(std::vector<Hidden>& removed, bool replaced) {
  for (auto& hidden : removed) {
    hidden.by = layer_;
    hidden.replaced = replaced;
    hidden_.push_back(hidden);
  }
}

/// Where an entry lands: its parents are links that are followed, its own name is not.
PathId Merger::place_of(const Entry& entry) {
  if (!layered_) return place_in_layerless(entry);
  const auto above = paths_.parent(entry.path);
  if (tree_.at(above).present() && is_directory(tree_.at(above))) return entry.path;
  const auto directory = resolved(above);
  if (directory == kNoPath) {
    bad_path(entry, "lies below symbolic links that lead nowhere");
    return kNoPath;
  }
  if (through_lower_link_) difference(entry.path, "lies below a symbolic link of a lower layer");
  clear_way(entry, directory);
  const auto name = std::string(paths_.name(entry.path));
  return tree_.child(directory, name);
}

PathId Merger::place_in_layerless(const Entry& entry) {
  const auto above = tree_.at(paths_.parent(entry.path));
  if (above.present() && !is_directory(above))
    note(rules::archive_ambiguous,
         Severity::error,
         entry.path,
         fmt::format("{} lies below a member that is no directory, where readers differ",
                     text::escape_for_terminal(paths_.text(entry.path))),
         "write the archive again from a directory");
  return entry.path;
}

/// kNoPath where links go round, or too deep; else a place, whether something is there or not.
PathId Merger::resolved(PathId directory) {
  if (directory == asked_) return answer_;
  asked_ = directory;
  answer_ = kNoPath;
  through_lower_link_ = false;
  if (steps_ >= kMostSteps) return kNoPath;
  answer_ = walk_links(*this, kRoot, paths_.text(directory), LastLink::follow, steps_);
  int depth = 0;
  for (auto place = answer_; place != kNoPath && place != kRoot; place = paths_.parent(place))
    ++depth;
  if (depth > kMostDepth) answer_ = kNoPath;
  return answer_;
}

/// A file that stands where an entry needs a directory gives way.
void Merger::clear_way(const Entry& entry, PathId directory) {
  auto place = directory;
  while (!tree_.at(place).present())
    place = paths_.parent(place);
  if (is_directory(tree_.at(place))) return;
  difference(entry.path, "lies below a file");
  std::vector<Hidden> removed;
  tree_.remove(place, removed);
  hide(removed, true);
}

Origin Merger::target_of(const Entry& entry) {
  if (const auto found = tree_.at(entry.target); found.present()) return found;
  if (const auto aufs = aufs_files_.find(entry.target); aufs != aufs_files_.end())
    return aufs->second;
  if (!layered_) return {};
  const auto directory = resolved(paths_.parent(entry.target));
  if (directory == kNoPath) return {};
  const auto place = paths_.find(directory, paths_.name(entry.target));
  return place == kNoPath ? Origin{} : tree_.at(place);
}

const Entry* Merger::entry_at(Origin origin) const {
  return origin.present() && !origin.implied() ? &entries(origin.layer)[origin.entry] : nullptr;
}

bool Merger::is_directory(Origin origin) const {
  const auto* entry = entry_at(origin);
  return entry == nullptr ? origin.implied() : entry->kind == EntryKind::directory;
}

const std::vector<Entry>& Merger::entries(std::uint32_t layer) const {
  return subject_.listings[platform_.layers[layer].listing].entries;
}

PathId Merger::child(PathId directory, std::string_view name) {
  return tree_.child(directory, name);
}

PathId Merger::parent(PathId path) const {
  return paths_.parent(path);
}

std::optional<std::string_view> Merger::link(PathId path) const {
  const auto origin = tree_.at(path);
  const auto* entry = entry_at(origin);
  if (entry == nullptr || entry->kind != EntryKind::symlink) return std::nullopt;
  if (origin.layer < layer_) through_lower_link_ = true;
  return subject_.links->text(entry->target);
}

void Merger::note(
    const char* rule, Severity severity, PathId path, std::string message, const char* fix) {
  Finding finding{.rule = rule,
                  .severity = severity,
                  .path = paths_.text(path),
                  .message = std::move(message),
                  .evidence = {},
                  .fix = fix};
  if (layered_)
    finding.layer = FindingLayer{.index = layer_,
                                 .digest = platform_.layers[layer_].digest,
                                 .created_by = platform_.layers[layer_].created_by};
  notes_.add(std::move(finding));
}

void Merger::bad_path(const Entry& entry, std::string_view why) {
  const auto path = entry.path == kRoot ? "/" : paths_.text(entry.path);
  note(rules::archive_path,
       Severity::error,
       entry.path,
       fmt::format("{} {}", text::escape_for_terminal(path), why),
       "rebuild it with a current builder; do not trust it");
}

void Merger::difference(PathId path, std::string_view why) {
  note(rules::image_engine_difference,
       Severity::warning,
       path,
       fmt::format("{} {}, and engines differ in what they make of it",
                   text::escape_for_terminal(paths_.text(path)),
                   why),
       "rebuild the image with a current builder");
}

void merge(const Subject& subject, Platform& platform) {
  Merger(subject, platform).run();
}

}  // namespace rockstage::tree
