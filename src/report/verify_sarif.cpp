#include "base/json.hpp"
#include "base/rules.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "report/findings.hpp"
#include "report/verify.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace rockstage::report {
namespace {

using nlohmann::json;
using verify::PlatformReport;

constexpr const char* kProject = "https://github.com/rockstage/rockstage";
constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

json message(const std::string& text) {
  return {{"text", text::escape_for_terminal(text)}};
}

/// A relative reference of RFC 3986: everything but unreserved characters and `/` is encoded.
std::string relative_uri(std::string_view path) {
  while (path.starts_with('/'))
    path.remove_prefix(1);
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                       || std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// GitHub shows results with a place only: what is about the whole is placed at the subject.
std::string uri_of(const Finding& finding, const std::string& subject) {
  if (!finding.path.empty()) return relative_uri(finding.path);
  if (subject.empty() || subject == "-") return "stdin";
  const auto name = subject.substr(subject.rfind('/') + 1);
  return name.empty() || name == "." ? "subject" : relative_uri(name);
}

/// GitHub sorts findings of security tools by this number: 9 and above critical, 7 and above high.
const char* security_severity(std::string_view rule) {
  if (rule == rules::credential) return "9.0";
  const bool rust = rule.starts_with("rust-") && rule != rules::rust_provenance;
  if (rust || rule == rules::build_backend_rock) return "7.0";
  if (rule == rules::archive_ambiguous || rule == rules::archive_path
      || rule == rules::image_digest)
    return "8.0";
  return nullptr;
}

json rule_descriptor(const RuleInfo& rule, const std::string& command) {
  json properties = {{"tags", json::array({"lua", "rust"})}};
  if (const char* security = security_severity(rule.name); security != nullptr) {
    properties["tags"].push_back("security");
    properties["security-severity"] = security;
  }
  return {{"id", rule.name},
          {"name", rule.name},
          {"shortDescription", message(rule.summary)},
          {"fullDescription", message(rule.explanation)},
          {"help", message(rule.explanation)},
          {"helpUri", fmt::format("{}/blob/main/docs/commands/{}.md", kProject, command)},
          {"defaultConfiguration", {{"level", to_string(rule.severity)}}},
          {"properties", std::move(properties)}};
}

/// Positions of rules in `tool.driver.rules`: all that were looked at or that found something.
std::map<std::string, std::size_t> rule_positions(const PlatformReport& platform) {
  std::map<std::string, std::size_t> out;
  const auto add = [&out](const std::string& rule) {
    if (find_rule(rule) != nullptr) out.try_emplace(rule, 0);
  };
  for (const auto& rule : platform.rules)
    add(rule.rule);
  for (const auto& finding : platform.findings)
    add(finding.rule);
  std::size_t next = 0;
  for (auto& [rule, position] : out)
    position = next++;
  return out;
}

json result_of(const Finding& finding,
               const std::map<std::string, std::size_t>& positions,
               const std::string& subject) {
  auto text = finding.message;
  if (!finding.fix.empty()) text += "\nfix: " + finding.fix;
  json out = {{"ruleId", finding.rule},
              {"level", to_string(finding.severity)},
              {"message", message(text)},
              {"locations",
               json::array({{{"physicalLocation",
                              {{"artifactLocation", {{"uri", uri_of(finding, subject)}}},
                               {"region", {{"startLine", 1}}}}}}})},
              {"partialFingerprints", {{"rockstageFinding/v1", verify::fingerprint(finding)}}},
              {"properties", {{"evidence", evidence_data(finding.evidence)}}}};
  if (const auto found = positions.find(finding.rule); found != positions.end())
    out["ruleIndex"] = found->second;
  if (finding.layer) out["properties"]["layer"] = finding.layer->digest;
  out["suppressions"] = json::array();
  if (finding.waived)
    out["suppressions"].push_back(
        {{"kind", "external"}, {"status", "accepted"}, {"justification", finding.waived->reason}});
  return out;
}

/// `rockstage-verify/linux/amd64/apisix-debian/`: what precedes the last slash is the category by
/// which GitHub tells the runs of one commit apart.
std::string category(const PlatformReport& platform, const std::string& command) {
  auto id = "rockstage-" + command + "/";
  for (const auto* part : {&platform.platform, &platform.runtime})
    if (!part->empty()) id += *part + "/";
  return id;
}

json invocation_of(const verify::Report& report) {
  json out = {{"executionSuccessful", !report.incomplete.has_value()}};
  if (report.incomplete)
    out["toolExecutionNotifications"] =
        json::array({{{"level", "error"}, {"message", message(report.incomplete->message)}}});
  return out;
}

json run_of(const PlatformReport& platform,
            const verify::Report& report,
            const std::string& command) {
  const auto positions = rule_positions(platform);
  auto descriptors = json::array();
  for (const auto& [rule, position] : positions)
    descriptors.push_back(rule_descriptor(*find_rule(rule), command));
  auto results = json::array();
  for (const auto& finding : platform.findings)
    results.push_back(result_of(finding, positions, report.subject));
  return {{"tool",
           {{"driver",
             {{"name", "rockstage"},
              {"semanticVersion", std::string(version())},
              {"informationUri", kProject},
              {"rules", std::move(descriptors)}}}}},
          {"automationDetails", {{"id", category(platform, command)}}},
          {"invocations", json::array({invocation_of(report)})},
          {"columnKind", "utf16CodeUnits"},
          {"results", std::move(results)}};
}

}  // namespace

std::string verify_sarif(const verify::Report& report, const std::string& command) {
  auto runs = json::array();
  for (const auto& platform : report.platforms)
    runs.push_back(run_of(platform, report, command));
  // A subject of which nothing could be read still has to say so.
  if (runs.empty()) runs.push_back(run_of({}, report, command));
  return to_json_line({{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", std::move(runs)}})
         + "\n";
}

}  // namespace rockstage::report
