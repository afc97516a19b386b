#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"
#include "runtime/types.hpp"
#include "tree/reader.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rockstage::verify {

/// Severity of a rule by its name; nullopt switches it off.
using RuleLevels = std::map<std::string, std::optional<Severity>>;

struct PolicyWaiver {
  std::string rule, path, reason;  ///< an empty path is every path
  std::string expires;             ///< YYYY-MM-DD; empty for never
};

/// Who changes what the rules say: policy file, `--rule`, a project file (which may only raise).
struct Policy {
  RuleLevels levels;
  std::map<std::string, std::string> level_origin;  ///< rule → "--rule", the file's name
  std::vector<PolicyWaiver> waivers;
  std::string file;                   ///< of `--policy`; empty for none
  std::string sha256;                 ///< of that file
  std::vector<std::string> problems;  ///< expired or unparsable waivers: what to say
};

/// A file that must be at its destination with these bytes (`--expect`).
struct ExpectedFile {
  std::string path;    ///< in the tree: share/lua/5.1/x.lua
  std::string sha256;  ///< hexadecimal
};

struct Request {
  std::string subject;                     ///< as it was named
  std::vector<runtime::Profile> runtimes;  ///< empty: found in the image, generic for a tree
  std::optional<lua::Lua> lua;
  std::string platform;  ///< of a bare tree: "linux/amd64"; empty: this machine
  Policy policy;
  std::vector<std::string> required_modules;
  std::vector<ExpectedFile> expected;
  bool strict = false;
  std::string prefix = "/usr/local";  ///< where a bare tree will stand
  std::string today;                  ///< YYYY-MM-DD, for waivers
  tree::ReadOptions reading;
};

enum class RuleState { checked, not_judged, off };

struct RuleStatus {
  std::string rule;
  RuleState state = RuleState::checked;
  std::string reason;  ///< of not_judged and off
};

/// What was found on one platform, judged by one runtime.
struct PlatformReport {
  std::string platform;
  std::string manifest_digest;
  std::string runtime;
  std::uint64_t files = 0, links = 0, bytes = 0, elf = 0;
  std::vector<RuleStatus> rules;  ///< every rule, sorted
  Findings findings;              ///< sorted: worst first, then rule, path, message
};

struct Report {
  std::string subject, kind, digest;
  std::string policy_file, policy_sha256;
  std::vector<PlatformReport> platforms;
  std::uint64_t errors = 0, warnings = 0, notes = 0, waived = 0;  ///< over all platforms
  std::optional<Error> incomplete;  ///< why the subject could not be read to its end
};

/// Identifies a finding from run to run: SHA-256 over rule, path, layer and what it is about.
std::string fingerprint(const Finding& finding);

}  // namespace rockstage::verify
