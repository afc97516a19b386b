#include "verify/judge.hpp"

#include "base/rules.hpp"
#include "digest/digest.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace rockstage::verify {
namespace {

using tree::EntryKind;

void count_entries(const Context& context, PlatformReport& report) {
  for (const auto& node : context.platform.view.nodes()) {
    if (node.origin.implied()) continue;
    const auto& entry = context.entry(node.origin);
    if (entry.kind == EntryKind::symlink) ++report.links;
    if (entry.kind != EntryKind::file) continue;
    ++report.files;
    report.bytes += entry.size;
    const auto* facts = context.facts(node.origin);
    if (facts != nullptr && facts->content == Content::elf) ++report.elf;
  }
}

/// One finding a rule, with all its reasons.
void add_not_judged(const std::vector<Sink::Undecided>& undecided, Findings& findings) {
  struct Merged {
    std::vector<std::string> reasons;
    std::vector<std::string> paths;
  };

  std::map<std::string, Merged> by_rule;
  for (const auto& one : undecided) {
    auto& merged = by_rule[one.rule];
    if (std::ranges::find(merged.reasons, one.reason) == merged.reasons.end())
      merged.reasons.push_back(one.reason);
    if (!one.path.empty() && std::ranges::find(merged.paths, one.path) == merged.paths.end())
      merged.paths.push_back(one.path);
  }
  for (auto& [rule, merged] : by_rule) {
    Finding finding;
    finding.rule = rules::not_judged;
    finding.severity = Severity::warning;
    if (merged.paths.size() == 1) finding.path = merged.paths.front();
    finding.message = rule + " could not be decided";
    if (merged.paths.size() > 1)
      finding.message += " for " + std::to_string(merged.paths.size()) + " files";
    finding.message += ": " + merged.reasons.front();
    if (merged.reasons.size() > 1)
      finding.message += " (and " + std::to_string(merged.reasons.size() - 1) + " more reasons)";
    finding.evidence = {{"rule", rule}, {"reasons", merged.reasons}, {"paths", merged.paths}};
    finding.fix = "verify the image that will run it, or name it with --against IMAGE";
    findings.push_back(std::move(finding));
  }
}

void add_empty_subject(const Context& context, const PlatformReport& report, Findings& findings) {
  if (report.files != 0 || report.links != 0 || context.subject.incomplete) return;
  Finding finding;
  finding.rule = rules::empty_subject;
  finding.severity = Severity::error;
  finding.message = "there is no file in '" + context.request.subject + "'";
  finding.fix = "name the tree or image that was built; a check of nothing never passes";
  findings.push_back(std::move(finding));
}

/// What the base image brought itself is not ours to mend; Rust in it is.
void lower_base_findings(const Context& context, Findings& findings) {
  if (context.base == nullptr) return;
  const auto base_layers = context.base->layers.size();
  for (auto& finding : findings) {
    if (!finding.layer) continue;
    const bool theirs = finding.layer->index < base_layers;
    finding.evidence["origin"] = std::string(theirs ? "base" : "ours");
    const bool rust_free =
        finding.rule.starts_with("rust-") && finding.rule != rules::rust_provenance;
    if (theirs && !rust_free) finding.severity = Severity::note;
  }
}

/// Rules that no family decides, but this file and its neighbours.
constexpr const char* kOwnRules[] = {
    rules::empty_subject, rules::module_missing, rules::not_judged, rules::waiver_unused};

std::vector<RuleStatus> statuses(const Context& context,
                                 const std::vector<Sink::Undecided>& undecided) {
  std::map<std::string, RuleStatus> by_rule;
  for (const auto& family : rule_families())
    for (const auto& rule : family.rules)
      by_rule[rule] = {rule, RuleState::checked, {}};
  for (const char* rule : kOwnRules)
    by_rule[rule] = {rule, RuleState::checked, {}};
  for (const auto& one : undecided) {
    const auto found = by_rule.find(one.rule);
    if (found == by_rule.end() || found->second.state != RuleState::checked) continue;
    found->second.state = RuleState::not_judged;
    found->second.reason = one.reason;
  }
  const auto& policy = context.request.policy;
  for (auto& [rule, status] : by_rule) {
    const auto level = policy.levels.find(rule);
    if (level == policy.levels.end() || level->second) continue;
    status.state = RuleState::off;
    const auto origin = policy.level_origin.find(rule);
    status.reason = origin == policy.level_origin.end() ? policy.file : origin->second;
  }
  std::vector<RuleStatus> all;
  for (auto& [rule, status] : by_rule)
    all.push_back(std::move(status));
  return all;
}

}  // namespace

PlatformReport judge(const Context& context, const std::string& undetermined, PolicyUse& policy) {
  PlatformReport report;
  report.platform = context.target.platform();
  report.manifest_digest = context.platform.manifest_digest;
  report.runtime = context.target.profile().name;
  count_entries(context, report);

  Sink sink;
  if (!undetermined.empty()) sink.not_judged(rules::lua_abi, "", undetermined);
  for (const auto& family : rule_families())
    family.check(context, sink);
  auto findings = sink.take();
  check_required_modules(context, findings);
  add_not_judged(sink.undecided(), findings);
  add_empty_subject(context, report, findings);
  policy.apply(findings);
  lower_base_findings(context, findings);
  sort_findings(findings);
  report.findings = std::move(findings);
  report.rules = statuses(context, sink.undecided());
  return report;
}

void sort_findings(Findings& findings) {
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return std::tie(b.severity, a.rule, a.path, a.message)
           < std::tie(a.severity, b.rule, b.path, b.message);
  });
}

std::string fingerprint(const Finding& finding) {
  std::string about = finding.rule;
  about += '\0' + finding.path + '\0' + (finding.layer ? finding.layer->digest : std::string());
  for (const char* key : {"library", "symbol", "module", "rule", "kind"}) {
    const auto value = finding.evidence.find(key);
    if (value == finding.evidence.end()) continue;
    if (const auto* text = std::get_if<std::string>(&value->second)) about += '\0' + *text;
  }
  return digest::hex(digest::Algorithm::sha256, about);
}

}  // namespace rockstage::verify
