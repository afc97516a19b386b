#pragma once
#include "cargo/toml_file.hpp"
#include "cargo/types.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

/// A Cargo.toml as it was read.
struct Manifest {
  std::string path;  ///< absolute
  toml::table root;

  [[nodiscard]] bool has_package() const { return root.get("package") != nullptr; }

  [[nodiscard]] bool has_workspace() const { return root.get("workspace") != nullptr; }
};

/// The package of `manifest`; what it inherits comes from `workspace`. Errc::invalid_input for a
/// package without a name and for a value that the workspace does not have.
Result<Package> read_package(const Manifest& manifest, const Manifest& workspace);

/// Its dependencies of every kind and target. Errors as read_package().
Result<std::vector<Declaration>> read_dependencies(const Manifest& manifest,
                                                   const Manifest& workspace);

/// `[features]`, and the implicit feature of each optional dependency that no `dep:` names.
std::map<std::string, std::vector<std::string>> read_features(
    const Manifest& manifest, const std::vector<Declaration>& dependencies);

/// The texts of an array, or a text alone.
std::vector<std::string> texts_of(const toml::node* node);

/// Whether `node` is `{workspace = true}` (or `x.workspace = true`).
bool is_inherited(const toml::node* node);

}  // namespace rockstage::cargo
