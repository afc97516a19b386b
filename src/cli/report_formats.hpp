#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"
#include "cli/types.hpp"
#include "verify/types.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What `verify`, `lint` and `smoke` have in common: --format, --fail-on, the forms of a report.
namespace rockstage::cli {

/// Names of lint's rules begin so (docs/commands/lint.md); all others are verify's.
inline constexpr std::string_view kLintRulePrefix = "rock-";

/// One `--format FORM[=FILE]`.
struct ReportFormat {
  std::string form;  ///< text, json, junit, sarif or github
  std::string file;  ///< empty: stdout
};

/// How a command that judges reports.
struct ReportOptions {
  std::vector<ReportFormat> formats;
  std::optional<Severity> fail_on;  ///< the least severity that makes exit code 3; unset: none does
};

/// --format and --fail-on. Errc::usage with the nearest name for a word that is not known.
Result<ReportOptions> report_options(const Invocation& invocation);

/// What a command that judges found, for every form.
struct Judgement {
  std::string command;  ///< "verify"
  verify::Report report;
  nlohmann::json data;  ///< the record of the form json, and of --json
  std::string text;     ///< for people
};

/// A report of one runtime, for which each of `rules` was looked at.
verify::Report report_of(std::string subject,
                         verify::PlatformReport runtime,
                         const std::vector<std::string>& rules);

/// Renders each form: into its file, written whole or not at all, else into the outcome's text. The
/// exit code is 4 where the subject could not be read to its end, else 3 for a finding at or above
/// --fail-on that is not waived.
Result<Outcome> write_reports(const ReportOptions& options, Judgement judgement);

}  // namespace rockstage::cli
