#pragma once
#include <string_view>

namespace rockstage {

/// The version of this program, "0.1.0".
std::string_view version();

}  // namespace rockstage
