#include "verify/rules/rust_union.hpp"

#include "base/rules.hpp"
#include "verify/rules/rust_classify.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

namespace rockstage::verify {
namespace {

using tree::EntryKind;
using tree::kNoPath;
using tree::kRoot;
using tree::Origin;
using tree::PathId;

std::uint64_t key_of(Origin origin) {
  return std::uint64_t{origin.layer} << 32 | origin.entry;
}

/// Collects members; those of one directory of the toolchain become one.
class Union {
 public:
  explicit Union(const Context& context) : context_(context) {
    for (const auto& hidden : context.platform.view.hidden())
      hidden_.emplace(key_of(hidden.origin), &hidden);
    find_target_directories();
    find_directories();
  }

  std::vector<RustMember> take() {
    for (std::uint32_t layer = 0; layer < context_.platform.layers.size(); ++layer) {
      const auto& listing = context_.subject.listings[context_.platform.layers[layer].listing];
      for (std::uint32_t i = 0; i < listing.entries.size(); ++i)
        look_at(listing.entries[i], Origin{layer, i});
    }
    return std::move(members_);
  }

 private:
  /// Directories that cargo has tagged as its own, under whatever name.
  void find_target_directories() {
    const auto& paths = *context_.subject.paths;
    for (std::uint32_t layer = 0; layer < context_.platform.layers.size(); ++layer) {
      const auto& listing = context_.subject.listings[context_.platform.layers[layer].listing];
      for (std::uint32_t i = 0; i < listing.entries.size(); ++i) {
        const auto path = listing.entries[i].path;
        if (paths.name(path) != "CACHEDIR.TAG") continue;
        const auto* facts = context_.facts(Origin{layer, i});
        if (facts != nullptr && std::ranges::count(facts->marks, "cargo-target") != 0)
          tagged_.insert(paths.parent(path));
      }
    }
  }

  /// For each path the directory of the toolchain that it lies in. A parent's id is smaller than
  /// its children's, so one pass does it.
  void find_directories() {
    const auto& paths = *context_.subject.paths;
    directory_.assign(paths.size(), kNoPath);
    for (PathId id = kRoot + 1; id < paths.size(); ++id) {
      const auto above = directory_[paths.parent(id)];
      directory_[id] = above != kNoPath ? above : is_toolchain_directory(id) ? id : kNoPath;
    }
  }

  [[nodiscard]] bool is_toolchain_directory(PathId id) const {
    const auto& paths = *context_.subject.paths;
    const auto name = paths.name(id);
    const auto parent = paths.name(paths.parent(id));
    const auto has = [&](std::string_view child) { return paths.find(id, child) != kNoPath; };
    if (name == ".rustup" || name == ".fingerprint") return true;
    if (name == "rustlib") return parent == "lib" || parent == "lib64";
    if (name == "toolchains") return parent == "rustup";
    if (name == "registry" || name == "git") {
      if (parent == ".cargo") return true;
      return parent == "cargo" && (has("index") || has("cache") || has("checkouts") || has("db"));
    }
    return has(".rustc_info.json") || tagged_.contains(id);
  }

  /// Whether the member is seen in the merged tree; else how it was deleted.
  [[nodiscard]] bool can_be_seen(const tree::Entry& entry,
                                 Origin origin,
                                 const tree::Hidden*& hidden) const {
    const auto found = hidden_.find(key_of(origin));
    const auto shown = context_.platform.view.at(entry.path);
    if (entry.kind == EntryKind::hardlink) return shown.present();
    if (shown.layer == origin.layer && shown.entry == origin.entry) return true;
    if (found != hidden_.end()) hidden = found->second;
    // Neither seen nor deleted: another engine may show it, so it counts as seen.
    return hidden == nullptr;
  }

  void look_at(const tree::Entry& entry, Origin origin) {
    const tree::Hidden* hidden = nullptr;
    if (!can_be_seen(entry, origin, hidden) && hidden == nullptr) return;
    const auto* facts = context_.facts(origin);
    const auto name = context_.subject.paths->name(entry.path);
    if (auto tool = tool_of(entry, origin, name, facts); !tool.empty())
      return add(
          {rules::rust_toolchain, entry.path, origin, std::move(tool), 1, entry.size, hidden});
    const auto directory = directory_[entry.path];
    if (directory != kNoPath) return add_to_directory(directory, entry, origin, hidden);
    if (entry.kind != EntryKind::file) return;
    if (auto what = rust_residue(name, facts); !what.empty())
      add({rules::rust_build_residue, entry.path, origin, std::move(what), 1, entry.size, hidden});
  }

  [[nodiscard]] std::string tool_of(const tree::Entry& entry,
                                    Origin origin,
                                    std::string_view name,
                                    const FileFacts* facts) const {
    if (entry.kind == EntryKind::file && facts != nullptr) {
      const auto tool = rust_tool_by_content(*facts);
      if (!tool.empty()) return "is " + tool + (tool == name ? "" : ", by its content");
    }
    const auto tool = rust_tool_by_name(name);
    if (tool.empty()) return {};
    if (entry.kind == EntryKind::file)
      return is_executable(entry, facts) ? "is " + tool + ", by its name" : std::string();
    if (entry.kind == EntryKind::hardlink) return "is a hard link named " + tool;
    return entry.kind == EntryKind::symlink ? link_to_tool(entry, origin, tool) : std::string();
  }

  static bool is_executable(const tree::Entry& entry, const FileFacts* facts) {
    if ((entry.mode & 0111) == 0 || facts == nullptr) return false;
    return facts->content == Content::elf || facts->content == Content::script;
  }

  /// A link that leads to an executable which does not itself tell what it is.
  [[nodiscard]] std::string link_to_tool(const tree::Entry& entry,
                                         Origin origin,
                                         const std::string& tool) const {
    const auto shown = context_.platform.view.at(entry.path);
    if (shown.layer != origin.layer || shown.entry != origin.entry) return {};
    const auto target = context_.resolver.resolve(context_.path(entry.path));
    if (target == kNoPath) return {};
    const auto to = context_.platform.view.at(target);
    const auto* facts = context_.facts(to);
    if (!to.present() || facts == nullptr || !is_executable(context_.entry(to), facts)) return {};
    const auto name = context_.subject.paths->name(target);
    if (!rust_tool_by_content(*facts).empty() || !rust_tool_by_name(name).empty()) return {};
    return "is " + tool + ", a link to " + context_.path(target);
  }

  void add(RustMember member) { members_.push_back(std::move(member)); }

  void add_to_directory(PathId directory,
                        const tree::Entry& entry,
                        Origin origin,
                        const tree::Hidden* hidden) {
    if (entry.path == directory && entry.kind != EntryKind::directory) return;
    const auto hidden_by = hidden == nullptr ? UINT32_MAX : hidden->by;
    const auto key =
        std::tuple(directory, hidden == nullptr ? UINT32_MAX : origin.layer, hidden_by);
    auto [at, fresh] = by_directory_.emplace(key, members_.size());
    if (fresh)
      add({rules::rust_toolchain_directory,
           directory,
           origin,
           "belongs to cargo or rustup",
           0,
           0,
           hidden});
    auto& member = members_[at->second];
    if (entry.kind != EntryKind::file) return;
    ++member.files;
    member.bytes += entry.size;
  }

  const Context& context_;
  std::unordered_map<std::uint64_t, const tree::Hidden*> hidden_;
  std::vector<PathId> directory_;
  std::set<PathId> tagged_;
  std::map<std::tuple<PathId, std::uint32_t, std::uint32_t>, std::size_t> by_directory_;
  std::vector<RustMember> members_;
};

}  // namespace

std::vector<RustMember> rust_members(const Context& context) {
  return Union(context).take();
}

}  // namespace rockstage::verify
