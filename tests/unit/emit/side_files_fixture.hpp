#pragma once
#include "emit/image.hpp"

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace rockstage::test {

/// An image of textkit for a runtime like APISIX, to be changed by the test.
struct SideFiles {
  SideFiles() {
    profile.name = "apisix-debian";
    profile.builtin_modules = {
        "cjson", "ffi", "ngx", "ngx.*", "resty.core", "resty.*", "string", "ndk", "apisix.*"};
    profile.user = {"apisix", 636, 636, true};
    profile.entrypoint = {"/docker-entrypoint.sh"};
    profile.cmd = {"docker-start"};
    profile.config_snippet = "apisix";
    catalogue.module_sets = {{"lua-luajit", {"ffi", "string"}}, {"openresty", {"cjson"}}};
    request.profile = &profile;
    request.catalogue = &catalogue;
    emit::ImageRock rock;
    rock.name = "textkit";
    rock.version = "1.2.0-1";
    rock.files = {"Cargo.lock", "Cargo.toml", "lua/textkit/init.lua", "src/lib.rs"};
    request.rocks = {rock};
    image.request = &request;
    image.place.name = "usr-local";
    image.place.lua = "/usr/local/share/lua/5.1";
    image.place.so = "/usr/local/lib/lua/5.1";
    image.place.chown = "0:0";
    image.place.needs = "none";
    image.version_directory = "5.1";
    image.interpreter = "/usr/bin/luajit";
    image.modules = {
        {"textkit", "share/lua/5.1/textkit/init.lua", emit::ImageModule::Kind::lua},
        {"textkit.core", "lib/lua/5.1/textkit/core.so", emit::ImageModule::Kind::native}};
    image.staged = {"lib/lua/5.1/textkit/core.so", "share/lua/5.1/textkit/init.lua"};
  }

  SideFiles(const SideFiles&) = delete;
  SideFiles& operator=(const SideFiles&) = delete;

  runtime::Profile profile;
  runtime::Catalogue catalogue;
  emit::ImageRequest request;
  emit::Image image;
  emit::Templates templates;
};

/// Names that each format could stumble over.
inline const std::vector<std::string>& nasty_names() {
  static const std::vector<std::string> names = {"a b",          " edge ",
                                                 "#hash",        "!bang",
                                                 "quote\"s",     "it's",
                                                 "back\\slash",  "new\nline",
                                                 "$HOME",        "${x}",
                                                 "%{x}",         "tab\tx",
                                                 "\x7f\xc2\x85", "\xc3\xa9t\xc3\xa9",
                                                 "{{x}}",        "]]==]",
                                                 "-- x",         "a: b",
                                                 "- item",       "*?[a]",
                                                 "<<EOF",        "yes",
                                                 "null",         "\xe2\x80\xa8",
                                                 "trail\\",      "@at",
                                                 "`tick`"};
  return names;
}

struct Ran {
  int exit_code = -1;
  std::string output;  ///< standard output and error
};

/// Runs a line of shell.
inline Ran run_shell(const std::string& line) {
  Ran ran;
  FILE* pipe = popen((line + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return ran;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    ran.output.append(buffer, n);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  return ran;
}

}  // namespace rockstage::test
