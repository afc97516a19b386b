#include "base/version.hpp"

namespace rockstage {

std::string_view version() {
  return ROCKSTAGE_VERSION;
}

}  // namespace rockstage
