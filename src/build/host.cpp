#include "build/build.hpp"
#include "build/externals.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::build {
namespace {

constexpr const char* kOpenRestyLuajit = "/usr/local/openresty/luajit";

/// The variables that name tools, with LuaRocks' defaults for Linux (core/cfg.tl, make_defaults).
rock::Variables tool_variables(const sys::Environment& environment) {
  const bool only_cc = sys::find_program("gcc", environment).empty()
                       && !sys::find_program("cc", environment).empty();
  const std::string compiler = environment.get_nonempty("CC").value_or(only_cc ? "cc" : "gcc");
  std::string cflags = environment.get_nonempty("CFLAGS").value_or("-O2");
  if (cflags.find("-fPIC") == std::string::npos) cflags += " -fPIC";
  return {{"AR", "ar"},
          {"CC", compiler},
          {"CFLAGS", cflags},
          {"CHMOD", "chmod"},
          {"CMAKE", "cmake"},
          {"CP", "cp"},
          {"LD", compiler},
          {"LDFLAGS", environment.get("LDFLAGS").value_or("")},
          {"LIBFLAG", "-shared"},
          {"LIB_EXTENSION", "so"},
          {"LS", "ls"},
          {"MAKE", "make"},
          {"MKDIR", "mkdir"},
          {"OBJ_EXTENSION", "o"},
          {"PWD", "pwd"},
          {"RANLIB", "ranlib"},
          {"RM", "rm"},
          {"RMDIR", "rmdir"},
          {"TOUCH", "touch"}};
}

/// The digits of LUA_VERSION_NUM: "5.4" → "504".
std::string version_number(const std::string& version) {
  return fmt::format("{}0{}", version.front(), version.back());
}

bool has_lua_headers(const std::string& directory, const std::string& version) {
  const auto text = sys::read_file(sys::join(directory, "lua.h"));
  if (!text) return false;
  const auto define = text->find("LUA_VERSION_NUM");
  if (define != std::string::npos)
    return text->substr(define, 40).find(version_number(version)) != std::string::npos;
  // Lua 5.5 builds the number from LUA_VERSION_MAJOR_N and LUA_VERSION_MINOR_N.
  const auto minor = text->find("LUA_VERSION_MINOR_N");
  return minor != std::string::npos
         && text->substr(minor, 40).find(version.back()) != std::string::npos;
}

struct HeaderSearch {
  std::string key;      ///< of HostFacts::lua_incdir
  std::string version;  ///< "5.1"
  std::vector<std::string> folders;
};

std::vector<HeaderSearch> header_searches(const rock::Variables& given) {
  std::vector<std::string> prefixes = {"/usr/local", "/usr"};
  if (const auto fixed = given.find("LUA_DIR"); fixed != given.end())
    prefixes.insert(prefixes.begin(), fixed->second);

  std::vector<HeaderSearch> searches;
  HeaderSearch luajit = {"luajit", "5.1", {}};
  for (const std::string& prefix : prefixes) {
    for (const char* name : {"luajit-2.1", "luajit-2.0", "luajit"})
      luajit.folders.push_back(fmt::format("{}/include/{}", prefix, name));
  }
  luajit.folders.push_back(std::string(kOpenRestyLuajit) + "/include/luajit-2.1");
  searches.push_back(std::move(luajit));
  for (const char* version : {"5.1", "5.2", "5.3", "5.4", "5.5"}) {
    HeaderSearch search = {version, version, {}};
    const std::string digits = fmt::format("{}{}", version[0], version[2]);
    for (const std::string& prefix : prefixes) {
      for (const std::string& name : {fmt::format("/lua/{}", version),
                                      fmt::format("/lua{}", version),
                                      fmt::format("/lua-{}", version),
                                      "/lua" + digits,
                                      std::string()})
        search.folders.push_back(prefix + "/include" + name);
    }
    searches.push_back(std::move(search));
  }
  return searches;
}

std::map<std::string, std::string> find_headers(const rock::Variables& given) {
  std::map<std::string, std::string> found;
  for (const HeaderSearch& search : header_searches(given)) {
    for (const std::string& folder : search.folders) {
      if (!has_lua_headers(folder, search.version)) continue;
      found.emplace(search.key, folder);
      break;
    }
  }
  return found;
}

/// In the order in which they are tried; the first on PATH, or at its full name, is taken.
std::vector<std::string> interpreter_names(lua::Lua lua) {
  if (lua == lua::Lua::luajit) return {"luajit", "luajit-2.1.0-beta3"};
  if (lua == lua::Lua::openresty) return {std::string(kOpenRestyLuajit) + "/bin/luajit", "luajit"};
  const std::string version = lua::version_directory(lua);
  return {
      "lua" + version, "lua-" + version, fmt::format("lua{}{}", version.front(), version.back())};
}

std::map<std::string, std::string> find_interpreters(const sys::Environment& environment) {
  std::map<std::string, std::string> found;
  for (const lua::Lua lua : lua::kAllLuas) {
    for (const std::string& name : interpreter_names(lua)) {
      const std::string path = sys::find_program(name, environment);
      if (path.empty()) continue;
      found.emplace(lua::to_string(lua), path);
      break;
    }
  }
  return found;
}

}  // namespace

plan::HostFacts inspect_host(const source::Rock& rock, const plan::BuildOptions& options, Io& io) {
  plan::HostFacts facts;
  facts.tools = tool_variables(io.environment);
  facts.lua_incdir = find_headers(options.variables);
  facts.lua_program = find_interpreters(io.environment);
  Externals externals = find_externals(rock.spec.external_dependencies, options.variables);
  facts.externals = std::move(externals.variables);
  facts.missing = std::move(externals.missing);
  facts.path = io.environment.get("PATH").value_or("");
  return facts;
}

}  // namespace rockstage::build
