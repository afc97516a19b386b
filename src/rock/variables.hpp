#pragma once
#include "base/diagnostics.hpp"

#include <map>
#include <string>
#include <string_view>

namespace rockstage::rock {

using Variables = std::map<std::string, std::string>;

/// Replaces `$(NAME)`; an unknown name becomes empty, with a warning that names it and `where`
/// (util.tl).
std::string substitute(std::string_view text,
                       const Variables& variables,
                       const std::string& where,
                       Diagnostics& diagnostics);

}  // namespace rockstage::rock
