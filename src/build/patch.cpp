#include "build/patch.hpp"

#include "build/places.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace rockstage::build {
namespace {

constexpr std::string_view kNull = "/dev/null";

using Lines =
    std::vector<std::string>;  // each with its newline; only a file's last line may have none

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

struct Hunk {
  std::size_t old_start = 0, old_count = 0, new_count = 0;
  Lines before, after;
};

struct FilePatch {
  std::string old_name, new_name;
  std::vector<Hunk> hunks;
};

/// "12,5" or "12" at the start of `text`, which loses it.
bool take_range(std::string_view& text, std::size_t& start, std::size_t& count) {
  const auto take = [&](std::size_t& number) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return problem == std::errc() && number < 100'000'000;
  };
  count = 1;
  if (!take(start)) return false;
  if (!text.starts_with(',')) return true;
  text.remove_prefix(1);
  return take(count);
}

/// "@@ -1,3 +1,4 @@"
std::optional<Hunk> hunk_header(std::string_view line) {
  Hunk hunk;
  std::size_t new_start = 0;
  if (!line.starts_with("@@ -")) return std::nullopt;
  line.remove_prefix(4);
  if (!take_range(line, hunk.old_start, hunk.old_count) || !line.starts_with(" +"))
    return std::nullopt;
  line.remove_prefix(2);
  if (!take_range(line, new_start, hunk.new_count) || !line.starts_with(" @@")) return std::nullopt;
  return hunk;
}

/// The name of a `--- ` or `+++ ` line: up to a tab, where diff writes the time.
std::string named_file(std::string_view line) {
  line.remove_prefix(4);
  return std::string(line.substr(0, line.find_first_of("\t\r\n")));
}

class PatchReader {
 public:
  PatchReader(const std::string& name, std::string_view diff)
      : name_(name), lines_(lines_of(diff)) {
    if (!lines_.empty() && !lines_.back().ends_with('\n')) lines_.back() += '\n';
  }

  Result<std::vector<FilePatch>> read() {
    std::vector<FilePatch> files;
    while (at_ < lines_.size()) {
      const std::string& line = lines_[at_];
      if (line.starts_with("GIT binary patch") || line.starts_with("Binary files "))
        return fail(Errc::invalid_input,
                    fmt::format("the patch '{}' changes a binary file", name_),
                    "patches are text");
      if (line.starts_with("rename from ") || line.ends_with("mode 120000\n"))
        return fail(Errc::invalid_input,
                    fmt::format("the patch '{}' renames a file or makes a link", name_),
                    "write it as a deleted and a created file (git diff --no-renames)");
      const bool begins_file = line.starts_with("--- ") && at_ + 1 < lines_.size()
                               && lines_[at_ + 1].starts_with("+++ ");
      if (!begins_file) {
        ++at_;
        continue;
      }
      files.push_back({named_file(line), named_file(lines_[at_ + 1]), {}});
      at_ += 2;
      RS_TRY(read_hunks(files.back()));
    }
    if (files.empty())
      return fail(Errc::invalid_input,
                  fmt::format("the patch '{}' holds no unified diff", name_),
                  "make it with diff -u or git diff");
    return files;
  }

 private:
  Result<void> read_hunks(FilePatch& file) {
    while (at_ < lines_.size()) {
      auto hunk = hunk_header(lines_[at_]);
      if (!hunk) break;
      ++at_;
      if (!read_lines(*hunk)) return damaged(file, file.hunks.size() + 1);
      file.hunks.push_back(*std::move(hunk));
    }
    if (file.hunks.empty()) return damaged(file, 1);
    return {};
  }

  bool read_lines(Hunk& hunk) {
    while (hunk.before.size() < hunk.old_count || hunk.after.size() < hunk.new_count) {
      if (at_ == lines_.size()) return false;
      const std::string& line = lines_[at_++];
      // Some editors take the blank of an empty context line away.
      const char kind = line == "\n" ? ' ' : line.front();
      const std::string text = line == "\n" ? line : line.substr(1);
      if (kind != ' ' && kind != '-' && kind != '+') return false;
      if (kind != '+') hunk.before.push_back(text);
      if (kind != '-') hunk.after.push_back(text);
      if (at_ < lines_.size() && lines_[at_].starts_with("\\ ")) {
        ++at_;
        if (kind != '+') hunk.before.back().pop_back();
        if (kind != '-') hunk.after.back().pop_back();
      }
    }
    return hunk.before.size() == hunk.old_count && hunk.after.size() == hunk.new_count;
  }

  [[nodiscard]] tl::unexpected<Error> damaged(const FilePatch& file, std::size_t hunk) const {
    return fail(Errc::invalid_input,
                fmt::format("the patch '{}' is damaged: hunk {} of '{}' cannot be read",
                            name_,
                            hunk,
                            file.new_name),
                "its line counts do not fit; make it anew with diff -u");
  }

  const std::string& name_;
  Lines lines_;
  std::size_t at_ = 0;
};

/// Where `wanted` stands in `lines`, at or after `from`, nearest to `expected`.
std::optional<std::size_t> find_lines(const Lines& lines,
                                      const Lines& wanted,
                                      std::size_t from,
                                      std::size_t expected) {
  if (lines.size() < from + wanted.size()) return std::nullopt;
  const std::size_t last = lines.size() - wanted.size();
  expected = std::clamp(expected, from, last);
  const auto fits = [&](std::size_t at) {
    return std::equal(
        wanted.begin(), wanted.end(), lines.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (std::size_t distance = 0; distance <= last - from; ++distance) {
    if (expected + distance <= last && fits(expected + distance)) return expected + distance;
    if (expected >= from + distance && fits(expected - distance)) return expected - distance;
  }
  return std::nullopt;
}

/// The new text; or the number of the hunk that does not fit.
tl::expected<std::string, std::size_t> patched(const Lines& lines, const std::vector<Hunk>& hunks) {
  std::string out;
  std::size_t taken = 0;
  std::size_t shift = 0;  // what the hunk before had moved by, modulo 2^n
  for (std::size_t i = 0; i < hunks.size(); ++i) {
    const Hunk& hunk = hunks[i];
    const std::size_t stated = hunk.old_count == 0
                                   ? hunk.old_start
                                   : hunk.old_start - std::min<std::size_t>(hunk.old_start, 1);
    const auto at = find_lines(lines, hunk.before, taken, stated + shift);
    if (!at) return tl::unexpected<std::size_t>(i + 1);
    shift = *at - stated;
    for (; taken < *at; ++taken)
      out += lines[taken];
    for (const std::string& line : hunk.after)
      out += line;
    taken += hunk.before.size();
  }
  for (; taken < lines.size(); ++taken)
    out += lines[taken];
  return out;
}

class PatchWriter {
 public:
  PatchWriter(const std::string& name, const std::string& directory)
      : name_(name), directory_(directory) {}

  Result<void> apply(const FilePatch& patch) {
    const bool creates = patch.old_name == kNull;
    const bool deletes = patch.new_name == kNull;
    RS_TRY_ASSIGN(const auto path, target(deletes ? patch.old_name : patch.new_name));
    RS_TRY_ASSIGN(const auto status, sys::status(path));
    if (creates == (status.kind != sys::FileKind::none))
      return problem(creates ? fmt::format("creates '{}', which is there", patch.new_name)
                             : fmt::format("changes '{}', which is not there", patch.old_name));
    std::string text;
    if (!creates) {
      RS_TRY_ASSIGN(text, sys::read_file(path));
    }
    const auto result = patched(lines_of(text), patch.hunks);
    if (!result)
      return problem(fmt::format("does not fit: hunk {} of '{}'", result.error(), patch.new_name));
    if (deletes && !result->empty())
      return problem(fmt::format("deletes '{}', which holds more lines", patch.old_name));
    RS_TRY(sys::remove_file(path));
    return deletes ? Result<void>() : sys::write_file(path, *result, creates ? 0644 : status.mode);
  }

 private:
  [[nodiscard]] Result<std::string> target(const std::string& name) const {
    const auto slash = name.find('/');
    if (name.starts_with('/') || slash == std::string::npos)
      return problem(fmt::format(
          "names '{}': a path with one leading folder is needed, as in a/src/x.c", name));
    return writable_target(
        directory_, name.substr(slash + 1), fmt::format("the patch '{}'", name_));
  }

  [[nodiscard]] tl::unexpected<Error> problem(const std::string& what) const {
    return fail(Errc::invalid_input,
                fmt::format("the patch '{}' {}", name_, what),
                "build.patches must be made for exactly these sources");
  }

  const std::string& name_;
  const std::string& directory_;
};

}  // namespace

Result<void> apply_patch(const std::string& name,
                         std::string_view diff,
                         const std::string& directory) {
  RS_TRY_ASSIGN(const auto files, PatchReader(name, diff).read());
  PatchWriter writer(name, directory);
  for (const FilePatch& file : files)
    RS_TRY(writer.apply(file));
  return {};
}

}  // namespace rockstage::build
