#pragma once
#include "base/result.hpp"
#include "runtime/types.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rockstage::runtime {

/// Libraries that come together, by a name that profiles use.
struct LibrarySet {
  std::string name;
  std::vector<std::string> sonames;
  bool verified = false;
};

/// Modules that `require` gives without a file of the tree; "resty.*" is all below resty.
struct ModuleSet {
  std::string name;
  std::vector<std::string> modules;
};

/// An image for the build stage.
struct Builder {
  std::string name, image;
  Libc libc;
};

/// All of a file of profiles: what they refer to by name, and the profiles with that filled in.
struct Catalogue {
  std::vector<std::pair<std::string, SearchPaths>> path_sets;
  std::vector<Destination> destinations;
  std::vector<LibrarySet> library_sets;
  std::vector<ModuleSet> module_sets;
  std::vector<Builder> builders;
  std::vector<Profile> profiles;  ///< sorted by name
};

/// Reads a file of the form rockstage.runtimes/1. Names that it does not define are looked up in
/// `known`. Errors as read_profiles().
Result<Catalogue> read_catalogue(const std::string& file, const Catalogue& known);

/// What runtimes.yaml holds.
const Catalogue& builtin_catalogue();

}  // namespace rockstage::runtime
