#include "base/text.hpp"
#include "report/findings.hpp"
#include "report/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace rockstage::report {
namespace {

using verify::PlatformReport;
using verify::RuleState;

std::string name_of(const PlatformReport& platform) {
  if (platform.platform.empty()) return platform.runtime;
  if (platform.runtime.empty()) return platform.platform;
  return fmt::format("{}, {}", platform.platform, platform.runtime);
}

std::string size_line(const PlatformReport& platform) {
  return fmt::format("{}: {}, {}, {}",
                     name_of(platform),
                     counted(platform.files, "file"),
                     counted(platform.links, "link"),
                     counted(platform.elf, "ELF object"));
}

std::string block(const std::string& title, const Findings& findings) {
  auto out = title + "\n";
  for (const auto& finding : findings)
    out += "\n" + finding_text(finding);
  return out + "\n";
}

/// What makes two findings of different runtimes the same.
std::tuple<std::string, std::string, std::string, Severity> identity(const Finding& finding) {
  return {finding.rule, finding.path, finding.message, finding.severity};
}

/// The findings that every record has.
Findings shared_findings(const std::vector<PlatformReport>& platforms) {
  std::map<decltype(identity({})), std::size_t> seen;
  for (const auto& platform : platforms) {
    std::set<decltype(identity({}))> own;
    for (const auto& finding : platform.findings)
      own.insert(identity(finding));
    for (const auto& one : own)
      ++seen[one];
  }
  Findings out;
  for (const auto& finding : platforms.front().findings)
    if (seen[identity(finding)] == platforms.size()) out.push_back(finding);
  return out;
}

std::string outcome(const PlatformReport& platform) {
  const auto counts = [](const Finding& finding) {
    return finding.severity == Severity::error && !finding.waived;
  };
  const auto errors = std::ranges::count_if(platform.findings, counts);
  if (errors == 0) return "ok";
  const auto& first = *std::ranges::find_if(platform.findings, counts);
  // Most messages begin with the path.
  const bool named = first.path.empty() || first.message.starts_with(first.path);
  return fmt::format("{:<10}{}{}",
                     counted(static_cast<std::uint64_t>(errors), "error"),
                     named ? std::string() : first.path + ": ",
                     first.message);
}

/// Where it loads and where not: a line for each platform and runtime.
std::string table(const std::vector<PlatformReport>& platforms) {
  std::size_t width = 0;
  for (const auto& platform : platforms)
    width = std::max(width, name_of(platform).size());
  std::string out;
  for (const auto& platform : platforms)
    out += fmt::format("{:<{}}  {}\n", name_of(platform), width, outcome(platform));
  return out;
}

bool several_runtimes(const verify::Report& report) {
  std::set<std::string> runtimes;
  for (const auto& platform : report.platforms)
    runtimes.insert(platform.runtime);
  return runtimes.size() > 1;
}

/// The rules that are off, each with what did it.
std::string off_rules(const verify::Report& report) {
  std::map<std::string, std::string> off;
  for (const auto& platform : report.platforms)
    for (const auto& rule : platform.rules)
      if (rule.state == RuleState::off) off[rule.rule] = rule.reason;
  std::vector<std::string> texts;
  for (const auto& [rule, reason] : off)
    texts.push_back(fmt::format("{} ({})", rule, reason));
  return text::join(texts, ", ");
}

std::string summary(const verify::Report& report) {
  auto out = fmt::format("{}, {}, {}",
                         counted(report.errors, "error"),
                         counted(report.warnings, "warning"),
                         counted(report.notes, "note"));
  if (report.waived > 0) out += fmt::format("; {} waived ({})", report.waived, report.policy_file);
  if (const auto off = off_rules(report); !off.empty()) out += "; off: " + off;
  return out + "\n";
}

}  // namespace

std::string verify_text(const verify::Report& report) {
  std::string out;
  if (several_runtimes(report)) {
    const auto shared = shared_findings(report.platforms);
    if (!shared.empty()) out += block("with every runtime:", shared);
    out += table(report.platforms) + "\n";
  } else {
    for (const auto& platform : report.platforms)
      out += block(size_line(platform), platform.findings);
  }
  if (report.incomplete)
    out += fmt::format("not read to its end: {}\n", report.incomplete->message);
  return text::escape_for_terminal(out + summary(report));
}

}  // namespace rockstage::report
