#pragma once
#include "runtime/types.hpp"
#include "verify/target.hpp"
#include "verify/types.hpp"

#include <string>
#include <vector>

namespace rockstage::verify {

/// By what one platform of a subject is judged.
struct Runtimes {
  std::vector<runtime::Profile> profiles;
  std::string platform;      ///< "linux/amd64"
  std::string undetermined;  ///< why the profile is a guess; empty where it is none
};

/// The runtimes of the request; else, for an image, the one found in it, and for a tree the generic
/// ones of the Luas that its rockstage.json files name. Errc::usage for a profile that is not
/// there.
Result<Runtimes> choose_runtimes(const Request& request, const Root& root);

}  // namespace rockstage::verify
