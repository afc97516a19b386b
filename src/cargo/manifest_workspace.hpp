#pragma once
#include "cargo/manifest_package.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::cargo {

/// Manifests by path, each read once. Errc::invalid_input beyond 10 000 of them.
class Manifests {
 public:
  /// The manifest at `path`, absolute; it lives as long as this object.
  Result<const Manifest*> read(const std::string& path);

 private:
  std::map<std::string, Manifest, std::less<>> read_;
};

/// Manifests of a workspace, as cargo finds them (cargo book, "Workspaces").
struct Workspace {
  std::string root;                  ///< its manifest: that of the package where there is no other
  std::vector<std::string> members;  ///< of packages, in the order in which they are found
  /// The package asked for; of a root `default-members`, else what stands for it.
  std::vector<std::string> defaults;
};

/// Errc::invalid_input for a package below a workspace that does not list it, and for a member that
/// is not there.
Result<Workspace> find_workspace(const std::string& manifest_path, Manifests& manifests);

/// The directories that `pattern` names below `directory`: `*`, `?`, `[…]` inside a name, `**` for
/// any depth (crate glob, which cargo uses). Sorted; `directory/pattern` itself where it has none
/// of these. Errc::invalid_input when it takes more than 100 000 names to find out.
Result<std::vector<std::string>> expand_member(const std::string& directory,
                                               const std::string& pattern);

/// Whether `name` is what `pattern` describes; `*` stands for any text, `?` for one byte, `[…]` for
/// one of a set, `[!…]` for one of none.
bool matches_wildcard(std::string_view pattern, std::string_view name);

}  // namespace rockstage::cargo
