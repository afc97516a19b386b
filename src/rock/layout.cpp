#include "rock/layout.hpp"

#include <algorithm>

namespace rockstage::rock {

std::string versioned_name(const std::string& file,
                           const std::string& name,
                           const std::string& version) {
  std::string prefix = name + "_" + version;
  std::ranges::replace(prefix, '-', '_');
  std::ranges::replace(prefix, '.', '_');
  return prefix + "-" + file.substr(std::min(file.find_first_not_of('/'), file.size()));
}

}  // namespace rockstage::rock
