#pragma once
#include "cargo/inspect.hpp"

#include <string>
#include <vector>

// What Cargo.toml and its neighbours say by themselves, for a build in a place that is not this
// machine: no cargo is run, and nothing of this machine's toolchain or configuration is taken.
namespace rockstage::cargo {

/// The workspace of `manifest_path` (absolute), as `cargo metadata --no-deps` shows it (cargo book,
/// "The Manifest Format", "Workspaces"), of targets only the libraries. Packages that it takes by
/// path from outside follow as packages that are no members. Errc::not_found; Errc::invalid_input
/// for a manifest that cannot be read, a package that its workspace does not list, and a value that
/// is inherited from nowhere.
Result<Metadata> read_workspace(const std::string& manifest_path);

/// The facts of `inspect` without a toolchain: `cargo` and `rustc` are called by their names, there
/// is no dependency graph, and a lock file that is there counts as fresh. Configuration and
/// toolchain files count where they lie in the workspace or below `project`, which is absolute.
/// `request` names its targets, which are Linux triples.
Result<CrateFacts> read_crate(const InspectRequest& request, const std::string& project);

/// The names of the packages in a Cargo.lock, sorted, each once. Errors as read_toml().
Result<std::vector<std::string>> locked_packages(const std::string& lock_file);

}  // namespace rockstage::cargo
