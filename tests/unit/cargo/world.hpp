#pragma once
#include "support/support.hpp"
#include "sys/io.hpp"

#include <sstream>
#include <string>

namespace rockstage::cargo {

/// The outside world of one test: a scratch directory, real processes, a terminal that keeps what
/// is written.
struct World {
  sys::TempDir scratch = test::temp_dir();
  sys::SystemProcessRunner processes;
  test::FakeTerminal terminal;
  sys::Progress progress{terminal, sys::ProgressMode::lines};
  std::ostringstream out;
  Io io{processes, sys::Environment::current(), terminal, progress, out};

  World() {
    // What the person who runs the tests has set must not change them.
    const sys::Environment mine = io.environment;
    for (const auto& [name, value] : mine.values()) {
      const bool is_home = name == "CARGO_HOME";
      if ((name.starts_with("CARGO") && !is_home) || name.starts_with("RUSTFLAGS")
          || name == "RUSTC")
        io.environment.unset(name);
    }
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return scratch.path() + "/" + name;
  }

  void put(const std::string& name, std::string_view content) const {
    test::put(path(name), content);
  }

  /// An executable shell script.
  void put_program(const std::string& name, std::string_view script) const {
    test::put(path(name), "#!/bin/sh\n" + std::string(script), 0755);
  }

  /// A crate without dependencies, with an empty library.
  void put_crate(const std::string& name, std::string_view manifest) const {
    put(name + "/Cargo.toml", manifest);
    put(name + "/src/lib.rs", "");
  }
};

}  // namespace rockstage::cargo
