#include "base/json.hpp"
#include "bench.hpp"
#include "cargo/inspect.hpp"

#include <nlohmann/json.hpp>

using namespace rockstage;
using test::Bench;
using test::put;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A crate that a plan compiles, with one module.
struct Crate : Bench {
  explicit Crate(const std::string& symbol, const std::string& more = "") : Bench("rust-mlua") {
    crate("probe-core", symbol, more);
    const auto facts = cargo::find_toolchain(sources, io);
    REQUIRE(facts);
    cargo::CompileStep step;
    step.cargo = facts->cargo;
    step.directory = step.workspace_root = sources;
    step.manifest_path = sources + "/Cargo.toml";
    step.package = "probe-core";
    step.package_version = "0.3.0";
    step.library = "probe_core";
    step.target = variant.target = facts->host;
    step.target_dir = home.path() + "/target";
    step.offline = true;
    const auto metadata = cargo::parse_metadata(
        answer({step.cargo, "metadata", "--no-deps", "--format-version", "1"}));
    REQUIRE(metadata);
    step.package_id = metadata->packages.at(0).id;
    variant.compiles.push_back(step);
    variant.libraries.push_back(
        {"probe.core", "probe-core", "lib/probe/core.so", "build.modules[\"probe.core\"]"});
    plan.toolchain = {{"cargo", facts->cargo_version}, {"rustc", facts->rustc_version}};
  }

  std::string answer(const std::vector<std::string>& argv) {
    sys::Command command;
    command.argv = argv;
    command.cwd = sources;
    command.env = io.environment;
    auto result = processes.run(command);
    REQUIRE(result);
    return result->out;
  }

  nlohmann::json record() {
    auto json = parse_json(file("rockstage.json"));
    REQUIRE(json);
    return *std::move(json);
  }
};

}  // namespace

TEST_CASE(
    "build rust: the library that cargo names is staged under its module, and the sources stay as "
    "they were",
    "[build]") {
  Crate bench("luaopen_probe_core");
  bench.io.environment.set("SOURCE_DATE_EPOCH", "1700000000");
  const auto before = bench.snapshot();
  const auto rock = bench.built();
  CHECK(rock.files.at("lib/probe/core.so") == build::FileClass::native_module);
  CHECK(rock.modules.at("probe.core") == "lib/lua/5.1/probe/core.so");
  CHECK(bench.snapshot() == before);
  CHECK(has(bench.terminal.written, "compiling probe 1.0-1 for luajit\n"));

  const auto record = bench.record();
  CHECK(record["crates"].size() == 1);
  CHECK(record["crates"][0]["name"] == "probe-core");
  CHECK(record["crates"][0]["version"] == "0.3.0");
  CHECK(has(record["rustc"], "rustc 1."));
  CHECK(record["build_time"] == 1700000000);
  CHECK_FALSE(has(bench.file("rockstage.json"), bench.home.path()));
}

TEST_CASE("build rust: a luaopen of another name is an error with the one that is needed",
          "[build]") {
  Crate bench("luaopen_probe");
  const Error error = bench.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message
        == "build.modules[\"probe.core\"]: the library exports luaopen_probe, module 'probe.core' needs luaopen_probe_core");
  CHECK(has(error.hint, "lua_module(name = \"probe_core\")"));
}

TEST_CASE("build rust: a library without luaopen is an FFI library", "[build]") {
  Crate bench("probe_sum", "[profile.release]\npanic = \"abort\"\n");
  CHECK(bench.built().files.at("lib/probe/core.so") == build::FileClass::ffi_library);
  CHECK(bench.said(Level::warning).empty());
}

TEST_CASE("build rust: a library that cargo does not build is named with those that it does",
          "[build]") {
  Crate bench("luaopen_probe_core");
  bench.variant.libraries.front().library = "probe-cor";
  const Error error = bench.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(has(error.message, "needs the library 'probe-cor', which cargo did not build"));
  CHECK(has(error.hint, "probe_core"));
}

TEST_CASE("build rust: a library for another machine is an error", "[build]") {
  Crate bench("luaopen_probe_core");
  bench.variant.target = "s390x-unknown-linux-gnu";
  const Error error = bench.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(has(error.message, "the target is s390x-unknown-linux-gnu"));
}

TEST_CASE("build rust: panic = abort of a native module is overridden with a warning", "[build]") {
  Crate bench("luaopen_probe_core", "[profile.release]\npanic = \"abort\"\n");
  const auto before = bench.snapshot();
  bench.built();
  CHECK(has(bench.said(Level::warning), "panic = \"abort\" of profile 'release'"));
  CHECK(bench.snapshot() == before);
}

TEST_CASE("build rust: panic = abort is nothing to Lua 5.4", "[build]") {
  Crate bench("luaopen_probe_core", "[profile.release]\npanic = \"abort\"\n");
  bench.variant.lua = lua::Lua::lua54;
  CHECK(bench.built().modules.at("probe.core") == "lib/lua/5.4/probe/core.so");
  CHECK(bench.said(Level::warning).empty());
}

TEST_CASE("build rust: a compile error is cargo's own, and nothing is staged", "[build]") {
  Crate bench("luaopen_probe_core");
  bench.built();
  put(bench.sources + "/src/lib.rs", "this is no rust");
  REQUIRE(sys::remove_all(bench.scratch));
  REQUIRE(sys::make_directories(bench.scratch));
  CHECK(bench.error().code == Errc::subprocess);
  CHECK(has(bench.terminal.written, "src/lib.rs:1:"));
  CHECK_FALSE(sys::exists(bench.scratch + "/rock/lib/probe/core.so"));
}

TEST_CASE("build rust: patches are compiled in a copy", "[build]") {
  Crate bench("luaopen_wrong");
  bench.variant.work_in_copy = true;
  bench.rock.spec.patches = {
      {"name.diff",
       "--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -1 +1 @@\n-#[no_mangle] pub extern \"C\" fn "
       "luaopen_wrong(_l: *mut u8) -> i32 { 1 "
       "}\n+#[no_mangle] pub extern \"C\" fn luaopen_probe_core(_l: *mut u8) -> i32 { 1 }\n"}};
  const auto before = bench.snapshot();
  CHECK(bench.built().modules.count("probe.core") == 1);
  CHECK(bench.snapshot() == before);
}

TEST_CASE(
    "build command: cargo builds in the copy, keeps to the lock file, and its crates are known",
    "[build]") {
  Bench bench("command");
  bench.crate("probe", "luaopen_probe", "[profile.release]\ndebug = 2\n");
  // A stale library of an earlier build in the checkout, and settings that would move the output.
  bench.source("target/release/libprobe.so", "stale");
  bench.source("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");
  bench.io.environment.set("CARGO_TARGET_DIR", bench.home.path() + "/elsewhere");
  bench.shell(
      "cargo build --release --offline && cp target/release/libprobe.so {rock}/lib/probe.so");
  const auto before = bench.snapshot();
  const auto rock = bench.built();
  CHECK(rock.files.at("lib/probe.so") == build::FileClass::native_module);
  CHECK(bench.snapshot() == before);
  CHECK_FALSE(sys::exists(bench.home.path() + "/elsewhere"));

  auto record = parse_json(bench.file("rockstage.json"));
  REQUIRE(record);
  REQUIRE((*record)["crates"].size() == 1);
  CHECK((*record)["crates"][0]["name"] == "probe");
  CHECK((*record)["crates"][0]["version"] == "0.3.0");
  CHECK(has((*record)["cargo"], "cargo 1."));
  CHECK_FALSE(has(bench.file("lib/probe.so"), bench.home.path()));
}

TEST_CASE("build command: a lock file that does not fit stops cargo, and the hint says so",
          "[build]") {
  Bench bench("command");
  bench.crate("probe", "luaopen_probe");
  bench.source("Cargo.lock", "version = 3\n\n[[package]]\nname = \"probe\"\nversion = \"0.2.0\"\n");
  bench.shell(
      "cargo build --release --offline && cp target/release/libprobe.so {rock}/lib/probe.so");
  const Error error = bench.error();
  CHECK(error.code == Errc::subprocess);
  CHECK(has(error.message + error.hint, "Cargo.lock"));
}

TEST_CASE("build command: cargo's configuration of a folder above the sources applies", "[build]") {
  Bench bench("command");
  bench.crate("probe", "luaopen_probe");
  put(bench.home.path() + "/.cargo/config.toml",
      "[build]\nrustflags = [\"--cfg\", \"from_above\"]\n");
  bench.source("src/lib.rs",
               "#[cfg(from_above)] #[no_mangle] pub extern \"C\" fn luaopen_probe(_l: *mut u8) -> "
               "i32 { 1 }\n");
  bench.shell(
      "cargo build --release --offline && cp target/release/libprobe.so {rock}/lib/probe.so");
  CHECK(bench.built().files.at("lib/probe.so") == build::FileClass::native_module);
}

TEST_CASE("build command: a member of a workspace above brings the workspace along", "[build]") {
  Bench bench("command");
  put(bench.home.path() + "/sources/Cargo.toml",
      "[workspace]\nmembers = [\"member\", \"helper\"]\nresolver = \"2\"\n");
  put(bench.sources + "/Cargo.lock",
      "version = 3\n\n[[package]]\nname = \"helper\"\nversion = \"0.1.0\"\n\n[[package]]\nname = "
      "\"member\"\nversion = "
      "\"0.3.0\"\ndependencies = [\n \"helper\",\n]\n");
  put(bench.sources + "/helper/Cargo.toml",
      "[package]\nname = \"helper\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
  put(bench.sources + "/helper/src/lib.rs", "pub fn one() -> i32 { 1 }\n");
  put(bench.sources + "/member/Cargo.toml",
      "[package]\nname = \"member\"\nversion = \"0.3.0\"\nedition = \"2021\"\n[lib]\ncrate-type = "
      "[\"cdylib\"]\n[dependencies]\nhelper = { path = \"../helper\" }\n");
  put(bench.sources + "/member/src/lib.rs",
      "#[no_mangle] pub extern \"C\" fn luaopen_probe(_l: *mut u8) -> i32 { helper::one() }\n");
  bench.rock.directory = bench.sources + "/member";
  bench.rock.files = {"Cargo.toml", "src/lib.rs"};
  bench.shell(
      "cargo build --release --offline && cp ../target/release/libmember.so {rock}/lib/probe.so");
  const auto before = bench.snapshot();
  bench.built();
  CHECK(bench.snapshot() == before);
  const auto record = parse_json(bench.file("rockstage.json"));
  REQUIRE(record);
  CHECK((*record)["crates"].size() == 2);
}

TEST_CASE("build command: a library that cargo built and nobody staged is an error", "[build]") {
  Bench bench("command");
  bench.crate("probe", "luaopen_probe");
  bench.shell(
      "cargo build --release --offline; cp target/release/libother.so {rock}/lib/probe.so; echo "
      "'return 1' > {rock}/lua/a.lua");
  const Error error = bench.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "cargo built 'libprobe.so', but no library was put into the rock");
}

TEST_CASE("build command: without cargo the shell's own failure is shown", "[build]") {
  Bench bench("command");
  bench.crate("probe", "luaopen_probe");
  bench.io.environment.set("PATH", bench.home.path());
  bench.shell("cargo build");
  const Error error = bench.error();
  CHECK(error.code == Errc::subprocess);
  CHECK(has(error.hint, "install Rust"));
}

TEST_CASE("build command: panic = abort of a native module that the rock's text built is told",
          "[build]") {
  Bench bench("command");
  bench.crate("probe", "luaopen_probe", "[profile.release]\npanic = \"abort\"\n");
  bench.shell(
      "cargo build --release --offline && cp target/release/libprobe.so {rock}/lib/probe.so");
  SECTION("LuaJIT") {
    bench.built();
    CHECK(has(bench.said(Level::warning), "'lib/probe.so' is built with panic = \"abort\""));
  }
  SECTION("Lua 5.4") {
    bench.variant.lua = lua::Lua::lua54;
    bench.built();
    CHECK(bench.said(Level::warning).empty());
  }
}

TEST_CASE("build command: a crate without a lock file is built without --locked, and said",
          "[build]") {
  Bench bench("command");
  bench.crate("probe", "luaopen_probe");
  REQUIRE(sys::remove_file(bench.sources + "/Cargo.lock"));
  bench.shell(
      "cargo build --release --offline && cp target/release/libprobe.so {rock}/lib/probe.so");
  const auto before = bench.snapshot();
  bench.built();
  CHECK(has(bench.said(Level::warning), "no Cargo.lock: this build is not repeatable"));
  CHECK(bench.snapshot() == before);
}

TEST_CASE("build command: a path dependency outside the sources is read where it is", "[build]") {
  Bench bench("command");
  put(bench.home.path() + "/outside/Cargo.toml",
      "[package]\nname = \"outside\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
  put(bench.home.path() + "/outside/src/lib.rs", "pub fn one() -> i32 { panic!() }\n");
  bench.crate("probe", "luaopen_probe", "[dependencies]\noutside = { path = \"../outside\" }\n");
  bench.source("Cargo.lock",
               "version = 3\n\n[[package]]\nname = \"outside\"\nversion = "
               "\"0.1.0\"\n\n[[package]]\nname = \"probe\"\nversion = "
               "\"0.3.0\"\ndependencies = [\n \"outside\",\n]\n");
  bench.source(
      "src/lib.rs",
      "#[no_mangle] pub extern \"C\" fn luaopen_probe(_l: *mut u8) -> i32 { outside::one() }\n");
  bench.shell(
      "cargo build --release --offline && cp target/release/libprobe.so {rock}/lib/probe.so");
  bench.built();
  CHECK_FALSE(has(bench.file("lib/probe.so"), bench.home.path()));
  CHECK_FALSE(sys::exists(bench.home.path() + "/outside/target"));
}
