#include "verify/target_root.hpp"

#include <algorithm>

namespace rockstage::verify {

const FileFacts* RootFiles::facts(tree::PathId path) const {
  if (path == tree::kNoPath) return nullptr;
  const auto origin = root_.platform->view.at(path);
  if (!origin.present() || origin.implied()) return nullptr;
  return root_.collector->facts(root_.platform->layers[origin.layer].listing, origin.entry);
}

RootFiles::Object RootFiles::object(std::string_view path) const {
  const auto id = resolver_.resolve(path);
  const auto* found = facts(id);
  if (found == nullptr || !found->elf || found->elf->malformed) return {};
  return {root_.subject->paths->text(id), found->elf.get()};
}

std::string RootFiles::text(std::string_view path) const {
  const auto* found = facts(resolver_.resolve(path));
  return found == nullptr ? std::string() : found->text;
}

bool RootFiles::exists(std::string_view path) const {
  return resolver_.resolve(path) != tree::kNoPath;
}

std::vector<std::string> RootFiles::names(std::string_view directory) const {
  std::vector<std::string> names;
  const auto parent = resolver_.resolve(directory);
  if (parent == tree::kNoPath) return names;
  const auto& paths = *root_.subject->paths;
  for (const auto& node : root_.platform->view.nodes())
    if (paths.parent(node.path) == parent) names.emplace_back(paths.name(node.path));
  std::ranges::sort(names);
  return names;
}

}  // namespace rockstage::verify
