#include "tree/resolve.hpp"

#include "tree/link_walk.hpp"

namespace rockstage::tree {
namespace {

/// What is there, as a process sees it.
class Visible final : public Ground {
 public:
  Visible(const Subject& subject, const Resolver& resolver, const View& view)
      : subject_(subject), resolver_(resolver), view_(view) {}

  PathId child(PathId directory, std::string_view name) override {
    if (!is_directory(directory)) return kNoPath;
    const auto path = subject_.paths->find(directory, name);
    return path != kNoPath && view_.at(path).present() ? path : kNoPath;
  }

  [[nodiscard]] PathId parent(PathId path) const override {
    return is_directory(path) ? subject_.paths->parent(path) : kNoPath;
  }

  [[nodiscard]] std::optional<std::string_view> link(PathId path) const override {
    const auto* entry = resolver_.entry(path);
    if (entry == nullptr || entry->kind != EntryKind::symlink) return std::nullopt;
    return subject_.links->text(entry->target);
  }

 private:
  [[nodiscard]] bool is_directory(PathId path) const {
    const auto* entry = resolver_.entry(path);
    return entry == nullptr || entry->kind == EntryKind::directory;
  }

  const Subject& subject_;
  const Resolver& resolver_;
  const View& view_;
};

}  // namespace

PathId Resolver::resolve(std::string_view path) const {
  return walk(path, true);
}

PathId Resolver::resolve_parent(std::string_view path) const {
  return walk(path, false);
}

PathId Resolver::walk(std::string_view path, bool follow_last) const {
  Visible ground(subject_, *this, platform_.view);
  std::size_t steps = 0;
  return walk_links(ground, kRoot, path, follow_last ? LastLink::follow : LastLink::keep, steps);
}

const Entry* Resolver::entry(PathId path) const {
  return path == kNoPath ? nullptr : entry(platform_.view.at(path));
}

const Entry* Resolver::entry(Origin origin) const {
  if (!origin.present() || origin.implied() || origin.layer >= platform_.layers.size())
    return nullptr;
  const auto listing = platform_.layers[origin.layer].listing;
  return &subject_.listings[listing].entries[origin.entry];
}

}  // namespace rockstage::tree
