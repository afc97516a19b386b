#pragma once
#include "cargo/types.hpp"
#include "cli/types.hpp"
#include "plan/plan.hpp"
#include "source/types.hpp"
#include "sys/temp_dir.hpp"

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
  std::optional<sys::TempDir>
      unpacked;  ///< where a rock file's content lies, as long as it is used
  std::optional<Error>
      toolchain_problem;  ///< only with OnMissingToolchain::keep: why `crate` is not known

  /// What planning takes; it points into this object.
  [[nodiscard]] plan::Inputs inputs() const;
};

enum class ProjectDefaults { use, ignore };
enum class OnMissingToolchain { fail, keep };

/// Where scratch directories are made: $TMPDIR, else /tmp.
std::string scratch_parent(const Io& io);

/// Opens SOURCE (the first argument), settles the options, looks at crate, toolchain and host. Rock
/// files are taken where ProjectDefaults are used.
Result<Prepared> prepare(Invocation& invocation,
                         ProjectDefaults defaults,
                         OnMissingToolchain on_missing,
                         Io& io,
                         Diagnostics& diagnostics);

/// What prepare() does with an opened rock: looks at the host, and at the crate of a rock that has
/// one. Errors as cargo::inspect().
Result<void> look_around(Prepared& prepared,
                         OnMissingToolchain on_missing,
                         Io& io,
                         Diagnostics& diagnostics);

}  // namespace rockstage::cli
