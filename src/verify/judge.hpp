#pragma once
#include "verify/context.hpp"
#include "verify/policy.hpp"

#include <string>

namespace rockstage::verify {

/// Runs every rule on one platform and runtime, and carries out the policy. `undetermined` says
/// why the runtime is a guess; empty where it is none.
PlatformReport judge(const Context& context, const std::string& undetermined, PolicyUse& policy);

/// Worst first, then by rule, path and message.
void sort_findings(Findings& findings);

/// `module-missing` for every demanded module that is on no search path, or has an error in
/// `findings` (rules/tree_modules.cpp).
void check_required_modules(const Context& context, Findings& findings);

}  // namespace rockstage::verify
