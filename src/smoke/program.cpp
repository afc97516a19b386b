#include "smoke/program.hpp"

#include "base/text.hpp"
#include "rock/layout.hpp"

#include <fmt/format.h>

#include <charconv>
#include <random>

namespace rockstage::smoke {
namespace {

/// Keeps what a module could replace, and writes the report: TOKEN STATE SECONDS KILOBYTES MESSAGE.
/// The message is in one line, bytes that would end it as \DDD.
constexpr const char* kReport =
    R"LUA(local write, flush, open, clock = io.write, io.flush, io.open, os.clock
local pcall, tostring, format, find = pcall, tostring, string.format, string.match
local sub, gsub, byte = string.sub, string.gsub, string.byte
local start = clock()
local function memory()
  local file = open("/proc/self/status")
  local text = file and file:read("*a") or ""
  if file then file:close() end
  return find(text, "VmHWM:%s*(%d+)") or "0"
end
local function report(state, problem)
  local seconds = clock() - start
  local told, text = pcall(tostring, problem)
  text = told and text or "an error whose __tostring fails"
  text = gsub(sub(text, 1, 16384), "[%c\\]", function(c) return format("\\%03d", byte(c)) end)
  write("\n", token, " ", state, " ", format("%.6f", seconds), " ", memory(), " ", text, "\n")
  pcall(flush)
end
)LUA";

std::string search_paths(const ProgramFrame& frame) {
  if (frame.tree.empty()) return {};
  const rock::Layout layout{lua::version_directory(frame.lua)};
  const auto lua = frame.tree + "/" + layout.lua_dir();
  const auto lib = frame.tree + "/" + layout.lib_dir();
  const bool only = frame.paths == SearchPaths::tree_only;
  const auto set = [&](const char* which, const std::string& templates) {
    return fmt::format("package.{} = {}{}\n",
                       which,
                       lua_quoted(templates),
                       only ? std::string() : fmt::format(" .. \";\" .. package.{}", which));
  };
  return set("path", lua + "/?.lua;" + lua + "/?/init.lua") + set("cpath", lib + "/?.so");
}

std::string preamble(const ProgramFrame& frame) {
  return fmt::format("local token = {}\n", lua_quoted(frame.token)) + kReport + search_paths(frame);
}

/// The next word of a report's line.
std::string_view take_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

template <class T>
T number(std::string_view word) {
  T value{};
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// \DDD back to bytes.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size() && is_digit(text[i + 1])
                        && is_digit(text[i + 2]) && is_digit(text[i + 3]);
    if (!escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(number<int>(text.substr(i + 1, 3)));
    i += 3;
  }
  return out;
}

}  // namespace

std::string new_token() {
  std::random_device random;
  std::string token;
  for (int i = 0; i < 4; ++i)
    token += fmt::format("{:08x}", random());
  return token;
}

std::string lua_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (byte < 0x20 || byte >= 0x7f)
      out += fmt::format("\\{:03}", byte);
    else
      out += c;
  }
  return out + '"';
}

std::string module_program(const Module& module, const ProgramFrame& frame) {
  return preamble(frame)
         + fmt::format(
             "local ok, problem = pcall(require, {})\n"
             "report(ok and \"ok\" or \"failed\", ok and \"\" or problem)\n",
             lua_quoted(module.name));
}

std::string script_program(const std::string& name,
                           std::string_view script,
                           const ProgramFrame& frame) {
  // A first line with `#` is for the shell; `--` keeps the line numbers.
  const auto text = (script.starts_with('#') ? "--" : "") + std::string(script);
  return preamble(frame)
         + fmt::format(
             "arg = {{[0] = {0}}}\n"
             "local exit = os.exit\n"
             "os.exit = function(code, close)\n"
             "  local good = code == nil or code == true or code == 0\n"
             "  report(good and \"ok\" or \"failed\", good and \"\" or \"it called os.exit(\" .. "
             "tostring(code) .. \")\")\n"
             "  exit(code, close)\n"
             "end\n"
             "local chunk, problem = (loadstring or load)({2}, {1})\n"
             "local ok = false\n"
             "if chunk then ok, problem = pcall(chunk) end\n"
             "report(ok and \"ok\" or \"failed\", ok and \"\" or problem)\n",
             lua_quoted(name),
             lua_quoted("@" + name),
             lua_quoted(text));
}

std::optional<Said> read_report(std::string_view out, std::string_view token) {
  const auto at = out.rfind("\n" + std::string(token) + " ");
  if (token.empty() || at == std::string_view::npos) return std::nullopt;
  auto line = out.substr(at + 1);
  line = line.substr(0, line.find('\n'));
  take_word(line);
  constexpr std::uint64_t kKilobyte = 1024;
  Said said;
  said.ok = take_word(line) == "ok";
  said.seconds = number<double>(take_word(line));
  said.rss = number<std::uint64_t>(take_word(line)) * kKilobyte;
  said.error = unescaped(line);
  return said;
}

}  // namespace rockstage::smoke
