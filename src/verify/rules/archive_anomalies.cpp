#include "base/rules.hpp"
#include "base/text.hpp"
#include "verify/rules/families.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

const char* fix_of(const std::string& rule) {
  if (rule == rules::archive_ambiguous)
    return "rebuild the image with a current builder; do not trust it";
  if (rule == rules::archive_path)
    return "write the archive again with names and links below its root";
  if (rule == rules::image_digest) return "pull or save the image again; do not trust it";
  if (rule == rules::platform_absent)
    return "save it with its platform (docker pull --platform) if it is to be verified too";
  return "rebuild the image so that no layer depends on the order or the links of another";
}

void take_over(const Findings& anomalies, std::optional<FindingLayer> layer, Sink& sink) {
  for (auto finding : anomalies) {
    // What the reader calls a note does no harm; everything else is as bad as its rule.
    const auto* rule = find_rule(finding.rule);
    if (rule != nullptr && finding.severity != Severity::note) finding.severity = rule->severity;
    if (layer) finding.layer = layer;
    if (finding.fix.empty()) finding.fix = fix_of(finding.rule);
    sink.add(std::move(finding));
  }
}

/// Where a link of a bare tree leads, as components below the tree; false when it leaves it.
bool stays_inside(const Context& context, tree::PathId link, std::string_view target) {
  if (target.starts_with('/')) {
    const auto& prefix = context.request.prefix;
    return target == prefix || target.starts_with(prefix.ends_with('/') ? prefix : prefix + "/");
  }
  auto depth = static_cast<std::ptrdiff_t>(std::ranges::count(context.path(link), '/'));
  for (const auto& part : text::split(target, '/')) {
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return false;
  }
  return true;
}

}  // namespace

void check_archive_anomalies(const Context& context, Sink& sink) {
  const auto& subject = context.subject;
  // What concerns the whole file is said once, and not for every platform.
  if (&context.platform == &subject.platforms.front()) take_over(subject.anomalies, {}, sink);
  take_over(context.platform.anomalies, {}, sink);
  for (std::size_t i = 0; i < context.platform.layers.size(); ++i)
    take_over(
        subject.listings[context.platform.layers[i].listing].anomalies, context.layer(i), sink);
}

void check_tree_links(const Context& context, Sink& sink) {
  if (context.is_image()) return;
  const auto& known = context.platform.anomalies;
  for (const auto& node : context.platform.view.nodes()) {
    const auto& entry = context.entry(node.origin);
    if (entry.kind != tree::EntryKind::symlink) continue;
    const auto target = context.subject.links->text(entry.target);
    if (stays_inside(context, node.path, target)) continue;
    auto finding = context.finding(rules::archive_path, node.path, node.origin);
    if (std::ranges::any_of(known, [&](const Finding& one) {
          return one.rule == finding.rule && one.path == finding.path;
        }))
      continue;
    finding.message = "'" + finding.path + "' is a link that leads out of the tree, to '"
                      + std::string(target) + "'";
    finding.evidence = {{"target", std::string(target)}};
    finding.fix = "put the file itself there, or a relative link inside the tree";
    sink.add(std::move(finding));
  }
}

}  // namespace rockstage::verify
