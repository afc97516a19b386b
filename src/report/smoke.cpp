#include "report/smoke.hpp"

#include "base/text.hpp"
#include "report/findings.hpp"
#include "verify/types.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::report {
namespace {

constexpr double kMegabyte = 1024.0 * 1024.0;

/// "12.3 MB"; empty when it is unknown.
std::string memory(std::uint64_t rss) {
  return rss == 0 ? std::string() : fmt::format("{:.1f} MB", static_cast<double>(rss) / kMegabyte);
}

bool was_run(const smoke::ModuleResult& result) {
  return result.module.kind != smoke::Module::Kind::ffi_library;
}

/// "textkit.core  ok  1.2 ms  4.5 MB", or through which module a library was loaded.
std::string module_line(const smoke::ModuleResult& result, std::size_t width) {
  constexpr double kMilliseconds = 1000;
  std::string details;
  if (!was_run(result)) {
    details = "FFI library";
    if (!result.module.wrappers.empty())
      details += ", loaded by " + text::join(result.module.wrappers, ", ");
  } else if (result.status == smoke::Status::ok) {
    details = fmt::format("{:>8.1f} ms  {:>9}", result.seconds * kMilliseconds, memory(result.rss));
  }
  auto line = fmt::format(
      "  {:<{}}  {:<7}  {}", result.module.name, width, smoke::to_string(result.status), details);
  line.resize(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string smoke_text(const smoke::Report& report) {
  std::size_t width = 0;
  for (const auto& result : report.modules)
    width = std::max(width, result.module.name.size());
  auto out = fmt::format("{} in {}\n", counted(report.modules.size(), "module"), report.runtime);
  for (const auto& result : report.modules)
    out += module_line(result, width);
  for (const auto& finding : report.findings)
    out += "\n" + finding_text(finding);
  const auto count = [&](Severity severity) {
    return static_cast<std::uint64_t>(
        std::ranges::count(report.findings, severity, &Finding::severity));
  };
  out += fmt::format("\n{}, {}, {}\n",
                     counted(count(Severity::error), "error"),
                     counted(count(Severity::warning), "warning"),
                     counted(count(Severity::note), "note"));
  return text::escape_for_terminal(out);
}

nlohmann::json smoke_data(const smoke::Report& report) {
  auto modules = nlohmann::json::array();
  for (const auto& result : report.modules) {
    const auto& file = result.module.file;
    modules.push_back({{"module", result.module.name},
                       {"file", file.empty() ? nlohmann::json() : nlohmann::json(file)},
                       {"status", smoke::to_string(result.status)},
                       {"seconds", was_run(result) ? nlohmann::json(result.seconds) : nullptr},
                       {"rss", result.rss == 0 ? nlohmann::json() : nlohmann::json(result.rss)}});
  }
  auto findings = findings_data(report.findings);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i]["layer"] = nullptr;
    findings[i]["fingerprint"] = verify::fingerprint(report.findings[i]);
    findings[i]["waived"] = nullptr;
  }
  return {{"subject", report.subject},
          {"runtime", report.runtime},
          {"modules", std::move(modules)},
          {"findings", std::move(findings)}};
}

}  // namespace rockstage::report
