#include "cargo/paths.hpp"

#include "base/text.hpp"

namespace rockstage::cargo {

std::string without_dots(const std::string& path) {
  std::vector<std::string> parts;
  for (const std::string& part : text::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  return "/" + text::join(parts, "/");
}

std::string relative_path(const std::string& path, const std::string& from) {
  const auto target = text::split(without_dots(path), '/');
  const auto start = text::split(without_dots(from), '/');
  std::size_t common = 0;
  while (common < target.size() && common < start.size() && target[common] == start[common])
    ++common;
  std::vector<std::string> parts;
  for (std::size_t i = common; i < start.size(); ++i)
    if (!start[i].empty()) parts.emplace_back("..");
  for (std::size_t i = common; i < target.size(); ++i)
    if (!target[i].empty()) parts.push_back(target[i]);
  return parts.empty() ? "." : text::join(parts, "/");
}

bool is_below(const std::string& path, const std::string& root) {
  return path == root || path.starts_with(root == "/" ? root : root + "/");
}

}  // namespace rockstage::cargo
