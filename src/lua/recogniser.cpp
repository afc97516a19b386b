#include "lua/evaluator.hpp"
#include "lua/script.hpp"

#include <algorithm>

namespace rockstage::lua {

namespace {

bool is_binary(std::string_view source) {
  return source.find('\0') != source.npos || !bytecode(source).empty();
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
  if (is_binary(source)) return false;
  return std::ranges::any_of(kAllLuas, [&](Lua lua) { return !check_syntax(source, lua); });
}

bool is_lua_script(std::string_view source, std::string_view file_name) {
  if (is_binary(source)) return false;
  const std::string_view line = interpreter_line(source);
  if (names_shell(line)) return false;
  // luajit's name contains lua's.
  return compiles_as_lua(source) || line.find("lua") != line.npos || file_name.ends_with(".lua");
}

}  // namespace rockstage::lua
