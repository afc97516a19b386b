#include "tree/path_table.hpp"

#include <algorithm>

namespace rockstage::tree {
namespace {

constexpr std::size_t kNameUnit = 4;
constexpr std::size_t kFirstSlots = 64;

/// Calls `visit` with each component until it gives false.
template <class Visit>
void each_component(std::string_view path, Visit visit) {
  while (!path.empty()) {
    const auto component = path.substr(0, path.find('/'));
    if (!visit(component)) return;
    path.remove_prefix(std::min(path.size(), component.size() + 1));
  }
}

}  // namespace

PathTable::PathTable() : nodes_{Node{kRoot, 0, 0}}, slots_(kFirstSlots, kNoPath) {}

PathId PathTable::intern(std::string_view path) {
  const std::scoped_lock lock(mutex_);
  PathId id = kRoot;
  each_component(path, [&](std::string_view component) {
    id = add(id, component);
    return true;
  });
  return id;
}

PathId PathTable::intern(PathId parent, std::string_view name) {
  const std::scoped_lock lock(mutex_);
  return add(parent, name);
}

PathId PathTable::find(std::string_view path) const {
  PathId id = kRoot;
  each_component(path, [&](std::string_view component) {
    id = find(id, component);
    return id != kNoPath;
  });
  return id;
}

PathId PathTable::find(PathId parent, std::string_view name) const {
  return slots_[slot_of(parent, name)];
}

PathId PathTable::parent(PathId id) const {
  return nodes_[id].parent;
}

std::string_view PathTable::name(PathId id) const {
  const auto& node = nodes_[id];
  return std::string_view(names_).substr(node.name_place * kNameUnit, node.name_size);
}

std::string PathTable::text(PathId id) const {
  std::size_t size = 0;
  for (auto at = id; at != kRoot; at = parent(at))
    size += name(at).size() + 1;
  if (size == 0) return {};
  std::string out(size - 1, '/');
  for (auto at = id; at != kRoot; at = parent(at)) {
    const auto component = name(at);
    size -= component.size() + 1;
    std::ranges::copy(component, out.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return out;
}

bool PathTable::is_below(PathId id, PathId directory) const {
  while (id > directory)
    id = parent(id);
  return id == directory;
}

std::size_t PathTable::size() const {
  return nodes_.size();
}

PathId PathTable::add(PathId parent, std::string_view name) {
  auto slot = slot_of(parent, name);
  if (slots_[slot] != kNoPath) return slots_[slot];
  if (nodes_.size() * 4 >= slots_.size() * 3) {
    grow();
    slot = slot_of(parent, name);
  }
  const auto id = static_cast<PathId>(nodes_.size());
  nodes_.push_back({parent,
                    static_cast<std::uint32_t>(names_.size() / kNameUnit),
                    static_cast<std::uint32_t>(name.size())});
  names_.append(name);
  names_.append((kNameUnit - names_.size() % kNameUnit) % kNameUnit, '\0');
  slots_[slot] = id;
  return id;
}

std::size_t PathTable::slot_of(PathId parent, std::string_view name) const {
  const auto mask = slots_.size() - 1;
  auto slot = static_cast<std::size_t>(hash_(name, parent)) & mask;
  for (;; slot = (slot + 1) & mask) {
    const auto id = slots_[slot];
    if (id == kNoPath) return slot;
    if (nodes_[id].parent == parent && this->name(id) == name) return slot;
  }
}

void PathTable::grow() {
  std::vector<PathId>(slots_.size() * 2, kNoPath).swap(slots_);
  for (PathId id = 1; id < nodes_.size(); ++id)
    slots_[slot_of(nodes_[id].parent, name(id))] = id;
}

}  // namespace rockstage::tree
