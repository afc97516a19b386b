#pragma once
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace rockstage::cli {

/// A completion script for `bash`, `zsh` or `fish`, made from the command table. Errc::usage with
/// the nearest name otherwise.
Result<std::string> completion_script(std::string_view shell);

}  // namespace rockstage::cli
