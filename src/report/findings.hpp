#pragma once
#include "base/finding.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace rockstage::report {

const char* to_string(Severity severity);

/// For people: the worst first, each with its fix, and one summary line.
std::string findings_text(const Findings& findings);

/// Workflow commands of GitHub Actions (`::error file=…,title=…::…`), one a finding.
std::string findings_github(const Findings& findings);

/// Records `{"rule","severity","path","message","evidence","fix"}`.
nlohmann::json findings_data(const Findings& findings);

}  // namespace rockstage::report
