#pragma once
#include "base/result.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

/// What a mirror is made of; all paths absolute.
struct MirrorRequest {
  std::string workspace_root;
  std::vector<std::string> outside_path_dependencies;
  std::string cargo_home;   ///< its configuration applies by itself
  std::string mirror_root;  ///< made when it is not there
  std::string target_dir;   ///< not copied, should it lie in the workspace
};

/// Makes or brings up to date a copy of a workspace in which cargo may write a Cargo.lock: below
/// `mirror_root` every path is what it is below `/`. The workspace is copied (without `.git` and
/// target directories; modes and times kept, so that cargo finds fresh what did not change; files
/// that went away are removed; a Cargo.lock that cargo made there stays). What belongs to it
/// outside — path dependencies, the `.cargo`, rust-toolchain and Cargo.toml of the folders above —
/// is linked. Returns the workspace's root in the mirror. Errc::invalid_input for a link that leads
/// out of the workspace.
Result<std::string> mirror_workspace(const MirrorRequest& request);

}  // namespace rockstage::cargo
