#include "stage/dependents.hpp"

#include <algorithm>

namespace rockstage::stage {

std::vector<std::string> dependents(const TreeState& state,
                                    const std::string& name,
                                    const std::vector<std::string>& leaving) {
  std::vector<std::string> out;
  const auto own = state.manifest.repository.find(name);
  if (own == state.manifest.repository.end()) return out;
  std::vector<std::string> staying;
  for (const auto& [version, entry] : own->second)
    if (std::ranges::find(leaving, version) == leaving.end()) staying.push_back(version);

  for (const auto& [other, versions] : state.manifest.repository)
    for (const auto& [version, entry] : versions) {
      const auto is_left_alone = [&](const rock::Dependency& dependency) {
        const auto fits = [&dependency](const std::string& text) {
          return rock::matches(rock::parse_version(text), dependency.constraints);
        };
        return dependency.name == name && std::ranges::any_of(leaving, fits)
               && std::ranges::none_of(staying, fits);
      };
      if (other != name && std::ranges::any_of(entry.declared, is_left_alone))
        out.push_back(other + " " + version);
    }
  return out;
}

}  // namespace rockstage::stage
