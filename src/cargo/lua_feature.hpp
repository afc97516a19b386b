#pragma once
#include "base/result.hpp"
#include "cargo/types.hpp"
#include "lua/types.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

struct FeatureRequest {
  std::vector<std::string> features;  ///< the user's and the rockspec's
  bool default_features = true;
  bool all_features = false;
  bool native = true;  ///< the library is to be `require`d: it must have mlua's `module`
};

/// Which features make the crate a module for that Lua.
struct FeatureChoice {
  std::vector<std::string> features;  ///< to pass, the user's first, without duplicates
  bool default_features = true;
  std::string lua_feature;         ///< the one chosen for the Lua; empty when none is needed
  std::vector<std::string> notes;  ///< what was decided and why, for a person
};

/// Why no choice is possible, as lint reports it: the rule (`rock-lua-feature`,
/// `rock-vendored-lua`), message and fix.
struct FeatureProblem {
  std::string rule, message, fix;
};

/// Takes the first that applies of the six cases of docs/formats/rust-mlua.md ("Lua feature").
/// Pure.
tl::expected<FeatureChoice, FeatureProblem> choose_lua_feature(const Metadata& metadata,
                                                               const Package& package,
                                                               lua::Lua lua,
                                                               const FeatureRequest& request);

}  // namespace rockstage::cargo
