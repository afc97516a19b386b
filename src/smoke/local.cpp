#include "base/text.hpp"
#include "smoke/interpreter.hpp"
#include "smoke/launch.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::smoke {
namespace {

constexpr double kProbeSeconds = 20;

/// What a child of ours may see: nothing that changes what the loader or a Lua would find.
sys::Environment clean(const sys::Environment& environment) {
  auto out = environment;
  for (const auto& [name, value] : environment.values())
    if (name.starts_with("LD_") || name.starts_with("LUA_")) out.unset(name);
  return out;
}

struct Interpreter {
  std::string program;
  Identity identity;
};

Result<Interpreter> read_interpreter(const std::string& program,
                                     const LocalRequest& request,
                                     Io& io) {
  sys::Command command;
  command.argv = {program, "-e", kIdentityCode};
  command.env = clean(io.environment);
  command.timeout_seconds = kProbeSeconds;
  command.uid = request.uid;
  RS_TRY_ASSIGN(const auto result, io.processes.run(command));
  const auto identity = result.status.ok() ? read_identity(result.out) : std::nullopt;
  if (!identity)
    return fail(Errc::not_found,
                fmt::format("'{}' is no Lua: {}",
                            program,
                            text::trim(result.err).empty() ? sys::to_string(result.status)
                                                           : text::split(result.err, '\n').front()),
                "name a Lua interpreter, e.g. --lua /usr/bin/luajit");
  if (!identity->lua)
    return fail(
        Errc::unsupported,
        fmt::format("'{}' is {}, which rockstage does not know", program, identity->version),
        "LuaJIT and Lua 5.1 to 5.5 are known");
  return Interpreter{program, *identity};
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
  for (const auto& program : interpreter_names(request.lua)) {
    const auto path = sys::find_program(program, io.environment);
    if (path.empty()) continue;
    RS_TRY_ASSIGN(auto found, read_interpreter(path, request, io));
    // `lua` is whatever the distribution made it.
    if (is_one(found.identity, request.lua)) return found;
  }
  return fail(
      Errc::not_found,
      fmt::format("no interpreter for {} is installed here",
                  lua::is_luajit(request.lua) ? "LuaJIT" : "Lua " + lua::to_string(request.lua)),
      install_hint(request.lua));
}

}  // namespace

Result<Launcher> local_launcher(const LocalRequest& request, Io& io) {
  RS_TRY_ASSIGN(const auto interpreter, find_interpreter(request, io));
  Launcher launcher;
  launcher.runtime = fmt::format("{} ({})", interpreter.program, interpreter.identity.version);
  launcher.tree = sys::absolute(request.tree);
  launcher.lua = *interpreter.identity.lua;
  launcher.uid = request.uid;
  launcher.launch =
      [program = interpreter.program, env = clean(io.environment), uid = request.uid, &io](
          const std::string& code, double timeout) -> Result<Attempt> {
    RS_TRY(check_length(code));
    sys::Command command;
    command.argv = {program, "-e", code};
    command.env = env;
    command.timeout_seconds = timeout;
    command.uid = uid;
    const auto start = io.terminal.seconds();
    RS_TRY_ASSIGN(auto result, io.processes.run(command));
    return to_attempt(std::move(result), io.terminal.seconds() - start);
  };
  return launcher;
}

}  // namespace rockstage::smoke
