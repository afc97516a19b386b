#pragma once
#include "build/build_scripts.hpp"
#include "build/types.hpp"
#include "cli/prepare.hpp"
#include "cli/types.hpp"
#include "plan/types.hpp"

#include <map>
#include <string>
#include <vector>

namespace rockstage::cli {

/// What was built, by the tree it goes into.
using BuiltByTree = std::map<std::string, std::vector<build::BuiltRock>>;

/// A build as it was done, for comparison with another one of the same rock.
struct FirstBuild {
  const Prepared& prepared;
  const plan::Plan& plan;
  const std::string& scratch;      ///< variant `i` was built in `scratch`/`i`
  const BuiltByTree& built;        ///< a rock for each variant
  build::ScriptRecorder& scripts;  ///< heard what cargo said
};

/// Builds the rock once more, in another place (docs/commands/build.md, "Reproducible builds"),
/// compares what came out, and adds to `outcome` what there is to say: `reproducible`,
/// `differences`, and exit code 3 where there are any. Warns of libraries that hold the date of
/// today. Errc::usage for a rock file that was built already; other errors as build::run.
Result<void> verify_reproducible(const FirstBuild& first,
                                 Outcome& outcome,
                                 Io& io,
                                 Diagnostics& diagnostics);

}  // namespace rockstage::cli
