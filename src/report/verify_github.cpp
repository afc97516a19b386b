#include "report/findings.hpp"
#include "report/verify.hpp"

namespace rockstage::report {

std::string verify_github(const verify::Report& report) {
  std::string out;
  for (const auto& platform : report.platforms) {
    auto findings = platform.findings;
    if (report.platforms.size() > 1)
      for (auto& finding : findings)
        finding.message += " (" + platform.platform + ", " + platform.runtime + ")";
    out += findings_github(findings);
  }
  return out;
}

}  // namespace rockstage::report
