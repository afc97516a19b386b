#include "cargo/mlua_features.hpp"

#include <algorithm>
#include <array>

namespace rockstage::cargo {
namespace {

constexpr std::array<std::string_view, 8> kLuaFeatures = {
    "lua55", "lua54", "lua53", "lua52", "lua51", "luajit", "luajit52", "luau"};

}  // namespace

bool is_lua_feature(std::string_view name) {
  return std::find(kLuaFeatures.begin(), kLuaFeatures.end(), name) != kLuaFeatures.end();
}

std::vector<std::string> luas_of(const MluaState& state) {
  std::vector<std::string> luas;
  for (const std::string& feature : state.features) {
    if (is_lua_feature(feature) && !(feature == "luajit" && state.features.count("luajit52") > 0))
      luas.push_back(feature);
  }
  return luas;
}

std::string foreign_lua(const MluaState& state) {
  for (const char* name : {"vendored", "external"}) {
    if (state.features.count(name) > 0) return name;
  }
  return {};
}

bool conflicts(const MluaState& state, const std::vector<std::string>& permitted) {
  const auto luas = luas_of(state);
  return !foreign_lua(state).empty()
         || std::any_of(
             luas.begin(), luas.end(), [&](const auto& name) { return !has(permitted, name); });
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void append_new(std::vector<std::string>& to, const std::vector<std::string>& more) {
  for (const std::string& name : more) {
    if (!has(to, name)) to.push_back(name);
  }
}

}  // namespace rockstage::cargo
