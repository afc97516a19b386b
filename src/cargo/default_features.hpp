#pragma once
#include "cargo/feature_set.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

/// A package's default features, sorted out.
struct SiftedDefaults {
  std::vector<std::string> kept;     ///< to be passed by name, as `--features` takes them
  std::vector<std::string> dropped;  ///< those that conflict, and those that have no such name
};

/// What of the default features stays when they are switched off because they turn on a Lua that is
/// not among `permitted`, or a foreign one. A feature that gathers others is taken apart.
/// `features` are passed anyway.
SiftedDefaults sift_defaults(const FeatureSet& set,
                             const Package& package,
                             const std::vector<std::string>& features,
                             const std::vector<std::string>& permitted);

}  // namespace rockstage::cargo
