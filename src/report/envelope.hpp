#pragma once
#include "base/diagnostics.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rockstage::report {

/// The one record of `--json`, on one line: schema `rockstage.<command>/1`, `ok`, `exit`, `data`
/// (null for nothing), `diagnostics`. Keys are always there.
std::string envelope(std::string_view command,
                     int exit,
                     const nlohmann::json& data,
                     const std::vector<Diagnostic>& diagnostics);

}  // namespace rockstage::report
