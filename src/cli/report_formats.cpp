#include "cli/report_formats.hpp"

#include "base/text.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {

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

Result<void> write_reports(const std::vector<ReportFormat>& formats,
                           const std::function<std::string(const std::string& form)>& render,
                           std::string& text) {
  for (const auto& format : formats) {
    const auto rendered = render(format.form);
    if (format.file.empty())
      text += rendered;
    else
      RS_TRY(sys::write_output(format.file, rendered));
  }
  return {};
}

}  // namespace rockstage::cli
