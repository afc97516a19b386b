#pragma once
#include "verify/types.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

// What `verify` found, in each form (docs/commands/verify.md). Text from the subject is escaped as
// the form demands.
namespace rockstage::report {

/// For people. A subject judged by several runtimes is a table of where it loads, and what was
/// found with each of them alike.
std::string verify_text(const verify::Report& report);

/// The record `data` of `rockstage.verify/1` (docs/formats/verify-report.schema.json).
nlohmann::json verify_data(const verify::Report& report);

/// JUnit XML: a suite for each platform and runtime, a case for each rule. A finding at or above
/// `failing` that is not waived is a failure; nullopt: none is.
std::string verify_junit(const verify::Report& report, std::optional<Severity> failing);

/// A SARIF 2.1.0 log (OASIS, sarif-v2.1.0-os): a run for each platform and runtime. `command` is
/// what was run: "verify", "lint".
std::string verify_sarif(const verify::Report& report, const std::string& command);

/// Workflow commands of GitHub Actions.
std::string verify_github(const verify::Report& report);

}  // namespace rockstage::report
