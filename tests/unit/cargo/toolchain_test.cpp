#include "cargo/inspect.hpp"
#include "sys/files.hpp"
#include "world.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

constexpr const char* kCargo = "echo 'cargo 1.90.0 (840b83a10 2025-07-30)'\n";
constexpr const char* kRustc =
    "if [ \"$1\" = --print ]; then echo /opt/rust; exit; fi\n"
    "printf 'rustc 1.90.0 (1159e78c4 2025-09-14)\\nbinary: rustc\\ncommit-hash: "
    "1159e78c4747b02ef996e55082b704c09b970588\\n"
    "host: x86_64-unknown-linux-gnu\\nrelease: 1.90.0\\n'\n";

/// Fake programs in bin/, a project in p/.
struct Machine : World {
  Machine() {
    put_program("bin/cargo", kCargo);
    put_program("bin/rustc", kRustc);
    put("p/Cargo.toml", "");
    io.environment =
        sys::Environment({{"PATH", path("bin") + ":/usr/bin:/bin"}, {"HOME", path("home")}});
  }

  /// cargo and rustc become what rustup puts there: links to one program that says `script`.
  void put_rustup(std::string_view script) {
    put_program("bin/rustup", script);
    for (const char* name : {"bin/cargo", "bin/rustc"}) {
      REQUIRE(sys::remove_file(path(name)));
      REQUIRE(sys::make_link("rustup", path(name)));
    }
  }

  Result<Toolchain> find() { return find_toolchain(path("p"), io); }
};

TEST_CASE("toolchain: cargo and rustc are found and say who they are", "[cargo][toolchain]") {
  Machine machine;
  const auto toolchain = machine.find();
  REQUIRE(toolchain);
  CHECK(toolchain->cargo == machine.path("bin/cargo"));
  CHECK(toolchain->rustc == machine.path("bin/rustc"));
  CHECK(toolchain->cargo_version == "cargo 1.90.0 (840b83a10 2025-07-30)");
  CHECK(toolchain->rustc_version == "rustc 1.90.0 (1159e78c4 2025-09-14)");
  CHECK(toolchain->release == "1.90.0");
  CHECK(toolchain->commit_hash == "1159e78c4747b02ef996e55082b704c09b970588");
  CHECK(toolchain->host == "x86_64-unknown-linux-gnu");
  CHECK(toolchain->sysroot == "/opt/rust");
  CHECK(toolchain->cargo_home == machine.path("home/.cargo"));
  CHECK(toolchain->rustup_home.empty());
  CHECK(toolchain->toolchain_file.empty());
}

TEST_CASE("toolchain: $CARGO, $RUSTC and $CARGO_HOME are heard", "[cargo][toolchain]") {
  Machine machine;
  machine.put_program("other/my-cargo", "echo 'cargo 1.99.0 (x 2026-01-01)'\n");
  machine.put_program("other/my-rustc", kRustc);
  machine.io.environment.set("CARGO", machine.path("other/my-cargo"));
  machine.io.environment.set("RUSTC", machine.path("other/my-rustc"));
  machine.io.environment.set("CARGO_HOME", "/elsewhere");
  const auto toolchain = machine.find();
  REQUIRE(toolchain);
  CHECK(toolchain->cargo_version == "cargo 1.99.0 (x 2026-01-01)");
  CHECK(toolchain->rustc == machine.path("other/my-rustc"));
  CHECK(toolchain->cargo_home == "/elsewhere");
}

TEST_CASE("toolchain: a missing cargo or rustc is named, with the ways to get it",
          "[cargo][toolchain]") {
  Machine machine;
  machine.io.environment.set("PATH", machine.path("bin"));
  REQUIRE(sys::remove_file(machine.path("bin/rustc")));
  const auto no_rustc = machine.find();
  REQUIRE_FALSE(no_rustc);
  CHECK(no_rustc.error().code == Errc::not_found);
  CHECK(no_rustc.error().message == "rustc not found on PATH");
  CHECK(no_rustc.error().hint.find("rustup") != std::string::npos);
  CHECK(no_rustc.error().hint.find("cargo-web") != std::string::npos);
  REQUIRE(sys::remove_file(machine.path("bin/cargo")));
  CHECK(machine.find().error().message == "cargo and rustc not found on PATH");
}

TEST_CASE("toolchain: a cargo older than 1.85 is refused", "[cargo][toolchain]") {
  Machine machine;
  machine.put_program("bin/cargo", "echo 'cargo 1.65.0 (4bc8f24d3 2022-10-20)'\n");
  const auto toolchain = machine.find();
  REQUIRE_FALSE(toolchain);
  CHECK(toolchain.error().message
        == machine.path("bin/cargo")
               + " is too old (cargo 1.65.0 (4bc8f24d3 2022-10-20)): 1.85 or newer is needed");
}

TEST_CASE(
    "toolchain: a pinned toolchain that rustup does not have is named, with the command that gets "
    "it",
    "[cargo][toolchain]") {
  Machine machine;
  machine.put("p/rust-toolchain.toml", "[toolchain]\nchannel = \"nightly-2026-01-01\"\n");
  machine.put_rustup(
      "test \"$RUSTUP_AUTO_INSTALL\" = 0 || { echo downloading; exit 9; }\n"
      "echo \"error: toolchain 'nightly-2026-01-01-x86_64-unknown-linux-gnu' is not installed\" "
      ">&2\n"
      "echo 'Stack backtrace:' >&2\nexit 1\n");
  const auto toolchain = machine.find();
  REQUIRE_FALSE(toolchain);
  CHECK(toolchain.error().code == Errc::invalid_input);
  CHECK(toolchain.error().message ==
        "the project pins the toolchain nightly-2026-01-01 (rust-toolchain.toml), which is not installed");
  CHECK(toolchain.error().hint == "rustup toolchain install nightly-2026-01-01");
}

TEST_CASE("toolchain: RUSTUP_TOOLCHAIN is named when it is the one that asks",
          "[cargo][toolchain]") {
  Machine machine;
  machine.put("p/rust-toolchain", "1.80.0\n");
  machine.put_rustup("echo \"error: toolchain 'beta' is not installable\" >&2\nexit 1\n");
  machine.io.environment.set("RUSTUP_TOOLCHAIN", "beta");
  CHECK(machine.find().error().message
        == "the project pins the toolchain beta (RUSTUP_TOOLCHAIN), which is not installed");
}

TEST_CASE("toolchain: rustup without any toolchain, and a broken pin, are said in words",
          "[cargo][toolchain]") {
  Machine machine;
  machine.put_rustup(
      "echo 'error: rustup could not choose a version of cargo to run, because one was not "
      "specified explicitly, and no "
      "default is configured.' >&2\nexit 1\n");
  CHECK(machine.find().error().hint == "rustup default stable");
  machine.put("p/rust-toolchain.toml", "nonsense");
  machine.put_program("bin/rustup",
                      "echo \"error: could not parse override file: 'x'\" >&2\nexit 1\n");
  CHECK(machine.find().error().code == Errc::invalid_input);
  CHECK(machine.find().error().message.find(machine.path("p/rust-toolchain.toml"))
        != std::string::npos);
}

TEST_CASE("toolchain: without rustup a nightly pin cannot be honoured", "[cargo][toolchain]") {
  Machine machine;
  machine.put("rust-toolchain", "nightly-2026-01-01\n");
  const auto toolchain = machine.find();
  REQUIRE_FALSE(toolchain);
  CHECK(toolchain.error().message ==
        "the project pins the toolchain nightly-2026-01-01 (rust-toolchain), which is not installed");
}

TEST_CASE("toolchain: the file that applies is the nearest one, the old name first",
          "[cargo][toolchain]") {
  Machine machine;
  machine.put("rust-toolchain.toml", "[toolchain]\nchannel = 'stable'\n");
  CHECK(machine.find()->toolchain_file == machine.path("rust-toolchain.toml"));
  machine.put("p/rust-toolchain.toml", "[toolchain]\nchannel = '1.90.0'\n");
  machine.put("p/rust-toolchain", "[toolchain]\nchannel = '1.90.0'\n");
  CHECK(machine.find()->toolchain_file == machine.path("p/rust-toolchain"));
  machine.io.environment.set("RUSTUP_TOOLCHAIN", "stable");
  CHECK(machine.find()->toolchain_file.empty());
}

}  // namespace
}  // namespace rockstage::cargo
