#include "lint/lint.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "cargo/inspect.hpp"
#include "cli/commands/commands.hpp"
#include "cli/prepare.hpp"
#include "cli/report_formats.hpp"
#include "cli/verify_options.hpp"
#include "report/findings.hpp"
#include "verify/policy.hpp"

namespace rockstage::cli {
namespace {

verify::Report as_verify(const Prepared& prepared, Findings findings) {
  std::vector<std::string> luas;
  for (const auto lua : prepared.options.luas)
    luas.push_back(lua::to_string(lua));
  verify::PlatformReport judged;
  judged.runtime = text::join(luas, ",");
  judged.findings = std::move(findings);
  std::vector<std::string> rules;
  for (const auto& rule : all_rules())
    if (std::string_view(rule.name).starts_with(kLintRulePrefix)) rules.emplace_back(rule.name);
  return report_of(prepared.rock.directory, std::move(judged), rules);
}

}  // namespace

Result<Outcome> command_lint(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto reporting, report_options(invocation));
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

  return write_reports(reporting,
                       {"lint",
                        as_verify(prepared, findings),
                        {{"rock", prepared.rock.spec.name},
                         {"version", prepared.rock.spec.version},
                         {"findings", report::findings_data(findings)}},
                        report::findings_text(findings)});
}

}  // namespace rockstage::cli
