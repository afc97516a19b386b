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

bool is_below(const std::string& path, const std::string& root) {
  return path == root || path.starts_with(root == "/" ? root : root + "/");
}

}  // namespace rockstage::cargo
