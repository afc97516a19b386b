#include "archive/write_members.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace rockstage::archive {
namespace {

constexpr std::size_t kMostHops = 40;
constexpr std::uint32_t kOwnerExecutes = 0100;

tl::unexpected<Error> changed(const Snapshot& snapshot, const std::string& path) {
  return fail(
      Errc::io,
      fmt::format("'{}' changed while the tree was exported", sys::join(snapshot.root, path)),
      "export again when nothing writes to the tree");
}

/// Of a directory only its name goes into an archive; what comes and goes in it is seen by itself.
bool is_same(const sys::WalkEntry& a, const sys::WalkEntry& b) {
  if (a.path != b.path || a.status.kind != b.status.kind) return false;
  return a.status.kind == sys::FileKind::directory
         || (a.status.mode == b.status.mode && a.status.size == b.status.size
             && a.status.device == b.status.device && a.status.inode == b.status.inode
             && a.status.mtime_ns == b.status.mtime_ns);
}

/// Where links lead among the members.
class Links {
 public:
  explicit Links(const std::vector<OutputMember>& members) {
    for (const auto& member : members)
      members_.emplace(member.name, &member);
  }

  enum class Leads { to_member, nowhere, out };

  /// `link` is the member that holds the link. Links on the way are followed as the kernel does.
  [[nodiscard]] Leads follow(const OutputMember& link) const {
    std::vector<std::string> at = text::split(link.name, '/');
    at.pop_back();
    std::vector<std::string> left = reversed(link.target);
    for (std::size_t hops = 0; !left.empty();) {
      auto part = std::move(left.back());
      left.pop_back();
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        if (at.empty()) return Leads::out;
        at.pop_back();
        continue;
      }
      at.push_back(std::move(part));
      const auto found = members_.find(text::join(at, "/"));
      if (found == members_.end()) return Leads::nowhere;
      const auto& member = *found->second;
      if (member.kind == OutputMember::Kind::directory) continue;
      if (member.kind != OutputMember::Kind::link)
        return left.empty() ? Leads::to_member : Leads::nowhere;
      if (++hops > kMostHops) return Leads::nowhere;
      if (member.target.starts_with('/')) return Leads::out;
      at.pop_back();
      for (auto& more : reversed(member.target))
        left.push_back(std::move(more));
    }
    return Leads::to_member;
  }

 private:
  static std::vector<std::string> reversed(const std::string& path) {
    auto parts = text::split(path, '/');
    std::ranges::reverse(parts);
    return parts;
  }

  std::map<std::string_view, const OutputMember*> members_;
};

Result<void> check_link(const Links& links, const OutputMember& link, const std::string& path) {
  if (link.target.starts_with('/'))
    return fail(Errc::invalid_input,
                fmt::format("'{}' is a link to the absolute path '{}'", path, link.target),
                "make it a relative link inside the tree, or a file");
  switch (links.follow(link)) {
    case Links::Leads::out:
      return fail(Errc::invalid_input,
                  fmt::format("'{}' is a link out of the tree, to '{}'", path, link.target),
                  "make it a file, or a link inside the tree");
    case Links::Leads::nowhere:
      return fail(Errc::invalid_input,
                  fmt::format("'{}' is a link to '{}', which is not exported", path, link.target),
                  "remove the link, or export what it leads to");
    case Links::Leads::to_member:
      break;
  }
  return {};
}

Result<OutputMember> make_member(const sys::WalkEntry& entry, const std::string& path) {
  OutputMember member;
  member.name = entry.path;
  switch (entry.status.kind) {
    case sys::FileKind::file:
      if ((entry.status.mode & kOwnerExecutes) != 0) member.kind = OutputMember::Kind::executable;
      member.file = path;
      member.size = entry.status.size;
      return member;
    case sys::FileKind::directory:
      member.kind = OutputMember::Kind::directory;
      return member;
    case sys::FileKind::link: {
      member.kind = OutputMember::Kind::link;
      RS_TRY_ASSIGN(member.target, sys::read_link(path));
      return member;
    }
    case sys::FileKind::other:
    case sys::FileKind::none:
      break;
  }
  return fail(Errc::invalid_input,
              fmt::format("'{}' is a socket, a device or a FIFO: no archive carries it", path),
              "remove it from the tree");
}

}  // namespace

Result<Snapshot> take_snapshot(const std::string& root) {
  RS_TRY_ASSIGN(const auto found, sys::status_followed(root));
  if (found.kind == sys::FileKind::none)
    return fail(Errc::not_found, fmt::format("there is no '{}'", root));
  if (found.kind != sys::FileKind::directory)
    return fail(Errc::invalid_input, fmt::format("'{}' is no directory", root), "name a tree");
  Snapshot snapshot{root, {}};
  RS_TRY_ASSIGN(snapshot.entries, sys::walk(root));
  return snapshot;
}

Result<void> check_unchanged(const Snapshot& snapshot) {
  RS_TRY_ASSIGN(const auto now, take_snapshot(snapshot.root));
  const auto& before = snapshot.entries;
  const auto [was, is] = std::ranges::mismatch(before, now.entries, is_same);
  if (was == before.end() && is == now.entries.end()) return {};
  // What comes first in order is what the other list lacks.
  if (was == before.end() || (is != now.entries.end() && is->path < was->path))
    return changed(snapshot, is->path);
  return changed(snapshot, was->path);
}

Result<std::vector<OutputMember>> members_of(
    const Snapshot& snapshot, const std::function<bool(std::string_view path)>& wanted) {
  std::vector<OutputMember> members;
  for (const auto& entry : snapshot.entries) {
    if (!wanted(entry.path)) continue;
    RS_TRY_ASSIGN(auto member, make_member(entry, sys::join(snapshot.root, entry.path)));
    members.push_back(std::move(member));
  }
  const Links links(members);
  for (const auto& member : members)
    if (member.kind == OutputMember::Kind::link)
      RS_TRY(check_link(links, member, sys::join(snapshot.root, member.name)));
  return members;
}

}  // namespace rockstage::archive
