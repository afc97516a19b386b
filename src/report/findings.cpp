#include "report/findings.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::report {
namespace {

/// Escapes of workflow commands (actions/toolkit, command.ts).
std::string github_escape(std::string text) {
  text = text::replace_all(std::move(text), "%", "%25");
  text = text::replace_all(std::move(text), "\r", "%0D");
  return text::replace_all(std::move(text), "\n", "%0A");
}

/// A property's value: the separators are escaped too.
std::string github_property(std::string_view text) {
  auto escaped = github_escape(text::escape_for_terminal(text));
  escaped = text::replace_all(std::move(escaped), ":", "%3A");
  return text::replace_all(std::move(escaped), ",", "%2C");
}

}  // namespace

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "note";
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string finding_text(const Finding& finding) {
  auto out = fmt::format("{}: {}", to_string(finding.severity), finding.rule);
  if (!finding.path.empty()) out += fmt::format(": {}", finding.path);
  if (finding.layer) {
    out += fmt::format(" (layer {}", finding.layer->index);
    if (!finding.layer->created_by.empty()) out += fmt::format(": {}", finding.layer->created_by);
    out += ")";
  }
  out += fmt::format("\n  {}\n", finding.message);
  if (!finding.fix.empty()) out += fmt::format("  fix: {}\n", finding.fix);
  if (finding.waived) {
    out += fmt::format("  waived: {}", finding.waived->reason);
    if (!finding.waived->expires.empty())
      out += fmt::format(" (until {})", finding.waived->expires);
    out += "\n";
  }
  return out;
}

std::string findings_text(const Findings& findings) {
  auto sorted = findings;
  std::ranges::stable_sort(sorted, std::greater<>{}, &Finding::severity);
  std::string out;
  std::uint64_t counts[3] = {};
  for (const auto& finding : sorted) {
    ++counts[static_cast<std::size_t>(finding.severity)];
    out += finding_text(finding);
  }
  out += fmt::format("{}, {}, {}\n",
                     counted(counts[2], "error"),
                     counted(counts[1], "warning"),
                     counted(counts[0], "note"));
  return text::escape_for_terminal(out);
}

std::string findings_github(const Findings& findings) {
  std::string out;
  for (const auto& finding : findings) {
    if (finding.waived) continue;
    const char* level = finding.severity == Severity::note ? "notice" : to_string(finding.severity);
    auto message = finding.message;
    if (!finding.fix.empty()) message += "\nfix: " + finding.fix;
    const auto file = finding.path.empty() ? std::string()
                                           : fmt::format("file={},", github_property(finding.path));
    out += fmt::format("::{} {}title={}::{}\n",
                       level,
                       file,
                       github_property(finding.rule),
                       github_escape(text::escape_for_terminal(message)));
  }
  return out;
}

nlohmann::json evidence_data(const Evidence& evidence) {
  auto out = nlohmann::json::object();
  for (const auto& [name, value] : evidence)
    std::visit([&out, &key = name](const auto& held) { out[key] = held; }, value);
  return out;
}

nlohmann::json findings_data(const Findings& findings) {
  auto out = nlohmann::json::array();
  for (const auto& finding : findings)
    out.push_back({{"rule", finding.rule},
                   {"severity", to_string(finding.severity)},
                   {"path", finding.path.empty() ? nlohmann::json() : nlohmann::json(finding.path)},
                   {"message", finding.message},
                   {"evidence", evidence_data(finding.evidence)},
                   {"fix", finding.fix.empty() ? nlohmann::json() : nlohmann::json(finding.fix)}});
  return out;
}

}  // namespace rockstage::report
