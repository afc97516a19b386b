#include "emit/smoke_script.hpp"

#include "lua/lexer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace rockstage::emit {

namespace {

constexpr std::string_view kTemplate = "smoke.lua.mustache";
// BuildKit reads lines of at most 65535 bytes (bufio.MaxScanTokenSize); the rest of the RUN needs
// some of them.
constexpr std::size_t kMaxCode = 64'000;

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

/// The bytes that the code takes in the JSON form of RUN.
std::size_t json_size(std::string_view code) {
  const auto escaped = std::ranges::count_if(code, [](char c) { return c == '\\' || c == '"'; });
  return code.size() + static_cast<std::size_t>(escaped);
}

/// Text that reads well in a file: a long bracket where it gives every byte back.
std::string readable_lua_text(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](char c) {
    return is_printable(c) || c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x80;
  });
  if (!plain) return lua_text(text);
  std::string equals;
  // One bracket more than any in the text: the loop ends after at most its length.
  while (text.find(']' + equals + ']') != std::string::npos || text.ends_with(']' + equals))
    equals += '=';
  return fmt::format("[{0}[\n{1}]{0}]", equals, text);
}

/// What only the runtime's workers have: `builtin_modules` without what every program with this Lua
/// has, and without names that a wildcard covers.
std::vector<std::string> gateway_modules(const ImageRequest& request) {
  const auto& builtin = request.profile->builtin_modules;
  std::set<std::string> names(builtin.begin(), builtin.end());
  if (request.catalogue != nullptr)
    for (const auto& set : request.catalogue->module_sets)
      if (set.name.starts_with("lua-"))
        for (const std::string& name : set.modules)
          names.erase(name);
  std::vector<std::string> kept;
  for (const std::string& name : names) {
    const std::string stem = name.ends_with(".*") ? name.substr(0, name.size() - 2) : name;
    bool covered = false;
    for (std::size_t dot = stem.rfind('.'); !covered && dot != std::string::npos && dot > 0;
         dot = stem.rfind('.', dot - 1))
      covered = names.contains(stem.substr(0, dot) + ".*");
    if (!covered) kept.push_back(lua_text(name));
  }
  return kept;
}

/// Expressions of Lua for what the template needs.
struct Expressions {
  std::string lua_dir, so_dir, script;
};

Result<std::string> render(const Image& image,
                           const Templates& templates,
                           const Expressions& expressions) {
  std::vector<std::string> modules;
  for (const ImageModule& module : image.modules)
    if (module.kind != ImageModule::Kind::ffi_library) modules.push_back(lua_text(module.name));
  return templates.render(kTemplate,
                          {{"lua_dir", expressions.lua_dir},
                           {"so_dir", expressions.so_dir},
                           {"modules", modules},
                           {"gateway", gateway_modules(*image.request)},
                           {"has_script", !image.request->smoke_script.empty()},
                           {"script", expressions.script}});
}

lua::Dialect dialect(const Image& image) {
  return lua::dialect_of(image.request->lua);
}

/// The script without what luaL_loadfile passes over and `load` does not.
std::string own_script(const Image& image) {
  return std::string(lua::without_first_line(image.request->smoke_script, dialect(image)));
}

/// The tokens with at most one blank between them, strings written anew.
Result<std::string> one_line(std::string_view source, lua::Dialect dialect) {
  lua::Lexer lexer(source, dialect);
  std::string line;
  const char* end = source.data();
  for (lua::Token token = lexer.next(); token.kind != lua::Token::Kind::end; token = lexer.next()) {
    if (token.text.data() != end && !line.empty()) line += ' ';
    end = token.text.data() + token.text.size();
    if (token.kind == lua::Token::Kind::string)
      line += lua_text(lua::string_value(token.text));
    else
      line += token.text;
  }
  if (lexer.error())
    return fail(Errc::invalid_input,
                fmt::format("{}:{}: {}", kTemplate, lexer.error()->line, lexer.error()->message),
                "correct the template");
  if (!std::ranges::all_of(line, is_printable))
    return fail(Errc::invalid_input,
                fmt::format("{} has a name that is not ASCII, and the smoke test goes into a line "
                            "of the Dockerfile",
                            kTemplate),
                "use ASCII outside strings and comments");
  return line;
}

}  // namespace

std::string lua_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\n')
      quoted += "\\n";
    else if (c == '\\')
      quoted += "\\\\";
    else if (!is_printable(c) || std::string_view("\"'$<").find(c) != std::string_view::npos)
      quoted += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    else
      quoted += c;
  }
  return quoted + '\'';
}

Result<std::string> smoke_code_at(const Image& image,
                                  const Templates& templates,
                                  const SmokePlace& place) {
  RS_TRY_ASSIGN(const std::string script,
                render(image,
                       templates,
                       {lua_text(place.lua), lua_text(place.so), lua_text(own_script(image))}));
  RS_TRY_ASSIGN(std::string code, one_line(script, dialect(image)));
  if (json_size(code) > kMaxCode)
    return fail(Errc::invalid_input,
                fmt::format("the smoke test takes {} bytes, and a line of a Dockerfile has no more "
                            "than {}",
                            json_size(code),
                            kMaxCode),
                "shorten the project's smoke script (`smoke: script:` in rockstage.yaml)");
  return code;
}

Result<std::string> smoke_code(const Image& image, const Templates& templates) {
  return smoke_code_at(
      image,
      templates,
      {"/rock/share/lua/" + image.version_directory, "/rock/lib/lua/" + image.version_directory});
}

Result<std::string> smoke_script(const Image& image, const Templates& templates) {
  const auto below_tree = [&image](std::string_view directory) {
    return fmt::format("(... or '.') .. {}",
                       lua_text(fmt::format("/{}/lua/{}", directory, image.version_directory)));
  };
  return render(image,
                templates,
                {below_tree("share"), below_tree("lib"), readable_lua_text(own_script(image))});
}

}  // namespace rockstage::emit
