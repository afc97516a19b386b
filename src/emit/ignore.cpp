#include "base/text.hpp"
#include "emit/image.hpp"

#include <algorithm>
#include <array>
#include <set>

// The format: docs.docker.com/build/concepts/context/#dockerignore-files, read by moby's
// patternmatcher, whose patterns are those of Go's filepath.Match and `**`.
namespace rockstage::emit {

namespace {

constexpr std::array<std::string_view, 3> kByproducts = {"target", ".git", "node_modules"};

/// A pattern that matches the path itself. What a line cannot hold (control bytes, blanks at its
/// ends) and bytes that are no UTF-8 become `?`.
std::string pattern(std::string_view path) {
  const bool is_utf8 = text::is_valid_utf8(path);
  std::string quoted;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    const bool is_control = static_cast<unsigned char>(c) < 0x20;
    const bool is_end_blank = c == ' ' && (i == 0 || i + 1 == path.size());
    if (is_control || is_end_blank || (!is_utf8 && static_cast<unsigned char>(c) >= 0x80)) {
      quoted += '?';
      continue;
    }
    // Older matchers pass some of these to a regular expression as they are.
    if (std::string_view("*?[]\\!^$+(){}|").find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

bool has_component(const std::string& file, std::string_view name) {
  const auto parts = text::split(file, '/');
  return std::ranges::find(parts, name) != parts.end();
}

}  // namespace

Result<std::string> dockerignore(const Image& image) {
  std::set<std::string> allowed;
  std::set<std::string_view> byproducts(kByproducts.begin(), kByproducts.end());
  for (const ImageRock& rock : image.request->rocks) {
    if (!rock.git_url.empty()) continue;
    const std::string prefix = rock.directory.empty() ? "" : rock.directory + '/';
    for (const std::string& file : rock.files) {
      allowed.insert(prefix + file.substr(0, file.find('/')));
      std::erase_if(byproducts,
                    [&](std::string_view name) { return has_component(prefix + file, name); });
    }
  }
  std::string lines =
      "# Written by rockstage: what the Dockerfile copies, and nothing else.\n"
      "*\n";
  for (const std::string& path : allowed)
    lines += '!' + pattern(path) + '\n';
  if (allowed.empty()) return lines;
  for (const std::string_view name : byproducts)
    lines += "**/" + std::string(name) + '\n';
  return lines;
}

}  // namespace rockstage::emit
