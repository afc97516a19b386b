#pragma once
#include "base/result.hpp"
#include "tree/reader.hpp"
#include "verify/types.hpp"

namespace rockstage::verify {

/// Other subjects that a run looks at: the target (`--against`), the base image (`--base`).
struct Others {
  tree::TreeReader* against = nullptr;
  tree::TreeReader* base = nullptr;
};

/// Reads `subject` once and judges it by every rule. A subject that could not be read to its end is
/// reported with what was found so far (Report::incomplete). Errc::invalid_input where there is
/// nothing to judge, or `base` is no base of it.
Result<Report> run(tree::TreeReader& subject, const Others& others, const Request& request);

}  // namespace rockstage::verify
