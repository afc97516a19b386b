#pragma once
#include "base/finding.hpp"
#include "plan/plan.hpp"

#include <string>

namespace rockstage::lint {

struct Request {
  plan::Inputs inputs;
  plan::BuildOptions options;
  std::string
      toolchain_error;  ///< why `inputs.crate` is not known; empty when it is, or is not needed
};

/// What will go wrong before anything is built: the rules of base/rules.hpp, the worst first, then
/// by rule and path. Reads build scripts and makefiles of the sources; runs nothing.
Findings run(const Request& request);

}  // namespace rockstage::lint
