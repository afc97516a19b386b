#include "rock/variables.hpp"

#include "lua/lexical.hpp"

#include <algorithm>

namespace rockstage::rock {

namespace {

/// The NAME of the `$(NAME)` that `text` begins with, empty when it begins with none. LuaRocks'
/// pattern demands two characters.
std::string_view variable_name(std::string_view text) {
  if (!text.starts_with("$(")) return {};
  const std::string_view name = text.substr(2, text.find(')') - 2);
  const bool closed = name.size() + 2 < text.size();
  if (!closed || name.size() < 2 || !lua::is_letter(name.front())
      || !std::ranges::all_of(name, lua::is_name_char))
    return {};
  return name;
}

}  // namespace

std::string substitute(std::string_view text,
                       const Variables& variables,
                       const std::string& where,
                       Diagnostics& diagnostics) {
  std::string out;
  while (!text.empty()) {
    const auto plain = std::min(text.find("$("), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    const std::string_view name = variable_name(text);
    if (!name.empty()) {
      const auto found = variables.find(std::string(name));
      if (found != variables.end())
        out += found->second;
      else
        diagnostics.warning(where + ": unknown variable $(" + std::string(name)
                            + ") becomes an empty text");
      text.remove_prefix(name.size() + 3);
    } else if (!text.empty()) {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace rockstage::rock
