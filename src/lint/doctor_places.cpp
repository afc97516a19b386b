#include "base/text.hpp"
#include "lint/doctor_probe.hpp"
#include "lua/evaluator.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace rockstage::lint {
namespace {

constexpr std::uint64_t kConfigLimit = std::uint64_t{1} << 20;

/// The directory itself, or the nearest one above it that is there.
std::string nearest_directory(std::string path) {
  path = sys::absolute(path);
  while (!sys::exists(path) && path != "/")
    path = sys::parent(path);
  return path;
}

/// A directory that is written to, and made where it is not there.
Tool writable(const std::string& name, const std::string& path, const std::string& unset_hint) {
  Tool tool{.name = name, .needed_for = "build, install, make", .for_every_build = true};
  if (path.empty()) {
    tool.hint = unset_hint;
    return tool;
  }
  tool.path = path;
  const auto present = nearest_directory(path);
  tool.ok = sys::is_directory(present) && sys::is_writable(present);
  if (!tool.ok)
    tool.hint = fmt::format("'{}' is no directory that can be written to; {}", present, unset_hint);
  return tool;
}

Tool examine_home(const sys::Environment& environment) {
  const auto home = environment.get_nonempty("HOME").value_or("");
  auto tool = writable("HOME", home, "set HOME to a directory that can be written to");
  tool.needed_for = "cargo (its registry is in $HOME/.cargo) and the cache directory";
  // CARGO_HOME and XDG_CACHE_HOME do as well.
  tool.for_every_build = false;
  return tool;
}

/// Of this process, as the kernel shows it (proc(5), since Linux 4.7).
Tool examine_umask() {
  Tool tool{.name = "umask", .ok = true, .needed_for = "build: what cargo and commands write"};
  const auto status = sys::read_file("/proc/self/status", kConfigLimit);
  const auto at = status ? status->find("\nUmask:") : std::string::npos;
  if (at == std::string::npos) return tool;
  tool.version = first_line(status->substr(at + 7));
  const auto mask = std::strtoul(tool.version.c_str(), nullptr, 8);
  tool.ok = (mask & 0700U) == 0;
  if (!tool.ok) tool.hint = "it takes rights away from you yourself; set it: umask 022";
  return tool;
}

Tool examine_certificates(const sys::Environment& environment) {
  Tool tool{.name = "CA bundle", .needed_for = "cargo and git over the network"};
  std::vector<std::string> files;
  for (const char* variable : {"CARGO_HTTP_CAINFO", "SSL_CERT_FILE"})
    if (const auto file = environment.get_nonempty(variable)) files.push_back(*file);
  const bool is_given = !files.empty();
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt",
                           "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem",
                           "/etc/ssl/cert.pem"})
    if (!is_given) files.emplace_back(file);
  for (const auto& file : files) {
    if (!sys::is_file(file)) continue;
    tool.path = file;
    tool.ok = true;
    return tool;
  }
  tool.hint =
      is_given ? fmt::format("'{}' is not there: CARGO_HTTP_CAINFO or SSL_CERT_FILE", files.front())
               : "install Debian's ca-certificates";
  return tool;
}

/// Where LuaRocks looks for its configuration (core/cfg.tl).
std::vector<std::string> luarocks_files(const sys::Environment& environment) {
  std::vector<std::string> out;
  const auto home = environment.get_nonempty("HOME").value_or("");
  std::vector<std::string> folders = {"/etc/luarocks", "/usr/local/etc/luarocks"};
  if (!home.empty()) folders.push_back(sys::join(home, ".luarocks"));
  if (const auto config = environment.get_nonempty("XDG_CONFIG_HOME"))
    folders.push_back(sys::join(*config, "luarocks"));
  else if (!home.empty())
    folders.push_back(sys::join(home, ".config/luarocks"));
  if (const auto file = environment.get_nonempty("LUAROCKS_CONFIG")) out.push_back(*file);
  for (const char* version : {"5.1", "5.2", "5.3", "5.4", "5.5"}) {
    const auto variable = "LUAROCKS_CONFIG_" + text::replace_all(version, ".", "_");
    if (const auto file = environment.get_nonempty(variable)) out.push_back(*file);
    for (const auto& folder : folders)
      out.push_back(fmt::format("{}/config-{}.lua", folder, version));
  }
  return out;
}

/// The names in `variables` of such a file; nullopt where they cannot be told.
std::optional<std::vector<std::string>> luarocks_variables(const std::string& file) {
  // Names that LuaRocks gives to its configuration; their values do not matter here.
  constexpr const char* kGiven =
      "local home, os_getenv = '', function() return '' end; local os = {getenv = os_getenv}; ";
  const auto text = sys::read_file(file, kConfigLimit);
  if (!text) return std::nullopt;
  const auto globals = lua::evaluate(kGiven + *text, file);
  if (!globals) return std::nullopt;
  std::vector<std::string> names;
  const auto* variables = globals->find("variables");
  if (variables != nullptr && variables->table() != nullptr)
    for (const auto& [name, value] : variables->table()->fields)
      names.push_back(name);
  return names;
}

void examine_luarocks(const sys::Environment& environment, std::vector<Tool>& tools) {
  for (const auto& file : luarocks_files(environment)) {
    if (!sys::is_file(file)) continue;
    Tool tool{.name = "LuaRocks configuration",
              .path = file,
              .ok = true,
              .needed_for = "nothing: rockstage does not read it"};
    const auto variables = luarocks_variables(file);
    tool.ok = variables && variables->empty();
    if (!variables)
      tool.hint = "what it sets cannot be told; give variables with --var NAME=VALUE";
    else if (!tool.ok)
      tool.hint = fmt::format(
          "it sets the variables {}; give what a rock needs of them with --var "
          "NAME=VALUE",
          text::join(*variables, ", "));
    tools.push_back(std::move(tool));
  }
}

}  // namespace

void examine_places(const Prober& prober, std::vector<Tool>& tools) {
  const auto& environment = prober.environment();
  tools.push_back(examine_home(environment));
  tools.push_back(writable("cache directory",
                           prober.request().cache_dir,
                           "set XDG_CACHE_HOME or ROCKSTAGE_CACHE_DIR to one that can"));
  tools.push_back(examine_umask());
  tools.push_back(examine_certificates(environment));
  examine_luarocks(environment, tools);
}

}  // namespace rockstage::lint
