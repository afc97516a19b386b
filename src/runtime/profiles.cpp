#include "runtime/profiles.hpp"

#include "base/text.hpp"
#include "runtime/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::runtime {

const std::vector<Profile>& builtin_profiles() {
  return builtin_catalogue().profiles;
}

Result<Profile> find_profile(std::string_view name, const std::vector<Profile>& own) {
  std::vector<std::string> names;
  for (const auto* profiles : {&own, &builtin_profiles()}) {
    const auto found = std::ranges::find(*profiles, name, &Profile::name);
    if (found != profiles->end()) return *found;
    for (const auto& profile : *profiles)
      names.push_back(profile.name);
  }
  return fail(Errc::usage,
              fmt::format("unknown runtime '{}'{}", name, text::did_you_mean(name, names)),
              "docs/runtimes.md lists those that are built in; --runtime-file adds your own");
}

Result<std::vector<Profile>> read_profiles(const std::string& file) {
  RS_TRY_ASSIGN(auto catalogue, read_catalogue(file, builtin_catalogue()));
  return std::move(catalogue.profiles);
}

}  // namespace rockstage::runtime
