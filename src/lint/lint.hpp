#pragma once
#include "base/finding.hpp"
#include "cargo/types.hpp"
#include "lua/types.hpp"
#include "plan/plan.hpp"
#include "rock/rockspec.hpp"

namespace rockstage::lint {

struct Request {
  const rock::Rockspec* spec = nullptr;
  plan::Inputs inputs;
  plan::BuildOptions options;
};

/// What will go wrong before anything is built: the lint rules of base/rules.hpp, sorted by severity, rule, path.
Findings run(const Request& request);

}  // namespace rockstage::lint
