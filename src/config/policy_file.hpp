#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::config {

/// What a file says about the severity of a rule.
struct RuleLevel {
  std::string rule;
  std::optional<Severity> level;  ///< nullopt: off
  int line = 0;
};

/// A finding that somebody answers for.
struct WaiverEntry {
  std::string rule, path, reason;  ///< an empty path is every path
  std::string expires;             ///< as it is written; empty for never
  int line = 0;
};

/// A policy of `verify` (docs/formats/policy.schema.json).
struct PolicyFile {
  std::vector<RuleLevel> rules;
  std::vector<WaiverEntry> waivers;
};

/// Reads the policy `text` of the file `path`. Errc::invalid_input with `path:line` for bad YAML,
/// an unknown key or rule (with the nearest name), a level that is none, a waiver without a rule or
/// a reason. A date that cannot be read is no error here: such a waiver waives nothing.
Result<PolicyFile> parse_policy(const std::string& path, const std::string& text);

/// The levels at `verify.rules` of a project file; an LPM package.yaml has none. Errors as
/// parse_policy().
Result<std::vector<RuleLevel>> read_project_rules(const std::string& path);

/// "error", "warning", "note" or "off" (nullopt inside). Errc::usage with the nearest name.
Result<std::optional<Severity>> parse_level(std::string_view text);

/// Errc::usage with the nearest name for what is no rule.
Result<void> check_rule(const std::string& rule);

/// A day of the calendar, YYYY-MM-DD.
bool is_date(std::string_view text);

}  // namespace rockstage::config
