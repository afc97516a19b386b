#include "smoke/interpreter.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace rockstage::smoke {

std::vector<std::string> interpreter_names(lua::Lua lua) {
  const std::string gateway = "/usr/local/openresty/luajit/bin/luajit";
  if (lua == lua::Lua::openresty) return {gateway, "luajit"};
  if (lua::is_luajit(lua)) return {"luajit", gateway};
  const auto version = lua::version_directory(lua);
  auto compact = version;
  std::erase(compact, '.');
  return {"lua" + version, "lua-" + version, "lua" + compact, "lua"};
}

std::optional<Identity> read_identity(std::string_view printed) {
  constexpr std::string_view kPrefix = "Lua ";
  const auto lines = text::split(printed, '\n');
  if (lines.size() < 2 || !lines[0].starts_with(kPrefix)) return std::nullopt;
  if (!lines[1].empty()) return Identity{lines[1], lua::Lua::luajit};
  const auto known = lua::parse_lua(lines[0].substr(kPrefix.size()));
  return Identity{lines[0], known ? std::optional(*known) : std::nullopt};
}

bool is_one(const Identity& found, lua::Lua wanted) {
  return found.lua
         && (*found.lua == wanted || (lua::is_luajit(*found.lua) && lua::is_luajit(wanted)));
}

Result<void> check_length(const std::string& code) {
  constexpr std::size_t kLongestCode = 120'000;
  if (code.size() <= kLongestCode) return {};
  return fail(Errc::invalid_input,
              fmt::format("the Lua code has {} bytes, {} are the most", code.size(), kLongestCode),
              "let a short script require the rest");
}

Attempt to_attempt(sys::ProcessResult result, double seconds) {
  Attempt attempt;
  attempt.status = result.status;
  attempt.timed_out = result.timed_out;
  attempt.out = std::move(result.out);
  attempt.err = std::move(result.err);
  attempt.seconds = seconds;
  return attempt;
}

}  // namespace rockstage::smoke
