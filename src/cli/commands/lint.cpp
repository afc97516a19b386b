#include "lint/lint.hpp"

#include "base/json.hpp"
#include "base/rules.hpp"
#include "base/text.hpp"
#include "cargo/inspect.hpp"
#include "cli/commands/commands.hpp"
#include "cli/prepare.hpp"
#include "cli/report_formats.hpp"
#include "cli/verify_options.hpp"
#include "report/findings.hpp"
#include "report/verify.hpp"
#include "verify/policy.hpp"

#include <algorithm>

namespace rockstage::cli {
namespace {

/// What lint found in the form of `verify`, for the forms that both have.
verify::Report as_report(const Prepared& prepared, const Findings& findings) {
  verify::PlatformReport platform;
  platform.findings = findings;
  for (const auto& rule : all_rules())
    if (std::string_view(rule.name).starts_with(kLintRulePrefix))
      platform.rules.push_back({rule.name, verify::RuleState::checked, {}});
  std::vector<std::string> luas;
  for (const auto lua : prepared.options.luas)
    luas.push_back(lua::to_string(lua));
  platform.runtime = text::join(luas, ",");
  verify::Report report;
  report.subject = prepared.rock.directory;
  report.platforms.push_back(std::move(platform));
  return report;
}

}  // namespace

Result<Outcome> command_lint(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto wanted, report_formats(invocation));
  RS_TRY_ASSIGN(const auto fail_on, fail_threshold(invocation));
  verify::Request judging;
  const auto source = invocation.arguments.empty() ? "" : invocation.arguments.front();
  RS_TRY_ASSIGN(judging.policy, project_policy(invocation, source, io));
  RS_TRY_ASSIGN(
      const auto prepared,
      prepare(invocation, ProjectDefaults::ignore, OnMissingToolchain::keep, io, diagnostics));
  // A package that is not there would pass every rule.
  if (prepared.crate && !prepared.options.package.empty())
    RS_TRY(cargo::choose_package(prepared.crate->metadata, "", prepared.options.package));

  lint::Request request;
  request.inputs = prepared.inputs();
  request.options = prepared.options;
  if (prepared.toolchain_problem) request.toolchain_error = prepared.toolchain_problem->message;
  auto findings = lint::run(request);
  verify::PolicyUse(judging).apply(findings);

  const auto at_or_above = [&](const Finding& finding) {
    return fail_on && finding.severity >= *fail_on;
  };
  Outcome outcome{.exit = std::ranges::any_of(findings, at_or_above) ? 3 : 0};
  outcome.data = {{"rock", prepared.rock.spec.name},
                  {"version", prepared.rock.spec.version},
                  {"findings", report::findings_data(findings)}};
  const auto render = [&](const std::string& form) -> std::string {
    if (form == "json") return to_json_line(outcome.data) + "\n";
    if (form == "github") return report::findings_github(findings);
    if (form == "junit") return report::verify_junit(as_report(prepared, findings), fail_on);
    if (form == "sarif") return report::verify_sarif(as_report(prepared, findings), "lint");
    return report::findings_text(findings);
  };
  RS_TRY(write_reports(wanted, render, outcome.text));
  return outcome;
}

}  // namespace rockstage::cli
