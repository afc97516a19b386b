#pragma once
#include "smoke/types.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

// What `smoke` found (docs/commands/smoke.md).
namespace rockstage::report {

/// For people: a line for each module, then the findings, the worst first.
std::string smoke_text(const smoke::Report& report);

/// The record `data` of `rockstage.smoke/1`.
nlohmann::json smoke_data(const smoke::Report& report);

}  // namespace rockstage::report
