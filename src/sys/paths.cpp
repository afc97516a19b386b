#include "base/text.hpp"
#include "sys/files.hpp"

#include <unistd.h>

#include <climits>
#include <cstdlib>

namespace rockstage::sys {
namespace {

/// `.` and `..` taken out by text alone; `path` is absolute.
std::string normalised(const std::string& path) {
  std::vector<std::string> parts;
  for (auto& part : text::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(std::move(part));
    else if (!parts.empty())
      parts.pop_back();
  }
  return "/" + text::join(parts, "/");
}

/// realpath of what exists; empty when that fails.
std::string resolved(const std::string& path) {
  char* found = ::realpath(path.c_str(), nullptr);
  if (found == nullptr) return {};
  std::string out = found;
  std::free(found);  // NOLINT(cppcoreguidelines-no-malloc): realpath allocates with malloc
  return out;
}

}  // namespace

std::string absolute(const std::string& path) {
  const auto full = join(current_directory(), path);
  // The longest prefix that exists is resolved, the rest is kept as it is written.
  std::string head = full;
  std::string tail;
  for (;;) {
    if (const auto found = resolved(head); !found.empty())
      return tail.empty() ? found : normalised(found + "/" + tail);
    const auto name = base_name(head);
    if (head == "/" || head == ".") return normalised(full);
    tail = tail.empty() ? name : name + "/" + tail;
    head = parent(head);
  }
}

std::string join(std::string_view a, std::string_view b) {
  if (b.starts_with('/') || a.empty()) return std::string(b);
  if (b.empty()) return std::string(a);
  std::string out(a);
  if (!out.ends_with('/')) out += '/';
  return out + std::string(b);
}

std::string parent(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.remove_suffix(1);
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? std::string_view("/") : path.substr(0, slash));
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

std::string current_directory() {
  char* found = ::getcwd(nullptr, 0);
  if (found == nullptr) return "/";
  std::string out = found;
  std::free(found);  // NOLINT(cppcoreguidelines-no-malloc): getcwd allocates with malloc
  return out;
}

std::string relative_to(const std::string& path, const std::string& base) {
  if (path == base) return ".";
  const auto prefix = base.ends_with('/') ? base : base + "/";
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

}  // namespace rockstage::sys
