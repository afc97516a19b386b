#include "base/rules.hpp"
#include "verify/rules/families.hpp"
#include "verify/rules/rust_union.hpp"
#include "verify/rules/wording.hpp"

#include <map>
#include <tuple>

namespace rockstage::verify {
namespace {

using tree::kRoot;
using tree::PathId;

constexpr const char* kCopyOnly =
    "build in a stage of its own, and copy only the staged tree into the final stage";

Finding visible(const Context& context, const RustMember& member) {
  auto finding = context.finding(member.rule, member.path, member.origin);
  finding.message = "'" + finding.path + "' " + member.what;
  finding.evidence["bytes"] = static_cast<std::int64_t>(member.bytes);
  if (member.files != 1 || member.rule == rules::rust_toolchain_directory) {
    finding.message += ": " + count_text(member.files, "file") + ", " + size_text(member.bytes);
    finding.evidence["files"] = static_cast<std::int64_t>(member.files);
  }
  finding.fix = kCopyOnly;
  return finding;
}

/// What was deleted together: the highest directory that is gone, and who added and deleted it.
struct Deleted {
  PathId root = kRoot;
  std::uint32_t layer = 0, by = 0;

  bool operator<(const Deleted& other) const {
    return std::tie(layer, root, by) < std::tie(other.layer, other.root, other.by);
  }
};

Deleted deleted_with(const Context& context, const tree::Hidden& hidden) {
  const auto& paths = *context.subject.paths;
  auto root = hidden.path;
  while (paths.parent(root) != kRoot && !context.platform.view.at(paths.parent(root)).present())
    root = paths.parent(root);
  return {root, hidden.origin.layer, hidden.by};
}

struct Leftover {
  const RustMember* example = nullptr;
  std::uint64_t bytes = 0, files = 0;
};

Finding lower_layer(const Context& context, const Deleted& deleted, const Leftover& leftover) {
  auto finding =
      context.finding(rules::rust_in_lower_layer, deleted.root, leftover.example->origin);
  const auto& layers = context.platform.layers;
  finding.message = size_text(leftover.bytes) + " under '" + finding.path + "', added by layer "
                    + std::to_string(deleted.layer) + ", deleted by layer "
                    + std::to_string(deleted.by) + ", still ship: '"
                    + context.path(leftover.example->hidden->path) + "' " + leftover.example->what;
  finding.evidence = {{"bytes", static_cast<std::int64_t>(leftover.bytes)},
                      {"files", static_cast<std::int64_t>(leftover.files)},
                      {"deleted_by_layer", static_cast<std::int64_t>(deleted.by)},
                      {"deleted_by", layers[deleted.by].created_by},
                      {"rule", std::string(leftover.example->rule)},
                      {"example", context.path(leftover.example->hidden->path)}};
  finding.fix =
      "a later layer cannot take anything out of an image: build in a stage of its own, and "
      "copy only the staged tree into the final stage";
  return finding;
}

void add_lower_layers(const Context& context, const std::vector<RustMember>& members, Sink& sink) {
  std::map<Deleted, Leftover> leftovers;
  for (const auto& member : members) {
    if (member.hidden == nullptr) continue;
    auto& leftover = leftovers[deleted_with(context, *member.hidden)];
    if (leftover.example == nullptr) leftover.example = &member;
  }
  if (leftovers.empty()) return;
  // Its size is all of what was deleted with it, sources and libraries too.
  for (const auto& hidden : context.platform.view.hidden()) {
    const auto found = leftovers.find(deleted_with(context, hidden));
    if (found == leftovers.end() || hidden.origin.implied()) continue;
    const auto& entry = context.entry(hidden.origin);
    if (entry.kind != tree::EntryKind::file) continue;
    ++found->second.files;
    found->second.bytes += entry.size;
  }
  for (const auto& [deleted, leftover] : leftovers)
    sink.add(lower_layer(context, deleted, leftover));
}

}  // namespace

void check_rust_toolchain(const Context& context, Sink& sink) {
  const auto members = rust_members(context);
  for (const auto& member : members)
    if (member.hidden == nullptr) sink.add(visible(context, member));
  add_lower_layers(context, members, sink);
}

void check_build_backends(const Context& context, Sink& sink) {
  const auto& paths = *context.subject.paths;
  for (const auto& node : context.platform.view.nodes()) {
    const auto name = paths.name(node.path);
    const auto parent = paths.name(paths.parent(node.path));
    const bool rock = name.starts_with("luarocks-build-") && parent.starts_with("rocks-");
    const bool module = parent == "build" && name.starts_with("rust") && name.ends_with(".lua")
                        && paths.name(paths.parent(paths.parent(node.path))) == "luarocks";
    if (!rock && !module) continue;
    auto finding = context.finding(rules::build_backend_rock, node.path, node.origin);
    finding.message =
        "'" + finding.path + "' belongs to a build back-end of LuaRocks, which only builds need";
    finding.fix =
        "stage with rockstage build, which leaves it out, or remove the rock before the copy";
    sink.add(std::move(finding));
  }
}

}  // namespace rockstage::verify
