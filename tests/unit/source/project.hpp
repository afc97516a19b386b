#pragma once
#include "source/open.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/io.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <string>

namespace rockstage::source {

/// A project in a scratch directory, named `kit`, opened with the real outside world but for the
/// terminal.
struct Project {
  sys::TempDir scratch = test::temp_dir();
  sys::SystemProcessRunner processes;
  test::FakeTerminal terminal;
  sys::Progress progress{terminal, sys::ProgressMode::lines};
  std::ostringstream out;
  Io io{processes, sys::Environment::current(), terminal, progress, out};
  Diagnostics diagnostics;
  Request request;

  Project() {
    REQUIRE(sys::make_directories(path("")));
    request.argument = path("");
    const sys::Environment mine = io.environment;
    for (const auto& [name, value] : mine.values())
      if (name.starts_with("GIT_") || (name.starts_with("CARGO_") && name != "CARGO_HOME"))
        io.environment.unset(name);
    // The checkout that the tests may run in is not the project's.
    io.environment.set("GIT_CEILING_DIRECTORIES", scratch.path());
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    const auto directory = sys::absolute(scratch.path()) + "/kit";
    return name.empty() ? directory : directory + "/" + name;
  }

  void put(const std::string& name, std::string_view content = "") const {
    test::put(path(name), content);
  }

  /// A rockspec of build type `none` whose only file is `init.lua`, or with `build` instead.
  void put_rockspec(const std::string& file, std::string build = {}) const {
    const auto name = sys::base_name(file);
    const auto stem = name.substr(0, name.rfind(".rockspec"));
    const auto revision = stem.rfind('-');
    const auto version = stem.rfind('-', revision - 1);
    if (build.empty()) build = "{ type = 'none', install = { lua = { 'init.lua' } } }";
    put(file,
        "rockspec_format = '3.0'\npackage = '" + stem.substr(0, version) + "'\nversion = '"
            + stem.substr(version + 1) + "'\nsource = { url = 'git+https://example.org/kit.git' }\n"
            + "build = " + build + "\n");
  }

  Result<Rock> open() { return source::open(request, io, diagnostics); }

  Result<Rock> open(const std::string& argument) {
    request.argument = argument;
    return open();
  }

  Rock must_open() {
    auto rock = open();
    if (!rock) FAIL(rock.error().message << " / " << rock.error().hint);
    return *std::move(rock);
  }

  Error error() {
    auto rock = open();
    if (rock) FAIL("it was opened as " << rock->spec.name);
    return rock ? Error{} : std::move(rock).error();
  }

  Error error(const std::string& argument) {
    request.argument = argument;
    return error();
  }
};

inline bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace rockstage::source
