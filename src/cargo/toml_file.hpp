#pragma once
#include "base/result.hpp"

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace rockstage::cargo {

/// A TOML file. Errc::not_found, Errc::io; Errc::invalid_input with `path:line` for bad syntax.
Result<toml::table> read_toml(const std::string& path);

/// The line of the first character beyond ASCII that stands in no string and no comment, where
/// TOML 1.0 allows none; 0 when there is none.
int line_of_bare_non_ascii(std::string_view text);

}  // namespace rockstage::cargo
