#include "tree/link_walk.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <string>

namespace rockstage::tree {
namespace {

constexpr std::size_t kMostPathBytes = 4096;  ///< PATH_MAX; a longer target leads nowhere

}  // namespace

PathId walk_links(
    Ground& ground, PathId from, std::string_view path, LastLink last, std::size_t& steps) {
  auto place = from;
  std::string rest(path);
  if (rest.starts_with('/')) place = kRoot;
  int links = 0;
  for (std::size_t at = 0; at < rest.size();) {
    const auto slash = std::min(rest.find('/', at), rest.size());
    const auto name = std::string_view(rest).substr(at, slash - at);
    at = slash + 1;
    if (name.empty() || name == ".") continue;
    ++steps;
    if (name == "..") {
      place = ground.parent(place);
      if (place == kNoPath) return kNoPath;
      continue;
    }
    const auto next = ground.child(place, name);
    if (next == kNoPath) return kNoPath;
    const bool is_last = rest.find_first_not_of('/', slash) == std::string::npos;
    const auto target = is_last && last == LastLink::keep ? std::nullopt : ground.link(next);
    if (!target) {
      place = next;
      continue;
    }
    if (++links > kMostLinks || target->empty() || target->size() > kMostPathBytes) return kNoPath;
    const auto behind = at < rest.size() ? rest.substr(at) : std::string();
    if (target->starts_with('/')) place = kRoot;
    rest = std::string(*target) + "/" + behind;
    at = 0;
    if (rest.size() > 2 * kMostPathBytes) return kNoPath;
  }
  return place;
}

}  // namespace rockstage::tree
