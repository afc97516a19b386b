#include "build/differences.hpp"

#include "base/text.hpp"
#include "elf/sections.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

namespace rockstage::build {
namespace {

/// Shorter runs of printable bytes are rarely text.
constexpr std::size_t kShortestText = 5;
/// How much of a section is looked at for text, and how many unmatched texts are judged.
constexpr std::size_t kMostText = std::size_t{8} << 20;
constexpr std::size_t kMostJudged = 256;
constexpr std::size_t kShownBytes = 8;

bool is_printable(char c) {
  return (c >= ' ' && c <= '~') || c == '\t';
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const auto length = std::min(a.size(), b.size());
  const auto end =
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(length), b.begin());
  return static_cast<std::size_t>(end.first - a.begin());
}

/// From `at` on, cut to what is shown, with dots where something was cut.
std::string shown(std::string_view text, std::size_t at) {
  const bool longer = text.size() - std::min(at, text.size()) > kLongestExcerpt;
  std::string out = at > 0 ? "..." : "";
  for (const char c : text.substr(std::min(at, text.size()), kLongestExcerpt))
    out += is_printable(c) ? c : '?';
  return out + (longer ? "..." : "");
}

std::string hex_bytes(std::string_view bytes, std::size_t at) {
  std::string out;
  for (const char c : bytes.substr(std::min(at, bytes.size()), kShownBytes))
    out += fmt::format("{}{:02x}", out.empty() ? "" : " ", static_cast<unsigned char>(c));
  return out;
}

std::vector<std::string_view> texts_of(std::string_view bytes) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto begin =
        std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), is_printable);
    const auto end = std::find_if_not(begin, bytes.end(), is_printable);
    const auto from = static_cast<std::size_t>(begin - bytes.begin());
    const auto length = static_cast<std::size_t>(end - begin);
    if (length >= kShortestText) out.push_back(bytes.substr(from, length));
    at = from + length;
    if (length == 0) break;
  }
  return out;
}

/// The texts of `some` that `others` has not, in order, as many as are judged.
std::vector<std::string_view> unmatched(const std::vector<std::string_view>& some,
                                        const std::vector<std::string_view>& others) {
  const std::unordered_set<std::string_view> known(others.begin(), others.end());
  std::vector<std::string_view> out;
  for (const auto text : some) {
    if (out.size() == kMostJudged) break;
    if (!known.contains(text)) out.push_back(text);
  }
  return out;
}

/// Two contents of one section or file that differ.
class Explanation {
 public:
  Explanation(std::string_view first, std::string_view second, const Surroundings& around)
      : first_(first), second_(second), around_(around), at_(common_prefix(first, second)) {}

  [[nodiscard]] std::size_t at() const { return at_; }

  /// The text in both that shows why, else the first that is not the same; false where there is
  /// none.
  bool from_texts(Difference& out) const {
    // What comes before the first difference is in both.
    std::size_t from = at_;
    while (from > 0 && is_printable(first_[from - 1]))
      --from;
    const auto a = texts_of(first_.substr(from, kMostText));
    const auto b = texts_of(second_.substr(from, kMostText));
    const auto only_a = unmatched(a, b);
    const auto only_b = unmatched(b, a);
    const auto pairs = std::max(only_a.size(), only_b.size());
    for (std::size_t i = 0; i < pairs; ++i) {
      const auto x = i < only_a.size() ? only_a[i] : std::string_view{};
      const auto y = i < only_b.size() ? only_b[i] : std::string_view{};
      const Verdict verdict = judge(x, y, around_);
      const bool shows_why = verdict.cause == Cause::path || verdict.cause == Cause::time;
      if (i > 0 && !shows_why) continue;
      std::tie(out.first, out.second) = excerpts(x, y);
      out.cause = verdict.cause;
      out.what = verdict.what;
      if (shows_why) break;
    }
    return pairs > 0;
  }

  void from_bytes(Difference& out) const {
    out.first = hex_bytes(first_, at_);
    out.second = hex_bytes(second_, at_);
    if (is_binary_time(first_, second_, at_, around_.now))
      out.cause = Cause::time;
    else
      out.cause = first_.size() == second_.size() ? Cause::randomness : Cause::unknown;
  }

 private:
  std::string_view first_, second_;
  const Surroundings& around_;
  std::size_t at_;
};

bool shows_why(const Difference& difference) {
  return difference.cause == Cause::path || difference.cause == Cause::time;
}

struct SectionPair {
  std::string name;
  bool executable = false;
  std::string_view first, second;
};

/// Sections that differ, by name, those of the same name in their order. One that only the second
/// object has comes last.
std::vector<SectionPair> differing_sections(std::string_view first, std::string_view second) {
  std::map<std::pair<std::string, int>, elf::SectionBytes> others;
  std::map<std::string, int> seen;
  for (auto& section : elf::sections(second)) {
    const std::pair key{section.name, seen[section.name]++};
    others.emplace(key, std::move(section));
  }
  seen.clear();
  std::vector<SectionPair> out;
  for (const auto& section : elf::sections(first)) {
    const auto found = others.find({section.name, seen[section.name]++});
    const auto bytes = found == others.end() ? std::string_view{} : found->second.bytes;
    if (found != others.end()) others.erase(found);
    if (bytes != section.bytes)
      out.push_back({section.name, section.executable, section.bytes, bytes});
  }
  for (const auto& [key, section] : others) {
    if (!section.bytes.empty())
      out.push_back({section.name, section.executable, {}, section.bytes});
  }
  return out;
}

Difference explain_section(const SectionPair& section, const Surroundings& around) {
  Difference out;
  out.where = "section " + text::escape_for_terminal(section.name);
  const Explanation explanation(section.first, section.second, around);
  // Letters in machine code are no text.
  Difference by_text = out;
  const bool has_text = !section.executable && explanation.from_texts(by_text);
  if (has_text && shows_why(by_text)) return by_text;
  explanation.from_bytes(out);
  return has_text && !shows_why(out) ? by_text : out;
}

/// Empty `where`: no section differs.
Difference explain_object(std::string_view first,
                          std::string_view second,
                          const Surroundings& around) {
  auto sections = differing_sections(first, second);
  const auto follows_from_the_rest = [](const SectionPair& section) {
    return section.name == ".note.gnu.build-id";
  };
  if (!std::ranges::all_of(sections, follows_from_the_rest))
    std::erase_if(sections, follows_from_the_rest);
  Difference out;
  for (const SectionPair& section : sections) {
    Difference found = explain_section(section, around);
    const bool decides = shows_why(found);
    if (out.where.empty() || decides) out = std::move(found);
    if (decides) break;
  }
  return out;
}

bool is_text(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && text::is_valid_utf8(bytes);
}

Difference explain_text(std::string_view first,
                        std::string_view second,
                        const Surroundings& around) {
  const auto at = common_prefix(first, second);
  const auto line = 1 + std::ranges::count(first.substr(0, at), '\n');
  const auto begin = first.substr(0, at).rfind('\n') + 1;  // npos + 1 is 0
  const auto line_of = [&](std::string_view bytes) {
    const auto rest = bytes.substr(begin);
    return rest.substr(0, rest.find('\n'));
  };
  Difference out;
  out.where = fmt::format("line {}", line);
  std::tie(out.first, out.second) = excerpts(line_of(first), line_of(second));
  const Verdict verdict = judge(line_of(first), line_of(second), around);
  out.cause = verdict.cause;
  out.what = verdict.what;
  return out;
}

Difference explain_bytes(std::string_view first,
                         std::string_view second,
                         const Surroundings& around) {
  const Explanation explanation(first, second, around);
  Difference out;
  out.where = fmt::format("byte {}", explanation.at());
  Difference by_text = out;
  if (explanation.from_texts(by_text) && shows_why(by_text)) return by_text;
  explanation.from_bytes(out);
  return out;
}

using Entries = std::map<std::string, sys::FileStatus>;

/// All below `root` that is no directory.
Result<Entries> entries_of(const std::string& root) {
  Entries out;
  RS_TRY_ASSIGN(const auto entries, sys::walk(root));
  for (const auto& entry : entries) {
    if (entry.status.kind != sys::FileKind::directory) out.emplace(entry.path, entry.status);
  }
  return out;
}

std::string kind_name(sys::FileKind kind) {
  switch (kind) {
    case sys::FileKind::none:
      return "missing";
    case sys::FileKind::file:
      return "a file";
    case sys::FileKind::link:
      return "a link";
    case sys::FileKind::directory:
      return "a directory";
    case sys::FileKind::other:
      break;
  }
  return "no regular file";
}

class DirectoryComparison {
 public:
  DirectoryComparison(const std::string& first,
                      const std::string& second,
                      const Surroundings& around)
      : first_(first), second_(second), around_(around) {}

  Result<Comparison> run() {
    RS_TRY_ASSIGN(auto a, entries_of(first_));
    RS_TRY_ASSIGN(auto b, entries_of(second_));
    for (const auto& [path, status] : b)
      a.emplace(path, sys::FileStatus{});
    for (const auto& [path, status] : a) {
      const auto other = b.find(path);
      RS_TRY(compare(path, status, other == b.end() ? sys::FileStatus{} : other->second));
      out_.files.push_back(path);
    }
    return std::move(out_);
  }

 private:
  Result<void> compare(const std::string& path,
                       const sys::FileStatus& a,
                       const sys::FileStatus& b) {
    if (a.kind != b.kind) {
      tell(path, "", kind_name(a.kind), kind_name(b.kind));
      return {};
    }
    if (a.kind == sys::FileKind::link) return compare_links(path);
    if (a.kind != sys::FileKind::file) return {};
    if (a.mode != b.mode)
      tell(path, "mode", fmt::format("{:04o}", a.mode), fmt::format("{:04o}", b.mode));
    RS_TRY_ASSIGN(const auto x, sys::read_file(sys::join(first_, path)));
    RS_TRY_ASSIGN(const auto y, sys::read_file(sys::join(second_, path)));
    if (x != y) out_.differences.push_back(explain(path, x, y, around_));
    return {};
  }

  Result<void> compare_links(const std::string& path) {
    RS_TRY_ASSIGN(const auto a, sys::read_link(sys::join(first_, path)));
    RS_TRY_ASSIGN(const auto b, sys::read_link(sys::join(second_, path)));
    if (a != b) {
      tell(path, "link", excerpts(a, b).first, excerpts(a, b).second);
      const Verdict verdict = judge(a, b, around_);
      out_.differences.back().cause = verdict.cause;
      out_.differences.back().what = verdict.what;
    }
    return {};
  }

  void tell(const std::string& path,
            const std::string& where,
            std::string first,
            std::string second) {
    Difference difference;
    difference.path = path;
    difference.where = where;
    difference.first = std::move(first);
    difference.second = std::move(second);
    out_.differences.push_back(std::move(difference));
  }

  const std::string& first_;
  const std::string& second_;
  const Surroundings& around_;
  Comparison out_;
};

}  // namespace

Difference explain(const std::string& path,
                   std::string_view first,
                   std::string_view second,
                   const Surroundings& around) {
  Difference out = explain_object(first, second, around);
  if (out.where.empty())
    out = is_text(first) && is_text(second) ? explain_text(first, second, around)
                                            : explain_bytes(first, second, around);
  out.path = path;
  return out;
}

std::pair<std::string, std::string> excerpts(std::string_view first, std::string_view second) {
  constexpr std::size_t kBefore = 24;
  const auto same = common_prefix(first, second);
  // A short text is shown from its beginning.
  const auto at = same > kLongestExcerpt / 2 ? same - kBefore : 0;
  return {shown(first, at), shown(second, at)};
}

Result<Comparison> compare_directories(const std::string& first,
                                       const std::string& second,
                                       const Surroundings& around) {
  return DirectoryComparison(first, second, around).run();
}

}  // namespace rockstage::build
