#include "archive/names.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace rockstage::archive {

MemberName normalise(std::string_view name) {
  MemberName out;
  out.absolute = name.starts_with('/');
  out.path.reserve(name.size());
  while (!name.empty()) {
    const auto component = name.substr(0, name.find('/'));
    name.remove_prefix(std::min(name.size(), component.size() + 1));
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      out.parents = true;
      if (out.path.empty()) out.leaves = true;
      const auto slash = out.path.rfind('/');
      out.path.resize(slash == std::string::npos ? 0 : slash);
      continue;
    }
    if (!out.path.empty()) out.path += '/';
    out.path += component;
  }
  return out;
}

std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 160;
  auto out = text::escape_for_terminal(name.substr(0, kMost));
  out = text::replace_all(text::replace_all(std::move(out), "\n", "\\x0A"), "\t", "\\x09");
  return name.size() > kMost ? out + "…" : out;
}

}  // namespace rockstage::archive
