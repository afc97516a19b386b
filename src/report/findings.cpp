#include "report/findings.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::report {
namespace {

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// Escapes of workflow commands (actions/toolkit, command.ts).
std::string github_escape(std::string text) {
  text = text::replace_all(std::move(text), "%", "%25");
  text = text::replace_all(std::move(text), "\r", "%0D");
  return text::replace_all(std::move(text), "\n", "%0A");
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

std::string findings_text(const Findings& findings) {
  auto sorted = findings;
  std::ranges::stable_sort(sorted, std::greater<>{}, &Finding::severity);
  std::string out;
  std::size_t counts[3] = {};
  for (const auto& finding : sorted) {
    ++counts[static_cast<std::size_t>(finding.severity)];
    out += fmt::format("{}: {}", to_string(finding.severity), finding.rule);
    if (!finding.path.empty()) out += fmt::format(": {}", finding.path);
    out += fmt::format("\n  {}\n", finding.message);
    if (!finding.fix.empty()) out += fmt::format("  fix: {}\n", finding.fix);
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
    const char* level = finding.severity == Severity::note ? "notice" : to_string(finding.severity);
    auto message = finding.message;
    if (!finding.fix.empty()) message += "\nfix: " + finding.fix;
    const auto file =
        finding.path.empty()
            ? std::string()
            : fmt::format("file={},", github_escape(text::replace_all(finding.path, ",", "%2C")));
    out += fmt::format("::{} {}title={}::{}\n",
                       level,
                       file,
                       finding.rule,
                       github_escape(text::escape_for_terminal(message)));
  }
  return out;
}

nlohmann::json findings_data(const Findings& findings) {
  auto out = nlohmann::json::array();
  for (const auto& finding : findings)
    out.push_back({{"rule", finding.rule},
                   {"severity", to_string(finding.severity)},
                   {"path", finding.path.empty() ? nlohmann::json() : nlohmann::json(finding.path)},
                   {"message", finding.message},
                   {"evidence", finding.evidence},
                   {"fix", finding.fix.empty() ? nlohmann::json() : nlohmann::json(finding.fix)}});
  return out;
}

}  // namespace rockstage::report
