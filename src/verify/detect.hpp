#pragma once
#include "runtime/types.hpp"
#include "verify/target_root.hpp"

#include <optional>

namespace rockstage::verify {

/// The profile that fits an image: its gateway, interpreter, distribution and libc; a generic one
/// for a Lua in no known family; nullopt when no Lua is in it.
std::optional<runtime::Profile> detect_profile(const Root& root);

}  // namespace rockstage::verify
