#include "verify/policy.hpp"

#include "base/rules.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

bool is_date(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  }
  const auto month = text.substr(5, 2);
  const auto day = text.substr(8, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

std::string why_refused(const PolicyWaiver& waiver, const std::string& today) {
  if (waiver.reason.empty()) return "gives no reason";
  if (waiver.expires.empty()) return {};
  if (!is_date(waiver.expires)) return "has a date that cannot be read: '" + waiver.expires + "'";
  if (waiver.expires < today) return "expired on " + waiver.expires;
  return {};
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

std::optional<Severity> level_of(const Request& request,
                                 const std::string& rule,
                                 Severity severity) {
  if (const auto level = request.policy.levels.find(rule); level != request.policy.levels.end())
    return level->second;
  if (request.strict && rule == rules::unexpected_file) return Severity::error;
  if (request.strict && rule == rules::c_toolchain) return Severity::warning;
  return severity;
}

PolicyUse::PolicyUse(const Request& request)
    : request_(request), used_(request.policy.waivers.size()) {
  for (const auto& waiver : request.policy.waivers)
    refused_.push_back(why_refused(waiver, request.today));
}

void PolicyUse::apply(Findings& findings) {
  std::erase_if(findings, [&](Finding& finding) {
    const auto level = level_of(request_, finding.rule, finding.severity);
    if (level) finding.severity = *level;
    return !level;
  });
  for (auto& finding : findings) {
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const auto& waiver = request_.policy.waivers[i];
      if (waiver.rule != finding.rule) continue;
      if (!waiver.path.empty() && !matches(waiver.path, finding.path)) continue;
      used_[i] = true;
      if (refused_[i].empty() && !finding.waived)
        finding.waived = Waiver{waiver.reason, waiver.expires};
    }
  }
}

Findings PolicyUse::unused() const {
  Findings findings;
  const auto level = level_of(request_, rules::waiver_unused, Severity::warning);
  if (!level) return findings;
  for (std::size_t i = 0; i < used_.size(); ++i) {
    if (used_[i] && refused_[i].empty()) continue;
    const auto& waiver = request_.policy.waivers[i];
    Finding finding;
    finding.rule = rules::waiver_unused;
    finding.severity = *level;
    const std::string what =
        "the waiver of " + waiver.rule + (waiver.path.empty() ? "" : " for '" + waiver.path + "'");
    finding.message = what + " " + (refused_[i].empty() ? "matches nothing" : refused_[i]);
    finding.evidence = {{"rule", waiver.rule}, {"path", waiver.path}, {"reason", waiver.reason}};
    finding.fix = refused_[i].empty() ? "remove it from the policy"
                                      : "fix what it waives, or renew the waiver in the policy";
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace rockstage::verify
