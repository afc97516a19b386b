#pragma once
#include "cargo/types.hpp"
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

/// `cargo metadata` run where the manifest lies.
struct MetadataCall {
  std::string cargo;          ///< program
  std::string manifest_path;  ///< absolute
  std::vector<std::string> options;
};

/// What the call printed; its failure is a value.
Result<sys::ProcessResult> run_metadata(const MetadataCall& call, Io& io);

/// The workspace of `manifest_path` from its manifests alone (`--no-deps`): needs no lock file and
/// writes none.
Result<Metadata> workspace_metadata(const std::string& cargo,
                                    const std::string& manifest_path,
                                    Io& io);

/// Why `cargo metadata` failed for `manifest_path`.
Error metadata_failure(const std::string& manifest_path,
                       const std::string& target,
                       const std::string& output);

/// Directories of packages that the workspace takes by path from outside its root (dependencies,
/// [patch], members, and what those take), sorted.
Result<std::vector<std::string>> outside_path_dependencies(const std::string& cargo,
                                                           const Metadata& metadata,
                                                           Io& io);

}  // namespace rockstage::cargo
