#pragma once
#include "cargo/compile.hpp"

#include <string>

namespace rockstage::cargo {

/// A step moved into a mirror of its workspace (cargo/mirror.hpp), where cargo may write a lock
/// file.
struct MirroredStep {
  CompileStep step;
  std::string id_part;  ///< what package ids have there in front of the path that they mean

  /// A package id of the mirror as it is outside.
  [[nodiscard]] std::string original_id(std::string id) const;
};

/// Makes the mirror, or brings it up to date. Errors as mirror_workspace() and `cargo metadata`.
Result<MirroredStep> mirror_step(const CompileStep& step, Io& io);

}  // namespace rockstage::cargo
