#include "tree/directory.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "sys/open_files.hpp"
#include "tree/file_queue.hpp"
#include "tree/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rockstage::tree {
namespace {

EntryKind kind_of(sys::FileKind kind) {
  switch (kind) {
    case sys::FileKind::file:
      return EntryKind::file;
    case sys::FileKind::directory:
      return EntryKind::directory;
    case sys::FileKind::link:
      return EntryKind::symlink;
    default:
      return EntryKind::other;
  }
}

/// "permission denied" of "cannot read 'x': permission denied".
std::string reason_of(const Error& error) {
  const auto at = error.message.rfind(": ");
  return at == std::string::npos ? error.message : error.message.substr(at + 2);
}

class Walk {
 public:
  Walk(Subject& subject, Visitor& visitor, const ReadOptions& options)
      : subject_(subject), queue_(visitor, options.jobs), limits_(options.limits) {}

  /// Everything below the root.
  Result<void> run(const sys::Directory& root);

 private:
  /// `path` is the directory's, empty for the root.
  Result<void> directory(const sys::Directory& directory,
                         const std::string& path,
                         std::size_t depth);
  Result<void> member(const sys::Directory& directory,
                      const std::string& name,
                      const std::string& path,
                      std::size_t depth);
  Result<void> contents(const sys::Directory& directory,
                        const std::string& name,
                        const std::string& path);
  [[nodiscard]] Result<void> within_limits(const std::string& path, std::size_t depth) const;
  void not_judged(const std::string& path, const Error& why);

  Listing& listing() { return subject_.listings.front(); }

  Subject& subject_;
  FileQueue queue_;
  const Limits& limits_;
};

Result<void> Walk::run(const sys::Directory& root) {
  const auto walked = directory(root, "", 0);
  RS_TRY_ASSIGN(const auto unreadable, queue_.finish());
  for (const auto& file : unreadable)
    not_judged(file.path, file.why);
  return walked;
}

Result<void> Walk::directory(const sys::Directory& directory,
                             const std::string& path,
                             std::size_t depth) {
  const auto names = directory.names();
  if (!names) {
    if (path.empty()) return tl::unexpected<Error>(names.error());
    not_judged(path, names.error());
    return {};
  }
  for (const auto& name : *names)
    RS_TRY(member(directory, name, path.empty() ? name : path + "/" + name, depth + 1));
  return {};
}

Result<void> Walk::member(const sys::Directory& directory,
                          const std::string& name,
                          const std::string& path,
                          std::size_t depth) {
  const auto found = directory.look(name);
  // What went away since its name was read is not there.
  if (!found && found.error().code == Errc::not_found) return {};
  if (!found) {
    not_judged(path, found.error());
    return {};
  }
  RS_TRY(within_limits(path, depth));
  Entry entry;
  entry.path = subject_.paths->intern(path);
  entry.kind = kind_of(found->status.kind);
  entry.mode = static_cast<std::uint16_t>(found->status.mode);
  entry.uid = found->status.owner;
  entry.gid = found->group;
  if (entry.kind == EntryKind::file) entry.size = found->status.size;
  if (entry.kind == EntryKind::symlink) {
    RS_TRY_ASSIGN(const auto target, directory.link_target(name));
    entry.target = subject_.links->add(target);
  }
  listing().entries.push_back(entry);
  if (entry.kind == EntryKind::file) return contents(directory, name, path);
  if (entry.kind != EntryKind::directory) return {};
  const auto below = directory.directory(name);
  if (below) return this->directory(*below, path, depth);
  not_judged(path, below.error());
  return {};
}

Result<void> Walk::contents(const sys::Directory& directory,
                            const std::string& name,
                            const std::string& path) {
  const auto index = listing().entries.size() - 1;
  const auto size = listing().entries[index].size;
  if (size > limits_.member_bytes)
    return fail(
        Errc::invalid_input,
        fmt::format(
            "file '{}' has {} bytes, more than the limit of {}", path, size, limits_.member_bytes));
  listing().bytes += size;
  if (listing().bytes > limits_.bytes)
    return fail(Errc::invalid_input,
                fmt::format("the directory holds more than the limit of {} bytes", limits_.bytes),
                "--max-bytes raises the limit");
  auto file = directory.file(name);
  if (!file) {
    not_judged(path, file.error());
    return {};
  }
  const bool wanted = queue_.add({*std::move(file), index, path, listing().entries[index]});
  // What the visitor refused is known when the queue ends.
  return wanted ? Result<void>() : fail(Errc::invalid_input, "stopped");
}

Result<void> Walk::within_limits(const std::string& path, std::size_t depth) const {
  if (subject_.listings.front().entries.size() >= limits_.entries)
    return fail(
        Errc::invalid_input,
        fmt::format("the directory holds more than the limit of {} entries", limits_.entries),
        "--max-entries raises the limit");
  if (path.size() > limits_.path_bytes)
    return fail(Errc::invalid_input,
                fmt::format("the path '{}…' is longer than the limit of {} bytes",
                            path.substr(0, 64),
                            limits_.path_bytes));
  if (depth > limits_.depth)
    return fail(Errc::invalid_input,
                fmt::format("the path '{}…' is deeper than the limit of {} directories",
                            path.substr(0, 64),
                            limits_.depth));
  return {};
}

void Walk::not_judged(const std::string& path, const Error& why) {
  listing().anomalies.push_back(
      {.rule = rules::not_judged,
       .severity = Severity::warning,
       .path = path,
       .message =
           fmt::format("{} cannot be read: {}", text::escape_for_terminal(path), reason_of(why)),
       .evidence = {{"reason", reason_of(why)}},
       .fix = "let the user who verifies read it"});
}

class DirectoryReader final : public TreeReader {
 public:
  explicit DirectoryReader(std::string path) : path_(std::move(path)) {}

  Result<Subject> read(Visitor& visitor, const ReadOptions& options) override {
    RS_TRY_ASSIGN(const auto root, sys::Directory::open(path_));
    Subject subject;
    subject.kind = SubjectKind::directory;
    auto& listing = subject.listings.emplace_back();
    listing.compression = "none";
    if (auto walked = Walk(subject, visitor, options).run(root); !walked)
      subject.incomplete = std::move(walked).error();
    listing.stored_size = listing.bytes;
    auto& platform = subject.platforms.emplace_back();
    platform.layers.push_back(
        {.listing = 0, .digest = {}, .created_by = {}, .size = listing.bytes});
    merge(subject, platform);
    return subject;
  }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<TreeReader> open_directory(std::string path) {
  return std::make_unique<DirectoryReader>(std::move(path));
}

}  // namespace rockstage::tree
