#pragma once
#include "base/finding.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace rockstage::report {

const char* to_string(Severity severity);

/// "1 error", "2 errors".
std::string counted(std::uint64_t count, std::string_view noun);

/// One finding for people: severity, rule and path (with its layer), message, fix, waiver. Not yet
/// escaped for a terminal.
std::string finding_text(const Finding& finding);

/// For people: the worst first, each with its fix, and one summary line.
std::string findings_text(const Findings& findings);

/// Workflow commands of GitHub Actions (`::error file=…,title=…::…`), one a finding that is not
/// waived.
std::string findings_github(const Findings& findings);

/// What a finding rests on, as a record.
nlohmann::json evidence_data(const Evidence& evidence);

/// Records `{"rule","severity","path","message","evidence","fix"}`.
nlohmann::json findings_data(const Findings& findings);

}  // namespace rockstage::report
