#include "rock/wrapper.hpp"

#include "rock/layout.hpp"

#include <algorithm>
#include <string_view>

namespace rockstage::rock {

namespace {

constexpr std::string_view kTemplate = R"(#!/bin/sh
# @COMMENT@. Finds its tree from its own place.
self=$0
case $self in
*/*) ;;
*) if [ -e "./$self" ]; then self=./$self; else self=$(command -v -- "$self") || exit 127; fi ;;
esac
while [ -h "$self" ]; do
  link=$(readlink "$self") || exit 127
  case $link in
  /*) self=$link ;;
  *) self=${self%/*}/$link ;;
  esac
done
tree=$(CDPATH='' cd -P "${self%/*}/.." && pwd -P) || exit 127
for lua in "$ROCKSTAGE_WRAPPER_LUA" @INTERPRETERS@; do
  [ -n "$lua" ] && command -v "$lua" >/dev/null && break
  lua=
done
if [ -z "$lua" ]; then
  echo "@COMMAND@: no @NEEDED@ found; set ROCKSTAGE_WRAPPER_LUA" >&2
  exit 127
fi
ROCKSTAGE_WRAPPER_TREE=$tree exec "$lua" -e 'local t = os.getenv("ROCKSTAGE_WRAPPER_TREE")
package.path = t .. "/share/lua/@V@/?.lua;" .. t .. "/share/lua/@V@/?/init.lua;" .. package.path
package.cpath = t .. "/lib/lua/@V@/?.so;" .. package.cpath' \
  "$tree/@SCRIPT@" "$@"
)";

/// For a word inside double quotes.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\\"$`").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// A newline would end the comment.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 32 || c == 127; }, '?');
  return text;
}

}  // namespace

std::string bin_wrapper(const WrappedScript& script, const std::string& v) {
  const bool is_51 = v == "5.1";
  const std::string path =
      Layout{v}.rock_dir(script.rock, script.version) + "/bin/" + script.script_file;
  const std::pair<std::string_view, std::string> fields[] = {
      {"@COMMENT@", one_line(script.command + ", rock " + script.rock + " " + script.version)},
      {"@INTERPRETERS@",
       is_51 ? "luajit /usr/local/openresty/luajit/bin/luajit lua5.1" : "lua" + v + " lua"},
      {"@COMMAND@", escaped(one_line(script.command))},
      {"@NEEDED@", is_51 ? "LuaJIT or Lua 5.1" : "Lua " + v},
      {"@V@", v},
      {"@SCRIPT@", escaped(path)},
  };
  std::string out;
  // Text that was put in is never looked at again: a command may be named like a field.
  for (std::string_view rest = kTemplate; !rest.empty();) {
    const auto field =
        std::ranges::find_if(fields, [&](const auto& f) { return rest.starts_with(f.first); });
    if (field != std::end(fields)) {
      out += field->second;
      rest.remove_prefix(field->first.size());
    } else {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace rockstage::rock
