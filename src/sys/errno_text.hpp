#pragma once
#include "base/result.hpp"

#include <string>

namespace rockstage::sys {

/// What the system says of an error number, in our spelling: "no space left on device".
std::string errno_text(int number);

/// `cannot DOING 'PATH': REASON`; Errc::not_found for ENOENT and ENOTDIR, else Errc::io.
tl::unexpected<Error> fail_errno(int number, const std::string& doing, const std::string& path);

}  // namespace rockstage::sys
