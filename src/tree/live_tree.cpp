#include "tree/live_tree.hpp"

#include <algorithm>
#include <utility>

namespace rockstage::tree {

LiveTree::LiveTree(PathTable& paths) : paths_(paths) {
  cover(static_cast<PathId>(paths.size() - 1));
  origins_[kRoot] = Origin{.layer = 0};
}

void LiveTree::cover(PathId path) {
  if (path < origins_.size()) return;
  const auto size = std::max<std::size_t>(paths_.size(), std::size_t{path} + 1);
  origins_.resize(size);
  links_.resize(size);
}

PathId LiveTree::child(PathId directory, std::string_view name) {
  const auto path = paths_.intern(directory, name);
  cover(path);
  return path;
}

void LiveTree::link(PathId path) {
  auto& parent = links_[paths_.parent(path)];
  links_[path].next = parent.first_child;
  links_[path].previous = kNoPath;
  if (parent.first_child != kNoPath) links_[parent.first_child].previous = path;
  parent.first_child = path;
}

void LiveTree::unlink(PathId path) {
  auto& own = links_[path];
  if (own.previous != kNoPath)
    links_[own.previous].next = own.next;
  else
    links_[paths_.parent(path)].first_child = own.next;
  if (own.next != kNoPath) links_[own.next].previous = own.previous;
  own.next = own.previous = kNoPath;
}

void LiveTree::set(PathId path, Origin origin) {
  for (auto place = path; !origins_[place].present(); place = paths_.parent(place)) {
    link(place);
    origins_[place] = Origin{.layer = origin.layer};
  }
  origins_[path] = origin;
}

void LiveTree::remove(PathId path, std::vector<Hidden>& removed) {
  if (!at(path).present()) return;
  remove_children(path, removed);
  unlink(path);
  const auto origin = std::exchange(origins_[path], Origin{});
  if (!origin.implied()) removed.push_back({.path = path, .origin = origin});
}

void LiveTree::remove_children(PathId directory, std::vector<Hidden>& removed) {
  // Down to the first leaf, which goes; then on from its parent. No recursion, no list of its own.
  for (auto place = directory;;) {
    const auto child = links_[place].first_child;
    if (child != kNoPath) {
      place = child;
      continue;
    }
    if (place == directory) return;
    const auto parent = paths_.parent(place);
    unlink(place);
    const auto origin = std::exchange(origins_[place], Origin{});
    if (!origin.implied()) removed.push_back({.path = place, .origin = origin});
    place = parent;
  }
}

bool LiveTree::has_children(PathId path) const {
  return path < links_.size() && links_[path].first_child != kNoPath;
}

/// Last first. What is below `a` comes behind `a-b`, since "a/" does, so the two are apart.
std::vector<LiveTree::Item> LiveTree::items_of(PathId directory) const {
  std::vector<Item> items;
  for (auto child = links_[directory].first_child; child != kNoPath; child = links_[child].next) {
    items.push_back({paths_.name(child), child, false});
    if (has_children(child)) items.push_back({paths_.name(child), child, true});
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    const auto shared = std::min(a.name.size(), b.name.size());
    if (const int order = a.name.substr(0, shared).compare(b.name.substr(0, shared)); order != 0)
      return order > 0;
    // One begins with the other: what follows is nothing, the slash of what is below, or more.
    const auto rest = [shared](const Item& item) {
      if (item.name.size() > shared)
        return static_cast<int>(static_cast<unsigned char>(item.name[shared]));
      return item.below ? int{'/'} : -1;
    };
    return rest(a) > rest(b);
  });
  return items;
}

std::vector<View::Node> LiveTree::sorted() const {
  std::vector<View::Node> nodes;
  auto pending = items_of(kRoot);
  while (!pending.empty()) {
    const auto item = pending.back();
    pending.pop_back();
    if (!item.below) {
      nodes.push_back({item.path, origins_[item.path]});
      continue;
    }
    const auto below = items_of(item.path);
    pending.insert(pending.end(), below.begin(), below.end());
  }
  return nodes;
}

}  // namespace rockstage::tree
