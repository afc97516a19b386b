#pragma once
#include "cargo/cfg_expression.hpp"
#include "cargo/config.hpp"
#include "cargo/types.hpp"
#include "sys/environment.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

/// The rustflags that cargo would use for `triple`, and their sources. The first that is there
/// wins: the variable CARGO_ENCODED_RUSTFLAGS, RUSTFLAGS, all of target.<triple> and target.<cfg>,
/// build (cargo book, "build.rustflags"). Within one key the nearer file's items come last, the
/// variable's after them.
UserRustflags user_rustflags(const std::string& triple,
                             const CfgSet& cfg,
                             const std::vector<ConfigValues>& config,
                             const sys::Environment& environment);

}  // namespace rockstage::cargo
