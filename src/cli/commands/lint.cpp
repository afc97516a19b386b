#include "lint/lint.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/prepare.hpp"
#include "report/findings.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {
namespace {

struct Format {
  std::string form, file;
};

Result<std::vector<Format>> formats(const std::vector<std::string>& given) {
  std::vector<Format> out;
  for (const auto& value : given) {
    const auto equals = value.find('=');
    Format format{value.substr(0, equals),
                  equals == std::string::npos ? std::string() : value.substr(equals + 1)};
    if (format.form == "junit" || format.form == "sarif")
      return fail(Errc::unsupported,
                  fmt::format("--format {} does not exist yet", format.form),
                  "text, json and github do");
    const std::vector<std::string> known = {"github", "json", "text"};
    if (std::ranges::find(known, format.form) == known.end())
      return fail(
          Errc::usage,
          fmt::format("unknown format '{}'{}", format.form, text::did_you_mean(format.form, known)),
          "text, json and github exist");
    out.push_back(std::move(format));
  }
  return out;
}

/// The least severity that makes exit code 3; nullopt for `never`.
Result<std::optional<Severity>> threshold(const std::string& text) {
  if (text == "error") return Severity::error;
  if (text == "warning") return Severity::warning;
  if (text == "note") return Severity::note;
  if (text == "never") return std::nullopt;
  return fail(Errc::usage,
              fmt::format("--fail-on takes error, warning, note or never, not '{}'", text));
}

std::string render(const std::string& form, const Findings& findings, const nlohmann::json& data) {
  if (form == "json") return to_json_line(data) + "\n";
  if (form == "github") return report::findings_github(findings);
  return report::findings_text(findings);
}

}  // namespace

Result<Outcome> command_lint(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto wanted, formats(invocation.list("format")));
  RS_TRY_ASSIGN(const auto fail_on, threshold(invocation.single("fail-on")));
  RS_TRY_ASSIGN(
      const auto prepared,
      prepare(invocation, ProjectDefaults::ignore, OnMissingToolchain::keep, io, diagnostics));

  lint::Request request;
  request.inputs = prepared.inputs();
  request.options = prepared.options;
  if (prepared.toolchain_problem) request.toolchain_error = prepared.toolchain_problem->message;
  const auto findings = lint::run(request);

  const auto at_or_above = [&](const Finding& finding) {
    return fail_on && finding.severity >= *fail_on;
  };
  Outcome outcome{.exit = std::ranges::any_of(findings, at_or_above) ? 3 : 0};
  outcome.data = {{"rock", prepared.rock.spec.name},
                  {"version", prepared.rock.spec.version},
                  {"findings", report::findings_data(findings)}};
  for (const auto& format : wanted) {
    const auto text = render(format.form, findings, outcome.data);
    if (format.file.empty())
      outcome.text += text;
    else
      RS_TRY(sys::write_file_atomic(format.file, text));
  }
  return outcome;
}

}  // namespace rockstage::cli
