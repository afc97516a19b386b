#pragma once
#include "cargo/types.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace rockstage::cargo {

/// What a choice of a package's features makes of mlua.
struct MluaState {
  bool active = false;             ///< mlua is compiled
  std::set<std::string> features;  ///< those of mlua that are asked for, `default` apart
  std::map<std::string, std::string>
      declared;               ///< those that a manifest's dependency fixes → that manifest
  std::set<std::string> own;  ///< features of the package itself that are on
  std::set<std::string>
      dependencies;  ///< the package's own normal dependencies that are on, by their names there
};

/// The normal dependencies and features of a package and of the path packages that it uses, as
/// cargo's feature resolver treats them (cargo book, "Features": `a`, `dep:a`, `a/f`, `a?/f`,
/// implicit features of optional dependencies).
class FeatureSet {
 public:
  FeatureSet(const Metadata& metadata, const Package& package);

  [[nodiscard]] MluaState evaluate(const std::vector<std::string>& features,
                                   bool default_features) const;

  /// mlua is declared somewhere, optional or not.
  [[nodiscard]] bool declares_mlua() const { return declares_mlua_; }

  /// The names by which the package's own manifest calls its mlua dependencies.
  [[nodiscard]] const std::vector<std::string>& mlua_keys() const { return mlua_keys_; }

  /// Name in the package's manifest → a path package that it uses directly.
  [[nodiscard]] const std::map<std::string, const Package*>& path_dependencies() const {
    return path_dependencies_;
  }

 private:
  const Metadata& metadata_;
  const Package& package_;
  bool declares_mlua_ = false;
  std::vector<std::string> mlua_keys_;
  std::map<std::string, const Package*> path_dependencies_;
};

}  // namespace rockstage::cargo
