#pragma once
#include "base/finding.hpp"

#include <span>
#include <string_view>

namespace rockstage {

/// Public names of rules; they never change meaning (docs/commands/lint.md).
namespace rules {
inline constexpr const char* rock_build_script = "rock-build-script";
inline constexpr const char* rock_install_key = "rock-install-key";
inline constexpr const char* rock_licence = "rock-licence";
inline constexpr const char* rock_lock_file = "rock-lock-file";
inline constexpr const char* rock_lua_feature = "rock-lua-feature";
inline constexpr const char* rock_panic_abort = "rock-panic-abort";
inline constexpr const char* rock_swallowed_failure = "rock-swallowed-failure";
inline constexpr const char* rock_toolchain = "rock-toolchain";
inline constexpr const char* rock_unlocked_cargo = "rock-unlocked-cargo";
inline constexpr const char* rock_vendored_lua = "rock-vendored-lua";
}  // namespace rules

/// A rule: its default severity, one line on what it finds, and why it matters and how to fix it.
struct RuleInfo {
  const char* name;
  Severity severity;
  const char* summary;
  const char* explanation;
};

/// Every rule, sorted by name.
std::span<const RuleInfo> all_rules();

/// nullptr when there is no such rule.
const RuleInfo* find_rule(std::string_view name);

}  // namespace rockstage
