#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"
#include "cli/types.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What `verify` and `lint` have in common: --format, --fail-on.
namespace rockstage::cli {

/// Names of lint's rules begin so (docs/commands/lint.md); all others are verify's.
inline constexpr std::string_view kLintRulePrefix = "rock-";

/// One `--format FORM[=FILE]`.
struct ReportFormat {
  std::string form;  ///< text, json, junit, sarif or github
  std::string file;  ///< empty: stdout
};

/// Errc::usage with the nearest name for an unknown form.
Result<std::vector<ReportFormat>> report_formats(const Invocation& invocation);

/// The least severity that makes exit code 3; nullopt for `never`. Errc::usage for anything else.
Result<std::optional<Severity>> fail_threshold(const Invocation& invocation);

/// Renders each form: into its file, written whole or not at all, else behind `text`.
Result<void> write_reports(const std::vector<ReportFormat>& formats,
                           const std::function<std::string(const std::string& form)>& render,
                           std::string& text);

}  // namespace rockstage::cli
