#include "base/text.hpp"
#include "smoke/launch.hpp"
#include "smoke/nginx_server.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::smoke {
namespace {

constexpr double kProbeSeconds = 20;

Result<Attempt> run_program(const NginxProgram& nginx,
                            std::optional<unsigned> uid,
                            const std::string& code,
                            double timeout,
                            Io& io) {
  RS_TRY_ASSIGN(auto server, NginxServer::start(nginx, uid, code, io));
  return server.run(timeout);
}

}  // namespace

Result<Launcher> nginx_launcher(const NginxRequest& request, Io& io) {
  RS_TRY_ASSIGN(const auto nginx, find_nginx(request.nginx, io));
  RS_TRY_ASSIGN(
      const auto probe,
      run_program(nginx, request.uid, "print(jit and jit.version or _VERSION)", kProbeSeconds, io));
  if (!probe.status.ok())
    return fail(
        Errc::subprocess,
        fmt::format("the worker of '{}' runs no Lua: {}", nginx.path, text::trim(probe.err)));
  Launcher launcher;
  launcher.runtime = fmt::format("{} worker ({})", nginx.version, text::trim(probe.out));
  launcher.tree = sys::absolute(request.tree);
  launcher.lua = lua::Lua::luajit;
  launcher.paths = SearchPaths::tree_first;
  launcher.uid = request.uid;
  launcher.launch = [nginx, uid = request.uid, &io](const std::string& code, double timeout) {
    return run_program(nginx, uid, code, timeout, io);
  };
  return launcher;
}

}  // namespace rockstage::smoke
