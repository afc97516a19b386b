#include "smoke/nginx_program.hpp"

#include "base/text.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::smoke {
namespace {

constexpr double kProbeSeconds = 20;
constexpr const char* kPackages = "apt-get install nginx-light libnginx-mod-http-lua";
constexpr const char* kLuaModule = "ngx_http_lua_module.so";
constexpr const char* kKitModule = "ndk_http_module.so";  // Debian's Lua module needs it

std::string find_program(const std::string& path, Io& io) {
  if (!path.empty()) {
    const auto named =
        path.find('/') == std::string::npos ? path : sys::join(sys::current_directory(), path);
    return sys::find_program(named, io.environment);
  }
  // The PATH of a person who is not root often has no sbin.
  for (const auto* name : {"nginx",
                           "openresty",
                           "/usr/sbin/nginx",
                           "/usr/local/openresty/nginx/sbin/nginx",
                           "/usr/local/openresty/bin/openresty"})
    if (auto found = sys::find_program(name, io.environment); !found.empty()) return found;
  return {};
}

/// The value of `--name=` in the configure arguments; empty when there is none.
std::string configured(const std::vector<std::string>& arguments, std::string_view name) {
  const auto prefix = fmt::format("--{}=", name);
  for (const auto& argument : arguments)
    if (argument.starts_with(prefix)) return argument.substr(prefix.size());
  return {};
}

bool has_lua_built_in(const std::vector<std::string>& arguments) {
  return std::ranges::any_of(arguments, [](const std::string& argument) {
    return argument.starts_with("--add-module=")
           && (argument.find("ngx_lua") != std::string::npos
               || argument.find("lua-nginx-module") != std::string::npos);
  });
}

std::vector<std::string> find_modules(const std::vector<std::string>& arguments) {
  for (const auto& folder : {configured(arguments, "modules-path"),
                             std::string("/usr/lib/nginx/modules"),
                             std::string("/usr/share/nginx/modules"),
                             std::string("/usr/lib64/nginx/modules")}) {
    const auto lua = sys::join(folder, kLuaModule);
    if (folder.empty() || !sys::is_file(lua)) continue;
    const auto kit = sys::join(folder, kKitModule);
    if (sys::is_file(kit)) return {kit, lua};
    return {lua};
  }
  return {};
}

std::vector<std::string> configure_arguments(std::string_view printed) {
  for (const auto& line : text::split(printed, '\n'))
    if (line.starts_with("configure arguments:")) return text::split(line, ' ');
  return {};
}

/// Directories that nginx makes at its start, by the module that needs them.
constexpr const char* kTempModules[] = {"proxy", "fastcgi", "uwsgi", "scgi"};

}  // namespace

NginxProgram read_nginx_version(std::string_view printed) {
  constexpr std::string_view kVersion = "nginx version: ";
  constexpr std::string_view kWithout = "--without-";
  NginxProgram nginx;
  for (const auto& line : text::split(printed, '\n'))
    if (line.starts_with(kVersion)) nginx.version = text::trim(line.substr(kVersion.size()));
  for (const auto& argument : configure_arguments(printed))
    if (argument.starts_with(kWithout)) nginx.left_out.push_back(argument.substr(kWithout.size()));
  return nginx;
}

Result<NginxProgram> find_nginx(const std::string& path, Io& io) {
  const auto program = find_program(path, io);
  if (program.empty())
    return fail(Errc::not_found,
                path.empty() ? std::string("nginx is not installed here")
                             : fmt::format("there is no nginx at '{}'", path),
                fmt::format("{}, or install OpenResty", kPackages));
  sys::Command command;
  command.argv = {sys::join(sys::current_directory(), program), "-V"};
  command.env = io.environment;
  command.timeout_seconds = kProbeSeconds;
  RS_TRY_ASSIGN(const auto result, io.processes.run(command));
  auto nginx = read_nginx_version(result.err);
  if (!result.status.ok() || nginx.version.empty())
    return fail(Errc::not_found,
                fmt::format("'{}' is no nginx: {}", program, sys::to_string(result.status)),
                "name one with --nginx PATH");
  nginx.path = command.argv.front();
  const auto arguments = configure_arguments(result.err);
  if (has_lua_built_in(arguments)) return nginx;
  nginx.modules = find_modules(arguments);
  if (nginx.modules.empty())
    return fail(Errc::not_found,
                fmt::format("{} has no Lua: {} is not installed here", program, kLuaModule),
                fmt::format("{}, or name an OpenResty with --nginx PATH", kPackages));
  return nginx;
}

std::string nginx_config(const NginxProgram& nginx, const std::string& user) {
  std::string out;
  for (const auto& module : nginx.modules)
    out += fmt::format("load_module \"{}\";\n", module);
  if (!user.empty()) out += fmt::format("user {};\n", user);
  out += fmt::format(
      "daemon off;\n"
      "master_process on;\n"
      "worker_processes 1;\n"
      "pid nginx.pid;\n"
      "error_log {} notice;\n"
      "events {{ worker_connections 64; }}\n"
      "http {{\n"
      "  access_log off;\n"
      "  client_body_temp_path temp/body;\n",
      kNginxErrors);
  for (const auto* name : kTempModules)
    if (std::ranges::find(nginx.left_out, fmt::format("http_{}_module", name))
        == nginx.left_out.end())
      out += fmt::format("  {0}_temp_path temp/{0};\n", name);
  // A relative path of a socket is one in the working directory, which is the prefix.
  out += fmt::format(
      "  server {{\n"
      "    listen unix:{};\n"
      "    location = /run {{ content_by_lua_file {}; }}\n"
      "    location = /pid {{ content_by_lua_block {{ ngx.print(ngx.worker.pid()) }} }}\n"
      "  }}\n"
      "}}\n",
      kNginxSocket,
      kNginxWrapper);
  return out;
}

std::string nginx_wrapper() {
  return fmt::format(
      "local prefix = ngx.config.prefix()\n"
      "local out = assert(io.open(prefix .. \"{}\", \"ab\"))\n"
      "out:setvbuf(\"no\")\n"
      "io.output(out)\n"
      "io.stdout = out\n"
      "local tostring, select, write = tostring, select, out.write\n"
      "package.loaded._G.print = function(...)\n"
      "  for i = 1, select(\"#\", ...) do\n"
      "    write(out, i > 1 and \"\\t\" or \"\", tostring((select(i, ...))))\n"
      "  end\n"
      "  write(out, \"\\n\")\n"
      "end\n"
      "assert(loadfile(prefix .. \"{}\"))()\n"
      "ngx.say(\"done\")\n",
      kNginxOutput,
      kNginxProgram);
}

}  // namespace rockstage::smoke
