#include "base/rules.hpp"
#include "verify/rules/families.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace rockstage::verify {
namespace {

using tree::EntryKind;

/// Who will read the files.
struct Reader {
  std::int64_t uid = -1, gid = -1;
  std::string name;

  [[nodiscard]] bool known() const { return uid >= 0; }
};

Reader reader_of(const runtime::Profile& profile) {
  for (const auto* user : {&profile.worker_user, &profile.user})
    if (user->uid >= 0)
      return {user->uid, user->gid, user->name.empty() ? std::to_string(user->uid) : user->name};
  return {};
}

/// Whether the reader has the permission `bit` (4 read, 1 search). A bare tree becomes root's when
/// it is copied into an image.
bool may(const Context& context, const tree::Entry& entry, const Reader& reader, unsigned bit) {
  if (reader.uid == 0) return true;
  const bool copied = !context.is_image();
  const std::int64_t owner = copied ? 0 : entry.uid;
  const std::int64_t group = copied ? 0 : entry.gid;
  if (reader.known() && owner == reader.uid) return (entry.mode & bit << 6) != 0;
  if (reader.known() && group == reader.gid) return (entry.mode & bit << 3) != 0;
  return (entry.mode & bit) != 0;
}

Finding mode_finding(const Context& context,
                     const tree::View::Node& node,
                     const std::string& what,
                     const std::string& fix) {
  auto finding = context.finding(rules::file_mode, node.path, node.origin);
  const auto mode = fmt::format("{:04o}", context.entry(node.origin).mode & 07777);
  finding.message = fmt::format("'{}' ({}) {}", finding.path, mode, what);
  finding.evidence = {{"mode", mode}, {"kind", what}};
  finding.fix = fix;
  return finding;
}

void check_access(const Context& context,
                  const tree::View::Node& node,
                  const Reader& reader,
                  Sink& sink) {
  const auto& entry = context.entry(node.origin);
  const bool directory = entry.kind == EntryKind::directory;
  if (may(context, entry, reader, directory ? 1 : 4)) return;
  const std::string verb = directory ? "cannot be searched by " : "cannot be read by ";
  auto finding =
      mode_finding(context,
                   node,
                   verb + (reader.known() ? "the worker's user " + reader.name : "others"),
                   directory ? "chmod 755, or COPY --chmod" : "chmod 644, or COPY --chmod");
  if (reader.known()) finding.severity = Severity::error;
  sink.add(std::move(finding));
}

void check_bits(const Context& context, const tree::View::Node& node, Sink& sink) {
  const auto& entry = context.entry(node.origin);
  const bool directory = entry.kind == EntryKind::directory;
  if (!directory && (entry.mode & 06000) != 0)
    sink.add(mode_finding(context, node, "is setuid or setgid", "chmod u-s,g-s"));
  const bool sticky = (entry.mode & 01000) != 0;
  if ((entry.mode & 0002) != 0 && !(directory && sticky))
    sink.add(mode_finding(context, node, "can be written by everybody", "chmod o-w"));
}

}  // namespace

void check_file_modes(const Context& context, Sink& sink) {
  const auto& paths = *context.subject.paths;
  const auto reader = reader_of(context.target.profile());
  // Whoever wants a module must be able to search every directory above it.
  std::unordered_set<tree::PathId> above;
  std::vector<const tree::View::Node*> judged;
  for (const auto& node : context.platform.view.nodes()) {
    const auto kind = context.entry(node.origin).kind;
    if (kind != EntryKind::file && kind != EntryKind::hardlink) continue;
    if (context.is_image() && !in_lua_directory(context.path(node.path))) continue;
    judged.push_back(&node);
    for (auto id = paths.parent(node.path); id != tree::kRoot && above.insert(id).second;)
      id = paths.parent(id);
  }
  for (const auto& node : context.platform.view.nodes()) {
    const auto& entry = context.entry(node.origin);
    if (entry.kind != EntryKind::directory || !above.contains(node.path)) continue;
    check_access(context, node, reader, sink);
    check_bits(context, node, sink);
  }
  for (const auto* node : judged) {
    check_access(context, *node, reader, sink);
    check_bits(context, *node, sink);
  }
}

}  // namespace rockstage::verify
