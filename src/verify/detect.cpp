#include "verify/detect.hpp"

#include "base/text.hpp"
#include "runtime/profiles.hpp"

#include <algorithm>
#include <array>

namespace rockstage::verify {
namespace {

struct System {
  std::string id, version;  ///< of os-release
};

System read_system(const RootFiles& files) {
  auto release = files.text("etc/os-release");
  if (release.empty()) release = files.text("usr/lib/os-release");
  System system;
  for (const auto& line : text::split(release, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    auto value = std::string(text::trim(std::string_view(line).substr(equals + 1)));
    std::erase_if(value, [](char c) { return c == '"' || c == '\''; });
    const auto key = line.substr(0, equals);
    if (key == "ID") system.id = value;
    if (key == "VERSION_ID") system.version = value;
  }
  return system;
}

/// The Lua of an image that has a gateway or OpenResty, by the first part of the profiles' names.
std::string family(const RootFiles& files) {
  if (files.exists("usr/local/apisix")) return "apisix-";
  if (files.exists("usr/local/kong")) return "kong-";
  if (files.exists("usr/local/openresty/luajit")) return "openresty-";
  return {};
}

/// How well a profile's distribution fits: 0 for not at all. Profiles of one family differ by
/// little else, so a near version of the same distribution is better than none.
int fit(const runtime::Profile& profile, const System& system) {
  if (profile.distro_id != system.id || system.id.empty()) return 0;
  if (profile.distro_version == system.version) return 3;
  const auto major = [](const std::string& version) {
    return version.substr(0, version.find('.'));
  };
  return major(profile.distro_version) == major(system.version) ? 2 : 1;
}

std::optional<runtime::Profile> best_of(std::string_view prefix, const System& system) {
  const runtime::Profile* best = nullptr;
  int best_fit = 0;
  for (const auto& profile : runtime::builtin_profiles()) {
    if (!profile.name.starts_with(prefix)) continue;
    const int current = fit(profile, system);
    if (current > best_fit || best == nullptr) {
      best = &profile;
      best_fit = current;
    }
  }
  if (best == nullptr) return std::nullopt;
  auto found = *best;
  // On another release the family's paths hold, its libc does not: it is read from the image.
  if (best_fit < 2) found.libc = {};
  return found;
}

bool has_program(const RootFiles& files, const std::string& name) {
  for (const auto* directory : {"usr/bin/", "usr/local/bin/", "bin/"})
    if (files.exists(directory + name)) return true;
  return false;
}

bool has_library(const RootFiles& files, const std::string& name) {
  for (const auto* directory : {"usr/lib/x86_64-linux-gnu/",
                                "usr/lib/aarch64-linux-gnu/",
                                "usr/lib64/",
                                "usr/lib/",
                                "usr/local/lib/"})
    if (files.exists(directory + name)) return true;
  return false;
}

/// The profile of a plain Lua: Debian's on Debian 12 (`debian-…`), else a generic one.
std::optional<runtime::Profile> plain(const std::string& lua, const System& system) {
  const bool debian = system.id == "debian" && system.version == "12";
  auto name = "generic-" + lua;
  if (debian) name = lua == "luajit" ? "debian-luajit" : "debian-lua" + lua;
  if (debian && lua == "5.5") name = "generic-5.5";
  auto profile = runtime::find_profile(name);
  if (!profile) return std::nullopt;
  return *std::move(profile);
}

}  // namespace

std::optional<runtime::Profile> detect_profile(const Root& root) {
  const RootFiles files(root);
  const auto system = read_system(files);
  if (const auto prefix = family(files); !prefix.empty()) return best_of(prefix, system);
  if (files.exists("usr/lib/nginx/modules/ngx_http_lua_module.so")) {
    auto profile = runtime::find_profile("debian-nginx-lua");
    if (profile) return *std::move(profile);
  }
  constexpr std::array<const char*, 5> kVersions = {"5.1", "5.2", "5.3", "5.4", "5.5"};
  if (has_program(files, "luajit")) return plain("luajit", system);
  for (const std::string version : kVersions)
    if (has_program(files, "lua" + version)) return plain(version, system);
  if (has_library(files, "libluajit-5.1.so.2")) return plain("luajit", system);
  for (const std::string version : kVersions)
    if (has_library(files, "liblua" + version + ".so.0")
        || has_library(files, "liblua." + version + ".so"))
      return plain(version, system);
  return std::nullopt;
}

}  // namespace rockstage::verify
