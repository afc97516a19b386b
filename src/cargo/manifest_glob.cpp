#include "base/text.hpp"
#include "cargo/manifest_workspace.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rockstage::cargo {
namespace {

constexpr std::size_t kMostNames = 100'000;
constexpr std::size_t kDeepest = 64;  ///< of `**`

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

/// One set, `[a-z]`, at the start of `pattern`: where it ends, and whether `c` is in it. npos for a
/// bracket that is never closed, which stands for itself.
std::pair<std::size_t, bool> match_set(std::string_view pattern, char c) {
  const bool negated = pattern.size() > 1 && pattern[1] == '!';
  const std::size_t first = negated ? 2 : 1;
  const auto end = pattern.find(']', first + 1);
  if (end == std::string_view::npos) return {end, false};
  bool found = false;
  for (std::size_t i = first; i < end; ++i) {
    const bool is_range = i + 2 < end && pattern[i + 1] == '-';
    const char last = is_range ? pattern[i + 2] : pattern[i];
    found = found || (pattern[i] <= c && c <= last);
    if (is_range) i += 2;
  }
  return {end + 1, found != negated};
}

/// The length of what stands for one byte at the start of `pattern`; 0 when it does not fit `c`.
std::size_t match_one(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern.front() == '?') return 1;
  if (pattern.front() == '[') {
    const auto [end, fits] = match_set(pattern, c);
    if (end != std::string_view::npos) return fits ? end : 0;
  }
  return pattern.front() == c ? 1 : 0;
}

class Expansion {
 public:
  explicit Expansion(const std::string& pattern) : parts_(text::split(pattern, '/')) {
    std::erase(parts_, std::string());
  }

  Result<std::vector<std::string>> run(const std::string& directory) {
    RS_TRY(walk(directory, 0, 0));
    return std::vector<std::string>(found_.begin(), found_.end());
  }

 private:
  Result<void> walk(const std::string& directory, std::size_t part, std::size_t depth) {
    if (part == parts_.size()) {
      found_.insert(directory);
      return {};
    }
    const auto& pattern = parts_[part];
    if (!has_wildcard(pattern)) {
      const auto next = sys::join(directory, pattern);
      return sys::is_directory(next) ? walk(next, part + 1, depth) : Result<void>();
    }
    const bool any_depth = pattern == "**";
    if (any_depth) RS_TRY(walk(directory, part + 1, depth));
    const auto names = sys::list_directory(directory);
    if (!names || depth >= kDeepest) return {};
    for (const auto& name : *names) {
      if (++seen_ > kMostNames)
        return fail(Errc::invalid_input,
                    fmt::format("the pattern '{}' of the workspace's members takes in too much",
                                text::join(parts_, "/")),
                    "name the members");
      const auto next = sys::join(directory, name);
      if (!any_depth && !matches_wildcard(pattern, name)) continue;
      // `**` does not follow links, which may lead in circles.
      const auto status = any_depth ? sys::status(next) : sys::status_followed(next);
      if (!status || status->kind != sys::FileKind::directory) continue;
      RS_TRY(walk(next, any_depth ? part : part + 1, depth + 1));
    }
    return {};
  }

  std::vector<std::string> parts_;
  std::set<std::string> found_;
  std::size_t seen_ = 0;
};

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view name) {
  // What follows the last `*` is tried at each place; an earlier one need not be taken back.
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t behind_star = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      behind_star = n;
    } else if (const auto length = match_one(pattern.substr(p), name[n]); length > 0) {
      p += length;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++behind_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Result<std::vector<std::string>> expand_member(const std::string& directory,
                                               const std::string& pattern) {
  if (!has_wildcard(pattern)) return std::vector<std::string>{sys::join(directory, pattern)};
  return Expansion(pattern).run(directory);
}

}  // namespace rockstage::cargo
