#pragma once
#include "plan/types.hpp"

#include <string>

namespace rockstage::plan {

/// The plan for people, as `--dry-run` prints it: each step in the order in which it will be taken.
std::string to_text(const Plan& plan);

/// The plan as one JSON record on one line, for `--dry-run --json`; keys are always present.
std::string to_json(const Plan& plan);

}  // namespace rockstage::plan
