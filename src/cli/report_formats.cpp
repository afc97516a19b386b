#include "cli/report_formats.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "report/verify.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {
namespace {

Result<std::vector<ReportFormat>> report_formats(const Invocation& invocation) {
  const std::vector<std::string> known = {"github", "json", "junit", "sarif", "text"};
  std::vector<ReportFormat> out;
  for (const auto& value : invocation.list("format")) {
    const auto equals = value.find('=');
    ReportFormat format{value.substr(0, equals),
                        equals == std::string::npos ? std::string() : value.substr(equals + 1)};
    if (std::ranges::find(known, format.form) == known.end())
      return fail(
          Errc::usage,
          fmt::format("unknown format '{}'{}", format.form, text::did_you_mean(format.form, known)),
          "text, json, junit, sarif and github exist");
    if (equals != std::string::npos && format.file.empty())
      return fail(Errc::usage,
                  fmt::format("--format {} names no file", value),
                  fmt::format("e.g. --format {}=report", format.form));
    out.push_back(std::move(format));
  }
  return out;
}

Result<std::optional<Severity>> fail_threshold(const Invocation& invocation) {
  const auto text = invocation.single("fail-on");
  if (text == "error") return Severity::error;
  if (text == "warning") return Severity::warning;
  if (text == "note") return Severity::note;
  if (text == "never") return std::nullopt;
  const std::vector<std::string> known = {"error", "never", "note", "warning"};
  return fail(Errc::usage,
              fmt::format("--fail-on takes error, warning, note or never, not '{}'{}",
                          text,
                          text::did_you_mean(text, known)));
}

std::string render(const std::string& form,
                   const Judgement& judgement,
                   std::optional<Severity> fail_on) {
  if (form == "json") return to_json_line(judgement.data) + "\n";
  if (form == "junit") return report::verify_junit(judgement.report, fail_on);
  if (form == "sarif") return report::verify_sarif(judgement.report, judgement.command);
  if (form == "github") return report::verify_github(judgement.report);
  return judgement.text;
}

/// Whether a finding that is not waived is at or above `fail_on`.
bool fails(const verify::Report& report, std::optional<Severity> fail_on) {
  const auto counts = [fail_on](const Finding& finding) {
    return fail_on && !finding.waived && finding.severity >= *fail_on;
  };
  return std::ranges::any_of(report.platforms, [&counts](const verify::PlatformReport& platform) {
    return std::ranges::any_of(platform.findings, counts);
  });
}

}  // namespace

Result<ReportOptions> report_options(const Invocation& invocation) {
  ReportOptions options;
  RS_TRY_ASSIGN(options.formats, report_formats(invocation));
  RS_TRY_ASSIGN(options.fail_on, fail_threshold(invocation));
  return options;
}

verify::Report report_of(std::string subject,
                         verify::PlatformReport runtime,
                         const std::vector<std::string>& rules) {
  for (const auto& rule : rules)
    runtime.rules.push_back({rule, verify::RuleState::checked, {}});
  verify::Report report;
  report.subject = std::move(subject);
  report.platforms.push_back(std::move(runtime));
  return report;
}

Result<Outcome> write_reports(const ReportOptions& options, Judgement judgement) {
  Outcome outcome;
  if (judgement.report.incomplete)
    outcome.exit = 4;
  else if (fails(judgement.report, options.fail_on))
    outcome.exit = 3;
  for (const auto& format : options.formats) {
    const auto rendered = render(format.form, judgement, options.fail_on);
    if (format.file.empty())
      outcome.text += rendered;
    else
      RS_TRY(sys::write_output(format.file, rendered));
  }
  outcome.data = std::move(judgement.data);
  return outcome;
}

}  // namespace rockstage::cli
