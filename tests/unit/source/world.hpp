#pragma once
#include "source/open.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/io.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sstream>
#include <string>

namespace rockstage::source {

using Names = std::vector<std::string>;

/// The outside world of one test: a project folder in a scratch directory, real processes, offline.
struct World {
  sys::TempDir scratch = test::temp_dir();
  sys::SystemProcessRunner processes;
  test::FakeTerminal terminal;
  sys::Progress progress{terminal, sys::ProgressMode::off};
  std::ostringstream out;
  Io io{processes, sys::Environment::current(), terminal, progress, out};
  Diagnostics diagnostics;
  std::string root;  ///< absolute, without links

  explicit World(const std::string& folder = "project")
      : root(sys::absolute(scratch.path()) + "/" + folder) {
    // What the person who runs the tests has set must not change them.
    const sys::Environment mine = io.environment;
    for (const auto& [name, value] : mine.values())
      if ((name.starts_with("CARGO") && name != "CARGO_HOME") || name.starts_with("GIT_")
          || name.starts_with("RUSTFLAGS") || name == "RUSTC")
        io.environment.unset(name);
    io.environment.set("CARGO_NET_OFFLINE", "true");
    io.environment.set("GIT_CONFIG_GLOBAL", "/dev/null");
    io.environment.set("GIT_CONFIG_NOSYSTEM", "1");
    if (!sys::make_directories(root)) FAIL("no project folder");
  }

  [[nodiscard]] std::string path(const std::string& name) const { return root + "/" + name; }

  void put(const std::string& name, std::string_view content = "") const {
    test::put(path(name), content);
  }

  /// A rockspec of the type `builtin` with one module, in `folder` of the project.
  void put_rockspec(const std::string& name,
                    const std::string& version,
                    const std::string& folder = ".") const {
    put(folder + "/" + name + "-" + version + ".rockspec",
        fmt::format("rockspec_format = '3.0'\npackage = '{0}'\nversion = '{1}'\n"
                    "source = {{url = 'git+https://example.org/{0}.git'}}\n"
                    "build = {{type = 'builtin', modules = {{{2} = 'mod.lua'}}}}\n",
                    name,
                    version,
                    "mod"));
  }

  /// A crate without dependencies.
  void put_crate(const std::string& folder,
                 const std::string& name,
                 const std::string& more = "[lib]\ncrate-type = ['cdylib']\n") const {
    put(folder + "/Cargo.toml",
        fmt::format("[package]\nname = '{}'\nversion = '0.3.1'\nedition = '2021'\n"
                    "description = 'Words'\nlicense = 'MIT'\n{}",
                    name,
                    more));
    put(folder + "/src/lib.rs");
  }

  [[nodiscard]] Request request(const std::string& below = "") const {
    Request out;
    out.argument = below.empty() ? root : path(below);
    return out;
  }

  Result<Rock> open(const Request& asked) { return source::open(asked, io, diagnostics); }

  Rock rock(const Request& asked) {
    auto found = open(asked);
    if (!found) FAIL(found.error().message);
    return *std::move(found);
  }

  Rock rock() { return rock(request()); }

  /// The version of the rock that the project folder stands for.
  std::string version() { return rock().spec.version; }
};

}  // namespace rockstage::source
