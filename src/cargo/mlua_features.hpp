#pragma once
#include "cargo/feature_set.hpp"

#include <string>
#include <string_view>
#include <vector>

// The vocabulary of mlua's features.
namespace rockstage::cargo {

/// `lua51` … `lua55`, `luajit`, `luajit52`, `luau`: mlua accepts exactly one.
bool is_lua_feature(std::string_view name);

/// The Lua features that are on; luajit52 is a kind of luajit, not another Lua.
std::vector<std::string> luas_of(const MluaState& state);

/// The feature that puts a Lua into the module (`vendored`), or links one (`external`); empty when
/// there is none.
std::string foreign_lua(const MluaState& state);

/// Whether a Lua that is not among `permitted`, or a foreign one, is on.
bool conflicts(const MluaState& state, const std::vector<std::string>& permitted);

bool has(const std::vector<std::string>& names, std::string_view name);
void append_new(std::vector<std::string>& to, const std::vector<std::string>& more);

}  // namespace rockstage::cargo
