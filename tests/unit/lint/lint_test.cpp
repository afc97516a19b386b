#include "lint/lint.hpp"

#include "../plan/facts.hpp"
#include "base/rules.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::lint {
namespace {

using lua::Lua;
using plan::package;
using plan::with_mlua;

constexpr const char* kRust = "{ type = 'rust-mlua', modules = { 'kit' } }";
constexpr const char* kLicence = "description = { license = 'MIT' }";

/// A rock about which there is nothing to say, until a test changes it.
struct Bench : plan::Facts {
  sys::TempDir sources = test::temp_dir();
  Request request;

  explicit Bench(const std::string& build = kRust, const std::string& more = kLicence)
      : Facts(build, more) {
    inputs.directory = sources.path();
    inputs.files = {"Cargo.lock", "Cargo.toml", "LICENSE"};
    crate.lock_file = sources.path() + "/Cargo.lock";
    place(crate.metadata.packages);
  }

  /// Moves packages to where the sources are.
  void place(std::vector<cargo::Package>& packages) const {
    for (auto& one : packages)
      one.manifest_path = sources.path() + "/Cargo.toml";
  }

  void set(cargo::Package one) {
    set_crate({std::move(one)});
    place(crate.metadata.packages);
    crate.lock_file = sources.path() + "/Cargo.lock";
  }

  Findings all() {
    inputs.spec = &spec;
    request.inputs = inputs;
    request.options = options;
    return run(request);
  }

  /// The findings of one rule; each has the severity that the rule is documented with.
  Findings of(const char* rule) {
    auto found = all();
    std::erase_if(found, [rule](const Finding& finding) { return finding.rule != rule; });
    for (const auto& finding : found) {
      CHECK(finding.severity == find_rule(rule)->severity);
      CHECK_FALSE(finding.message.empty());
      CHECK_FALSE(finding.fix.empty());
    }
    return found;
  }

  /// The only finding of the rule.
  Finding one(const char* rule) {
    const auto found = of(rule);
    REQUIRE(found.size() == 1);
    return found.front();
  }
};

std::string command(const std::string& text) {
  return "{ type = 'command', build_command = [==[" + text + "]==] }";
}

/// What rock-swallowed-failure says of a command.
Findings swallowed(const std::string& text) {
  return Bench(command(text)).of(rules::rock_swallowed_failure);
}

Findings unlocked(const std::string& text) {
  return Bench(command(text)).of(rules::rock_unlocked_cargo);
}

TEST_CASE("lint: a rock without faults has no findings", "[lint]") {
  CHECK(Bench().all().empty());
  CHECK(Bench("{ type = 'none' }").all().empty());
}

TEST_CASE("lint: rock-lua-feature: a crate that fixes another Lua", "[lint]") {
  Bench bench;
  auto fixed = with_mlua(package("kit", "/src/kit"));
  fixed.dependencies[0].features = {"lua54", "module"};
  bench.set(fixed);
  const auto found = bench.one(rules::rock_lua_feature);
  CHECK(found.path == "Cargo.toml");
  CHECK(plan::contains(found.message, "fixes lua54"));

  bench.options.luas = {Lua::luajit, Lua::lua51, Lua::lua54};
  CHECK(bench.of(rules::rock_lua_feature).size() == 2);  // LuaJIT and 5.1; 5.4 fits
}

TEST_CASE("lint: rock-lua-feature: not for lua51 in place of luajit, nor for an FFI crate",
          "[lint]") {
  Bench bench;
  auto only51 = with_mlua(package("kit", "/src/kit"));
  only51.features.erase("luajit");
  bench.set(only51);
  CHECK(bench.of(rules::rock_lua_feature).empty());
  bench.set(package("kit", "/src/kit"));
  CHECK(bench.of(rules::rock_lua_feature).empty());
}

TEST_CASE("lint: rock-vendored-lua: a dependency that brings a Lua along", "[lint]") {
  Bench bench;
  auto vendored = with_mlua(package("kit", "/src/kit"));
  vendored.dependencies[0].features = {"luajit", "vendored"};
  bench.set(vendored);
  CHECK(bench.one(rules::rock_vendored_lua).path == "Cargo.toml");
  CHECK(bench.of(rules::rock_lua_feature).empty());
}

TEST_CASE("lint: rock-vendored-lua: not for a vendored feature that nobody turns on", "[lint]") {
  Bench bench;
  auto optional = with_mlua(package("kit", "/src/kit"));
  optional.features["vendored"] = {"mlua/vendored"};
  bench.set(optional);
  CHECK(bench.of(rules::rock_vendored_lua).empty());
}

TEST_CASE("lint: rock-panic-abort: a native module for LuaJIT", "[lint]") {
  Bench bench;
  bench.crate.profile_panic = {{"release", "abort"}};
  const auto found = bench.one(rules::rock_panic_abort);
  CHECK(plan::contains(found.message, "'kit'"));
  CHECK(plan::contains(found.fix, "[profile.release]"));
}

TEST_CASE("lint: rock-panic-abort: not for Lua 5.4, an FFI library or another profile", "[lint]") {
  Bench five;
  five.crate.profile_panic = {{"release", "abort"}};
  five.options.luas = {Lua::lua54};
  CHECK(five.of(rules::rock_panic_abort).empty());
  Bench ffi;
  ffi.set(package("kit", "/src/kit"));
  ffi.crate.profile_panic = {{"release", "abort"}};
  CHECK(ffi.of(rules::rock_panic_abort).empty());
  Bench other;
  other.crate.profile_panic = {{"release", "unwind"}, {"dev", "abort"}};
  CHECK(other.of(rules::rock_panic_abort).empty());
}

TEST_CASE("lint: rock-lock-file: missing, and stale", "[lint]") {
  Bench bench;
  bench.crate.lock = cargo::LockState::missing;
  CHECK(bench.one(rules::rock_lock_file).path == "Cargo.lock");
  CHECK(plan::contains(bench.one(rules::rock_lock_file).fix, "cargo generate-lockfile"));
  bench.crate.lock = cargo::LockState::stale;
  CHECK(plan::contains(bench.one(rules::rock_lock_file).fix, "cargo update"));
}

TEST_CASE("lint: rock-lock-file: missing beside the crate of a command rock", "[lint]") {
  Bench bench(command("cargo build --release --locked"));
  CHECK(bench.of(rules::rock_lock_file).empty());
  bench.inputs.files = {"Cargo.toml", "LICENSE"};
  CHECK(bench.one(rules::rock_lock_file).path == "Cargo.lock");
}

TEST_CASE("lint: rock-lock-file: not where there is one, and not without a crate to build",
          "[lint]") {
  CHECK(Bench().of(rules::rock_lock_file).empty());
  Bench lua("{ type = 'builtin', modules = { kit = 'kit.lua' } }");
  lua.inputs.files = {"Cargo.toml", "kit.lua"};
  CHECK(lua.of(rules::rock_lock_file).empty());
}

TEST_CASE("lint: rock-toolchain: not installed, too old, without the target's library", "[lint]") {
  Bench absent;
  absent.inputs.crate = nullptr;
  absent.request.toolchain_error = "needs nightly-2026-01-01, not installed";
  CHECK(absent.one(rules::rock_toolchain).message == "needs nightly-2026-01-01, not installed");

  Bench old;
  auto recent = with_mlua(package("kit", "/src/kit"));
  recent.rust_version = "1.96";
  old.set(recent);
  CHECK(old.one(rules::rock_toolchain).message == "'kit' needs Rust 1.96, the one here is 1.95.0");

  Bench target;
  target.crate.target_installed["aarch64-unknown-linux-gnu"] = false;
  CHECK(plan::contains(target.one(rules::rock_toolchain).fix,
                       "rustup target add aarch64-unknown-linux-gnu"));
}

TEST_CASE("lint: rock-toolchain: not for a crate that asks for the Rust that is here", "[lint]") {
  for (const char* version : {"1.95", "1.95.0", "1.9", ""}) {
    Bench bench;
    auto fits = with_mlua(package("kit", "/src/kit"));
    fits.rust_version = version;
    bench.set(fits);
    CHECK(bench.of(rules::rock_toolchain).empty());
  }
}

TEST_CASE("lint: rock-install-key: a key that LuaRocks would ignore", "[lint]") {
  Bench bench(
      "{ type = 'command', install = { lib = { probe = 'target/release/libprobe.so', "
      "['a.b'] = 'libx.so' } } }");
  const auto found = bench.of(rules::rock_install_key);
  REQUIRE(found.size() == 2);
  CHECK(plan::contains(found[0].message + found[1].message, "LuaRocks stages it as 'a/libx.so'"));
  CHECK(plan::contains(found[0].message + found[1].message, "`require \"probe\"`"));
}

TEST_CASE("lint: rock-install-key: not where file and key agree, nor for other tables", "[lint]") {
  Bench bench(
      "{ type = 'command', install = { lib = { probe = 'out/probe.so', ['a.b'] = 'b.so', 'c.so' }, "
      "lua = { x = 'y.lua' }, bin = { z = 'w' } } }");
  CHECK(bench.of(rules::rock_install_key).empty());
}

TEST_CASE("lint: rock-swallowed-failure: a failed copy that a later command hides", "[lint]") {
  const auto found = swallowed("cargo build --locked && cp a.so b.so; echo done");
  REQUIRE(found.size() == 2);
  CHECK(found[0].evidence.at("command") == EvidenceValue("cargo build --locked"));
  CHECK(found[1].evidence.at("command") == EvidenceValue("cp a.so b.so"));
  for (const char* text : {"cp a b; true",
                           "cp a b\necho done",
                           "cp a b || true",
                           "install -m 644 a b || :",
                           "make\nexit 0",
                           "cp 'a;b' c; echo \"x\""}) {
    INFO(text);
    CHECK(swallowed(text).size() == 1);
  }
}

TEST_CASE("lint: rock-swallowed-failure: not where the status counts, or nothing is copied",
          "[lint]") {
  for (const char* text : {"mkdir -p x; cp a b",
                           "cargo build --locked && cp a b",
                           "set -e; cp a b; cp c d",
                           "set -ex\ncp a b\necho done",
                           "cp a b;",
                           "cp a b\n",
                           "cp a \\\n  b",
                           "cp 'x; true' y",
                           "cp a b # ; true",
                           "echo 'cp a b; true'; cp a b",
                           "test -f x || cp a b"}) {
    INFO(text);
    CHECK(swallowed(text).empty());
  }
}

TEST_CASE("lint: rock-unlocked-cargo: cargo in a command without --locked", "[lint]") {
  for (const char* text : {"cargo build --release",
                           "cd x && cargo +stable build",
                           "FOO=1 /usr/bin/cargo rustc --lib",
                           "cargo b"}) {
    INFO(text);
    CHECK(unlocked(text).size() == 1);
  }
}

TEST_CASE("lint: rock-unlocked-cargo: cargo in a makefile without --locked", "[lint]") {
  Bench bench("{ type = 'make' }");
  test::put(bench.sources.path() + "/Makefile", "all:\n\tcargo build --release\n");
  CHECK(bench.one(rules::rock_unlocked_cargo).path == "Makefile");
  Bench named("{ type = 'make', makefile = 'build.mk' }");
  test::put(named.sources.path() + "/build.mk", "all:\n\tcargo build\n");
  CHECK(named.one(rules::rock_unlocked_cargo).path == "build.mk");
}

TEST_CASE("lint: rock-unlocked-cargo: not with --locked or --frozen, nor for other commands",
          "[lint]") {
  for (const char* text : {"cargo build --release --locked",
                           "cargo build --frozen",
                           "cargo clean",
                           "mycargo build",
                           "cargo-zigbuild build"}) {
    INFO(text);
    CHECK(unlocked(text).empty());
  }
  CHECK(Bench("{ type = 'make' }").of(rules::rock_unlocked_cargo).empty());
}

/// A rock whose build script has that text.
struct WithBuildScript : Bench {
  explicit WithBuildScript(const std::string& text) {
    auto built = with_mlua(package("kit", "/src/kit"));
    cargo::Target script;
    script.name = "build-script-build";
    script.kinds = {"custom-build"};
    script.src_path = sources.path() + "/build.rs";
    test::put(script.src_path, text);
    built.targets.push_back(script);
    set(built);
  }
};

TEST_CASE("lint: rock-build-script: one that reads git or the time", "[lint]") {
  for (const char* text : {"let now = SystemTime::now();",
                           "Command::new(\"git\").arg(\"rev-parse\")",
                           "vergen::EmitBuilder::builder()",
                           "chrono::Utc::now()"}) {
    INFO(text);
    const auto found = WithBuildScript(text).one(rules::rock_build_script);
    CHECK(found.path == "build.rs");
    CHECK_FALSE(std::get<std::string>(found.evidence.at("found")).empty());
  }
}

TEST_CASE("lint: rock-build-script: not one that reads the environment, and not other sources",
          "[lint]") {
  CHECK(WithBuildScript("env::var(\"LUA_ROCKSPEC_VERSION\")").of(rules::rock_build_script).empty());
  Bench bench;
  test::put(bench.sources.path() + "/src/lib.rs", "SystemTime::now()");
  CHECK(bench.of(rules::rock_build_script).empty());
}

TEST_CASE("lint: rock-licence: none in the rockspec, and no file", "[lint]") {
  Bench field(kRust, "");
  CHECK(field.one(rules::rock_licence).message == "the rockspec names no licence");
  Bench file;
  file.inputs.licence_files.clear();
  CHECK(file.one(rules::rock_licence).message == "there is no licence file in the sources");
}

TEST_CASE("lint: rock-licence: not where both are there", "[lint]") {
  CHECK(Bench().of(rules::rock_licence).empty());
}

TEST_CASE("lint: the worst findings come first, then by rule and path", "[lint]") {
  Bench bench(kRust, "");
  auto fixed = with_mlua(package("kit", "/src/kit"));
  fixed.dependencies[0].features = {"lua54", "module"};
  bench.set(fixed);
  bench.crate.lock = cargo::LockState::missing;
  bench.inputs.licence_files.clear();
  std::vector<std::string> order;
  for (const auto& finding : bench.all())
    order.push_back(finding.rule);
  CHECK(order
        == std::vector<std::string>{rules::rock_lua_feature,
                                    rules::rock_lock_file,
                                    rules::rock_licence,
                                    rules::rock_licence});
}

TEST_CASE("lint: a library that the crate does not have is a build error, no finding", "[lint]") {
  Bench bench("{ type = 'rust-mlua', modules = { kit = 'another' } }");
  CHECK(bench.all().empty());
}

}  // namespace
}  // namespace rockstage::lint
