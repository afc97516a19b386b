#pragma once
#include "cargo/types.hpp"
#include "cli/types.hpp"
#include "plan/plan.hpp"
#include "source/types.hpp"

#include <optional>
#include <string>

namespace rockstage::cli {

/// Everything that planning and linting need to know of a SOURCE. Nothing has been built and
/// nothing written.
struct Prepared {
  plan::BuildOptions options;
  source::Rock rock;
  std::optional<cargo::CrateFacts> crate;  ///< only where cargo is driven by rockstage itself
  plan::HostFacts host;
  std::string home;
  std::optional<Error>
      toolchain_problem;  ///< only with OnMissingToolchain::keep: why `crate` is not known

  /// What planning takes; it points into this object.
  [[nodiscard]] plan::Inputs inputs() const;
};

enum class ProjectDefaults { use, ignore };
enum class OnMissingToolchain { fail, keep };

/// Opens SOURCE (the first argument), settles the options, looks at crate, toolchain and host.
Result<Prepared> prepare(Invocation& invocation,
                         ProjectDefaults defaults,
                         OnMissingToolchain on_missing,
                         Io& io,
                         Diagnostics& diagnostics);

}  // namespace rockstage::cli
