#pragma once
#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string_view>

namespace rockstage {

/// Parses `text` as JSON. Errc::invalid_input with line and column for bad syntax, and for more
/// than `max_depth` levels (a hostile document must not use up the stack).
Result<nlohmann::json> parse_json(std::string_view text, std::size_t max_depth = 128);

/// One line, keys sorted, bytes that are no UTF-8 replaced by U+FFFD.
std::string to_json_line(const nlohmann::json& value);

}  // namespace rockstage
