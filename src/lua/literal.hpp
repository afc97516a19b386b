#pragma once
#include "lua/types.hpp"

#include <string>
#include <string_view>

// LuaRocks' files (`manifest`, `rock_manifest`, `luarocks.lock`) are Lua source that is pure data.
namespace rockstage::lua {

/// Reads `key = VALUE` assignments (tables, strings in every form, numbers, booleans, comments)
/// without running anything. Errc::invalid_input with the line for anything else, and beyond 200
/// levels. Linear in the size of the text.
Result<Table> parse_assignments(std::string_view text, const std::string& name);

/// As `parse_assignments`, for a module file: `return { … }`.
Result<Table> parse_return(std::string_view text, const std::string& name);

/// Writes assignments byte for byte as LuaRocks' persist.tl does (rules: docs/formats/manifest.md).
/// The keys must be plain identifiers.
std::string write_assignments(const Table& table);

/// Writes a module file (`return {`, …) as LuaRocks does for `luarocks.lock`.
std::string write_return(const Table& table);

}  // namespace rockstage::lua
