#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rockstage::cargo {

/// The lines of `rustc --print cfg`: `unix`, `target_os="linux"` …
using CfgSet = std::set<std::string, std::less<>>;

/// Whether `cfg(…)` holds for `values` (Rust reference, "Conditional compilation": all, any, not,
/// names, name = "value", true, false). Nothing when the text is no such expression.
std::optional<bool> matches_cfg(std::string_view text, const CfgSet& values);

/// Whether a `[target.KEY]` of a manifest or configuration applies to `triple`: a triple, or a
/// cfg(). A key that cannot be read applies to nothing.
bool target_key_applies(std::string_view key, std::string_view triple, const CfgSet& values);

}  // namespace rockstage::cargo
