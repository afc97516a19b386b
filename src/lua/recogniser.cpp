extern "C" {
#include <lauxlib.h>
#include <lua.h>
}

#include "lua/evaluator.hpp"
#include "lua/later_syntax.hpp"

#include <algorithm>
#include <memory>

namespace rockstage::lua {

namespace {

bool compiles(std::string_view source) {
  const std::unique_ptr<lua_State, decltype(&lua_close)> state(luaL_newstate(), lua_close);
  return state != nullptr
         && luaL_loadbuffer(state.get(), source.data(), source.size(), "=script") == 0;
}

/// The text of a first line that starts with `#!`.
std::string_view interpreter_line(std::string_view source) {
  return source.starts_with("#!") ? source.substr(2, source.find('\n') - 2) : std::string_view{};
}

bool names_shell(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  if (const auto option = line.find(" -"); option != line.npos) line = line.substr(0, option);
  const std::string_view program = line.substr(line.find_last_of("/ \t") + 1);
  constexpr std::string_view kShells[] = {"sh", "bash", "dash", "ash", "ksh", "zsh"};
  return std::ranges::find(kShells, program) != std::end(kShells);
}

}  // namespace

bool compiles_as_lua(std::string_view source) {
  if (source.find('\0') != source.npos || source.starts_with(LUA_SIGNATURE)) return false;
  if (source.starts_with("#")) source.remove_prefix(std::min(source.find('\n'), source.size()));
  return compiles(source) || compiles(without_later_syntax(source));
}

bool is_lua_script(std::string_view source, std::string_view file_name) {
  if (source.find('\0') != source.npos || source.starts_with(LUA_SIGNATURE)) return false;
  const std::string_view line = interpreter_line(source);
  if (names_shell(line)) return false;
  // luajit's name contains lua's.
  return compiles_as_lua(source) || line.find("lua") != line.npos || file_name.ends_with(".lua");
}

}  // namespace rockstage::lua
