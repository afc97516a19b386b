#pragma once
#include <string>
#include <string_view>

namespace rockstage::lua {

/// Rewrites what LuaJIT and Lua 5.2–5.5 add to Lua 5.1's syntax into text that is as right or wrong
/// for a 5.1 parser: `goto` and labels, attributes of locals, integer suffixes, hexadecimal floats,
/// later escapes, `//` and bitwise operators, statements after `break`. The meaning is lost: the
/// result answers only "is this Lua?".
std::string without_later_syntax(std::string_view source);

}  // namespace rockstage::lua
