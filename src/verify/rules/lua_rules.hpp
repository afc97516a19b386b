#pragma once
#include "lua/types.hpp"

#include <string>
#include <string_view>

namespace rockstage::verify {

/// Why a Lua file of `Modules::unread` was not read.
inline constexpr const char* kTooLong = "Lua files of more than 1 MiB are not read";

/// "LuaJIT", "OpenResty's LuaJIT", "Lua 5.4".
std::string lua_title(lua::Lua lua);

/// The file that a search template gives for a module: `/usr/share/lua/5.1/?.lua` and "a.b" →
/// `/usr/share/lua/5.1/a/b.lua`; empty for a template without `?` or below the working directory.
std::string fill_template(std::string_view search, std::string_view module);

}  // namespace rockstage::verify
