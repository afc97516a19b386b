#include "base/version.hpp"
#include "report/findings.hpp"
#include "report/verify.hpp"

#include <nlohmann/json.hpp>

namespace rockstage::report {
namespace {

nlohmann::json null_or(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

const char* to_string(verify::RuleState state) {
  switch (state) {
    case verify::RuleState::checked:
      return "checked";
    case verify::RuleState::not_judged:
      return "not-judged";
    case verify::RuleState::off:
      return "off";
  }
  return "checked";
}

nlohmann::json layer_data(const std::optional<FindingLayer>& layer) {
  if (!layer) return {};
  return {{"index", layer->index},
          {"digest", null_or(layer->digest)},
          {"created_by", null_or(layer->created_by)}};
}

nlohmann::json waived_data(const std::optional<Waiver>& waived) {
  if (!waived) return {};
  return {{"reason", waived->reason}, {"expires", null_or(waived->expires)}};
}

nlohmann::json findings_with_layers(const Findings& findings) {
  auto out = findings_data(findings);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    out[i]["layer"] = layer_data(findings[i].layer);
    out[i]["fingerprint"] = verify::fingerprint(findings[i]);
    out[i]["waived"] = waived_data(findings[i].waived);
  }
  return out;
}

nlohmann::json rules_data(const std::vector<verify::RuleStatus>& rules) {
  auto out = nlohmann::json::array();
  for (const auto& rule : rules)
    out.push_back(
        {{"rule", rule.rule}, {"status", to_string(rule.state)}, {"reason", null_or(rule.reason)}});
  return out;
}

}  // namespace

nlohmann::json verify_data(const verify::Report& report) {
  auto platforms = nlohmann::json::array();
  for (const auto& platform : report.platforms)
    platforms.push_back({{"platform", null_or(platform.platform)},
                         {"manifest_digest", null_or(platform.manifest_digest)},
                         {"runtime", null_or(platform.runtime)},
                         {"files", platform.files},
                         {"links", platform.links},
                         {"bytes", platform.bytes},
                         {"elf", platform.elf},
                         {"rules", rules_data(platform.rules)},
                         {"findings", findings_with_layers(platform.findings)}});
  nlohmann::json policy;
  if (!report.policy_file.empty())
    policy = {{"file", report.policy_file}, {"sha256", report.policy_sha256}};
  return {{"subject", report.subject},
          {"kind", null_or(report.kind)},
          {"digest", null_or(report.digest)},
          {"tool", {{"version", std::string(version())}}},
          {"policy", std::move(policy)},
          {"platforms", std::move(platforms)},
          {"summary",
           {{"errors", report.errors},
            {"warnings", report.warnings},
            {"notes", report.notes},
            {"waived", report.waived}}}};
}

}  // namespace rockstage::report
