#include "lint/doctor_probe.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::lint {
namespace {

/// A program that is asked for its version.
struct Program {
  const char* name;
  const char* program;  ///< on PATH, or a full path
  const char* option;
  const char* needed_for;
  const char* package;  ///< how to get it
};

constexpr Program kBuildPrograms[] = {
    {"make", "make", "--version", "build of rocks of the type make", "install Debian's make"},
    {"cmake", "cmake", "--version", "build of rocks of the type cmake", "install Debian's cmake"},
    {"git",
     "git",
     "--version",
     "build (revision in rockstage.json), dockerfile with a git URL",
     "install Debian's git"},
};

constexpr Program kLuas[] = {
    {"luajit",
     "luajit",
     "-v",
     "smoke --lua luajit, run, build of rocks whose commands call it",
     "install Debian's luajit"},
    {"lua5.1", "lua5.1", "-v", "smoke --lua 5.1, run", "install Debian's lua5.1"},
    {"lua5.2", "lua5.2", "-v", "smoke --lua 5.2, run", "install Debian's lua5.2"},
    {"lua5.3", "lua5.3", "-v", "smoke --lua 5.3, run", "install Debian's lua5.3"},
    {"lua5.4", "lua5.4", "-v", "smoke --lua 5.4, run", "install Debian's lua5.4"},
};

constexpr Program kEngines[] = {
    {"podman", "podman", "--version", "smoke --image --engine podman", "install Debian's podman"},
    {"buildah",
     "buildah",
     "--version",
     "smoke --image --engine buildah, and building what dockerfile writes",
     "install Debian's buildah"},
};

Result<Tool> examine(const Prober& prober, const Program& program) {
  RS_TRY_ASSIGN(const auto answer, prober.ask({program.program, program.option}));
  Tool tool{
      .name = program.name, .path = answer.path, .ok = answer.ok, .needed_for = program.needed_for};
  if (answer.ok)
    tool.version = version_in(answer.text);
  else
    tool.hint = answer.path.empty() ? std::string(program.package)
                                    : fmt::format("{}; {}", answer.problem, program.package);
  return tool;
}

/// nginx with the Lua module, which Debian loads and OpenResty compiles in.
Result<Tool> examine_nginx(const Prober& prober) {
  constexpr const char* kModule = "/usr/lib/nginx/modules/ngx_http_lua_module.so";
  Tool tool{.name = "nginx with Lua", .needed_for = "smoke --nginx"};
  for (const char* program :
       {"nginx", "/usr/sbin/nginx", "openresty", "/usr/local/openresty/nginx/sbin/nginx"}) {
    RS_TRY_ASSIGN(const auto answer, prober.ask({program, "-V"}));
    if (answer.path.empty()) continue;
    tool.path = answer.path;
    tool.version = version_in(answer.text);
    const bool has_lua = answer.text.find("ngx_lua") != std::string::npos
                         || answer.text.find("lua-nginx-module") != std::string::npos
                         || sys::exists(kModule);
    tool.ok = answer.ok && has_lua;
    if (tool.ok) return tool;
    tool.hint = answer.ok ? "it has no Lua; install Debian's libnginx-mod-http-lua"
                          : answer.problem + "; install Debian's nginx and libnginx-mod-http-lua";
  }
  if (tool.path.empty()) tool.hint = "install Debian's nginx and libnginx-mod-http-lua";
  return tool;
}

/// The docker client counts where a daemon answers it.
Result<Tool> examine_docker(const Prober& prober) {
  RS_TRY_ASSIGN(const auto answer,
                prober.ask({"docker", "version", "--format", "{{.Server.Version}}"}));
  Tool tool{.name = "docker",
            .path = answer.path,
            .ok = answer.ok,
            .needed_for = "smoke --image, and building what dockerfile writes"};
  if (answer.ok)
    tool.version = first_line(answer.text);
  else if (answer.path.empty())
    tool.hint = "install Debian's docker.io";
  else
    tool.hint = answer.problem + "; start the daemon, or set DOCKER_HOST to one that runs";
  return tool;
}

}  // namespace

Result<void> examine_programs(const Prober& prober, std::vector<Tool>& tools) {
  const auto add = [&](const auto& programs) -> Result<void> {
    for (const auto& program : programs) {
      RS_TRY_ASSIGN(auto tool, examine(prober, program));
      tools.push_back(std::move(tool));
    }
    return {};
  };
  RS_TRY(add(kBuildPrograms));
  RS_TRY(add(kLuas));
  RS_TRY_ASSIGN(auto nginx, examine_nginx(prober));
  tools.push_back(std::move(nginx));
  RS_TRY_ASSIGN(auto docker, examine_docker(prober));
  tools.push_back(std::move(docker));
  return add(kEngines);
}

}  // namespace rockstage::lint
