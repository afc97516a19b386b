#include "verify/context.hpp"

#include "base/rules.hpp"

namespace rockstage::verify {

using tree::kNoPath;

const tree::Entry& Context::entry(tree::Origin origin) const {
  static const tree::Entry kImplied = {.size = 0, .mode = 0755, .kind = tree::EntryKind::directory};
  if (!origin.present() || origin.implied()) return kImplied;
  return subject.listings[platform.layers[origin.layer].listing].entries[origin.entry];
}

const FileFacts* Context::facts(tree::Origin origin) const {
  if (!origin.present() || origin.implied()) return nullptr;
  return collector.facts(platform.layers[origin.layer].listing, origin.entry);
}

std::optional<FindingLayer> Context::layer(tree::Origin origin) const {
  if (!origin.present()) return std::nullopt;
  return layer(std::size_t{origin.layer});
}

std::optional<FindingLayer> Context::layer(std::size_t index) const {
  if (!platform.config || index >= platform.layers.size()) return std::nullopt;
  const auto& layer = platform.layers[index];
  return FindingLayer{index, layer.digest, layer.created_by};
}

const std::string* Context::text(std::string_view path) const {
  const auto id = resolver.resolve(path);
  if (id == kNoPath) return nullptr;
  const auto* found = facts(platform.view.at(id));
  return found == nullptr || found->text.empty() ? nullptr : &found->text;
}

Finding Context::finding(const char* rule, tree::PathId path, tree::Origin origin) const {
  Finding finding;
  finding.rule = rule;
  finding.path = this->path(path);
  if (const auto* info = find_rule(rule)) finding.severity = info->severity;
  finding.layer = layer(origin);
  return finding;
}

void Sink::not_judged(std::string rule, std::string path, std::string reason) {
  undecided_.push_back({std::move(rule), std::move(path), std::move(reason)});
}

bool is_bare_tree(const tree::Subject& subject, const tree::Platform& platform) {
  if (subject.kind != tree::SubjectKind::directory && subject.kind != tree::SubjectKind::tarball)
    return false;
  for (const char* top : {"share/lua", "lib/lua", "lib/luarocks"}) {
    const auto path = subject.paths->find(top);
    if (path != kNoPath && platform.view.at(path).present()) return true;
  }
  return false;
}

}  // namespace rockstage::verify
