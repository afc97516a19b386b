#include "base/text.hpp"
#include "smoke/launch.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::smoke {
namespace {

constexpr std::size_t kLongestCode = 120'000;  // one argument holds 128 KiB (MAX_ARG_STRLEN)
constexpr double kProbeSeconds = 20;

/// What a child of ours may see: nothing that changes what the loader or a Lua would find.
sys::Environment clean(const sys::Environment& environment) {
  auto out = environment;
  for (const auto& [name, value] : environment.values())
    if (name.starts_with("LD_") || name.starts_with("LUA_")) out.unset(name);
  return out;
}

/// The programs that a Lua's name may mean, the likeliest first.
std::vector<std::string> programs_of(lua::Lua lua) {
  switch (lua) {
    case lua::Lua::luajit:
      return {"luajit", "/usr/local/openresty/luajit/bin/luajit"};
    case lua::Lua::openresty:
      return {"/usr/local/openresty/luajit/bin/luajit", "luajit"};
    default:
      break;
  }
  const auto version = lua::version_directory(lua);
  auto compact = version;
  std::erase(compact, '.');
  return {"lua" + version, "lua-" + version, "lua" + compact, "lua"};
}

/// What an interpreter says it is: `_VERSION`, and LuaJIT's own version behind it.
struct Identity {
  std::string version, jit;
};

Result<Identity> identify(const std::string& program, const LocalRequest& request, Io& io) {
  sys::Command command;
  command.argv = {program, "-e", "print(_VERSION) print(jit and jit.version or '')"};
  command.env = clean(io.environment);
  command.timeout_seconds = kProbeSeconds;
  command.uid = request.uid;
  RS_TRY_ASSIGN(const auto result, io.processes.run(command));
  const auto lines = text::split(result.out, '\n');
  if (!result.status.ok() || lines.size() < 2 || !lines[0].starts_with("Lua "))
    return fail(Errc::not_found,
                fmt::format("'{}' is no Lua: {}",
                            program,
                            text::trim(result.err).empty() ? sys::to_string(result.status)
                                                           : text::split(result.err, '\n').front()),
                "name a Lua interpreter, e.g. --lua /usr/bin/luajit");
  return Identity{lines[0], lines[1]};
}

/// The Lua that an interpreter is.
Result<lua::Lua> lua_of(const Identity& identity, const std::string& program) {
  if (!identity.jit.empty()) return lua::Lua::luajit;
  auto known = lua::parse_lua(identity.version.substr(std::string_view("Lua ").size()));
  if (known) return known;
  return fail(Errc::unsupported,
              fmt::format("'{}' is {}, which rockstage does not know", program, identity.version),
              "LuaJIT and Lua 5.1 to 5.5 are known");
}

struct Interpreter {
  std::string program;
  Identity identity;
  lua::Lua lua = lua::Lua::luajit;
};

Result<Interpreter> read_interpreter(const std::string& program,
                                     const LocalRequest& request,
                                     Io& io) {
  RS_TRY_ASSIGN(auto identity, identify(program, request, io));
  RS_TRY_ASSIGN(const auto lua, lua_of(identity, program));
  return Interpreter{program, std::move(identity), lua};
}

std::string install_hint(lua::Lua lua) {
  const bool packaged = lua != lua::Lua::lua55;
  const auto package = lua::is_luajit(lua) ? "luajit" : "lua" + lua::version_directory(lua);
  return packaged ? fmt::format("apt-get install {}, or name one with --lua PATH", package)
                  : std::string("build Lua 5.5 from its source and name it with --lua PATH");
}

Result<Interpreter> find_interpreter(const LocalRequest& request, Io& io) {
  if (request.program.find('/') != std::string::npos) {
    const auto program = sys::join(sys::current_directory(), request.program);
    if (sys::find_program(program, io.environment).empty())
      return fail(Errc::not_found,
                  fmt::format("there is no interpreter at '{}'", request.program),
                  install_hint(request.lua));
    return read_interpreter(program, request, io);
  }
  for (const auto& program : programs_of(request.lua)) {
    const auto path = sys::find_program(program, io.environment);
    if (path.empty()) continue;
    RS_TRY_ASSIGN(auto found, read_interpreter(path, request, io));
    // `lua` is whatever the distribution made it.
    if (found.lua == request.lua || (lua::is_luajit(found.lua) && lua::is_luajit(request.lua)))
      return found;
  }
  return fail(
      Errc::not_found,
      fmt::format("no interpreter for {} is installed here",
                  lua::is_luajit(request.lua) ? "LuaJIT" : "Lua " + lua::to_string(request.lua)),
      install_hint(request.lua));
}

Result<Attempt> launch(const sys::Command& command, Io& io) {
  const auto start = io.terminal.seconds();
  RS_TRY_ASSIGN(auto result, io.processes.run(command));
  Attempt attempt;
  attempt.status = result.status;
  attempt.timed_out = result.timed_out;
  attempt.out = std::move(result.out);
  attempt.err = std::move(result.err);
  attempt.seconds = io.terminal.seconds() - start;
  return attempt;
}

}  // namespace

Result<Launcher> local_launcher(const LocalRequest& request, Io& io) {
  RS_TRY_ASSIGN(const auto interpreter, find_interpreter(request, io));
  const auto& identity = interpreter.identity;
  Launcher launcher;
  launcher.runtime = fmt::format(
      "{} ({})", interpreter.program, identity.jit.empty() ? identity.version : identity.jit);
  launcher.tree = sys::absolute(request.tree);
  launcher.lua = interpreter.lua;
  launcher.uid = request.uid;
  launcher.launch =
      [program = interpreter.program, env = clean(io.environment), uid = request.uid, &io](
          const std::string& code, double timeout) -> Result<Attempt> {
    if (code.size() > kLongestCode)
      return fail(
          Errc::invalid_input,
          fmt::format("the Lua code has {} bytes, {} are the most", code.size(), kLongestCode),
          "let a short script require the rest");
    sys::Command command;
    command.argv = {program, "-e", code};
    command.env = env;
    command.timeout_seconds = timeout;
    command.uid = uid;
    return launch(command, io);
  };
  return launcher;
}

}  // namespace rockstage::smoke
