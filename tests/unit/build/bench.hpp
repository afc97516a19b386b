#pragma once
#include "build/build.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <sstream>
#include <string>

namespace rockstage::test {

/// A rock to build by hand: sources, a plan, and the real outside world but for the terminal.
struct Bench {
  sys::TempDir home = temp_dir();
  std::string sources = home.path() + "/sources";
  std::string scratch = home.path() + "/scratch";
  sys::SystemProcessRunner processes;
  FakeTerminal terminal;
  sys::Progress progress{terminal, sys::ProgressMode::lines};
  std::ostringstream out;
  sys::Io io{processes, sys::Environment::current(), terminal, progress, out};
  Diagnostics diagnostics;
  source::Rock rock;
  plan::Plan plan;
  plan::Variant variant;
  plan::BuildOptions options;

  explicit Bench(const std::string& build_type) {
    rock.directory = sources;
    rock.spec.name = rock.spec.package = plan.name = "probe";
    rock.spec.version = plan.version = "1.0-1";
    rock.spec.file_name = "probe-1.0-1.rockspec";
    rock.spec.text = "package = 'probe'\n";
    rock.spec.build_type = plan.build_type = build_type;
    plan.source = sources;
    variant.tree = home.path() + "/tree";
    variant.target = "x86_64-unknown-linux-gnu";
    variant.work_in_copy = variant.shim_cargo =
        build_type == "make" || build_type == "cmake" || build_type == "command";
    options.cache_dir = home.path() + "/cache";
    for (const char* name : {"CC",
                             "CFLAGS",
                             "LDFLAGS",
                             "CARGO_BUILD_TARGET",
                             "CARGO_TARGET_DIR",
                             "SOURCE_DATE_EPOCH",
                             "RUSTFLAGS",
                             "CARGO_ENCODED_RUSTFLAGS",
                             "CARGO_PROFILE_RELEASE_STRIP"})
      io.environment.unset(name);
    REQUIRE(sys::make_directories(sources));
    REQUIRE(sys::make_directories(scratch));
  }

  /// Writes a file of the sources.
  void source(const std::string& path, std::string_view text, unsigned mode = 0644) {
    put(sources + "/" + path, text, mode);
    rock.files.push_back(path);
  }

  /// A crate without dependencies whose library `name` exports `symbol`.
  void crate(const std::string& name, const std::string& symbol, const std::string& more = "") {
    source("Cargo.toml",
           "[package]\nname = \"" + name
               + "\"\nversion = \"0.3.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n"
               + more);
    source("Cargo.lock",
           "version = 3\n\n[[package]]\nname = \"" + name + "\"\nversion = \"0.3.0\"\n");
    source("src/lib.rs",
           "#[no_mangle] pub extern \"C\" fn " + symbol + "(_l: *mut u8) -> i32 { 1 }\n");
  }

  void shell(const std::string& text) {
    variant.runs.push_back({"running the build command", {}, text, {}});
  }

  void copy(const std::string& from, const std::string& to, const std::string& field) {
    plan::CopyStep step;
    step.from = "{work}/" + from;
    step.to = to;
    step.field = field;
    variant.copies.push_back(step);
  }

  Result<build::BuiltRock> run() {
    build::RunContext context{io, diagnostics, options};
    return build::run(plan, variant, rock, scratch, context);
  }

  /// The rock, or the test ends with the error.
  build::BuiltRock built() {
    auto result = run();
    if (!result)
      FAIL(result.error().message << " / " << result.error().hint << "\n" << terminal.written);
    return *std::move(result);
  }

  /// The error, or the test ends.
  Error error() {
    auto result = run();
    if (result) FAIL("the build succeeded");
    return result ? Error{} : std::move(result).error();
  }

  [[nodiscard]] std::string file(const std::string& path) const {
    return get(scratch + "/rock/" + path);
  }

  /// What was said at `level`, joined.
  [[nodiscard]] std::string said(Level level) const {
    std::string text;
    for (const Diagnostic& item : diagnostics.items()) {
      if (item.level == level) text += item.message + "\n";
    }
    return text;
  }

  /// Every entry of the sources with mode, time and content.
  [[nodiscard]] std::map<std::string, std::string> snapshot() const {
    std::map<std::string, std::string> all;
    const auto entries = sys::walk(sources);
    REQUIRE(entries);
    for (const auto& entry : *entries) {
      std::string facts =
          std::to_string(entry.status.mode) + " " + std::to_string(entry.status.mtime_ns);
      if (entry.status.kind == sys::FileKind::file) facts += get(sources + "/" + entry.path);
      all[entry.path] = facts;
    }
    return all;
  }
};

inline std::vector<std::string> names(const build::BuiltRock& rock) {
  std::vector<std::string> out;
  for (const auto& [path, file_class] : rock.files)
    out.push_back(path);
  return out;
}

}  // namespace rockstage::test
