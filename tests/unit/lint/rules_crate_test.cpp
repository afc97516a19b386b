#include "world.hpp"

namespace rockstage::lint {
namespace {

using lua::Lua;

TEST_CASE("lint: a rock in which nothing is wrong has no findings", "[lint]") {
  CHECK(World().run().empty());
  CHECK(World(kRust).run().empty());
}

TEST_CASE("lint: rock-toolchain: a toolchain that is not there is found", "[lint]") {
  World world(kRust);
  world.request.inputs.crate = nullptr;
  world.request.toolchain_error = "needs nightly-2026-01-01, not installed";
  CHECK(world.only(rules::rock_toolchain).message == "needs nightly-2026-01-01, not installed");
}

TEST_CASE("lint: rock-toolchain: a Rust older than the crate's rust-version is found", "[lint]") {
  World world(kRust);
  world.package().rust_version = "1.86";
  const auto found = world.only(rules::rock_toolchain);
  CHECK(found.message == "'kit' needs Rust 1.86, the one here is 1.85.0");
  CHECK(found.path == "Cargo.toml");
  CHECK(holds(found.fix, "Rust 1.86"));
}

TEST_CASE("lint: rock-toolchain: a Rust as old as rust-version, or newer, is no finding",
          "[lint]") {
  World world(kRust);
  for (const char* version : {"", "1.85", "1.85.0", "1.9", "1"}) {
    world.package().rust_version = version;
    CHECK(world.of(rules::rock_toolchain).empty());
  }
}

TEST_CASE("lint: rock-toolchain: a target whose standard library is missing is found", "[lint]") {
  World world(kRust);
  world.crate.target_installed["x86_64-unknown-linux-musl"] = false;
  const auto found = world.only(rules::rock_toolchain);
  CHECK(holds(found.message, "standard library for x86_64-unknown-linux-musl"));
  CHECK(holds(found.fix, "rustup target add x86_64-unknown-linux-musl"));
}

TEST_CASE("lint: rock-lua-feature: a crate that fixes another Lua is found", "[lint]") {
  World world(kRust);
  world.package().dependencies.front().features = {"module", "lua54"};
  const auto found = world.only(rules::rock_lua_feature);
  CHECK(holds(found.message, "lua54"));
  CHECK(found.path == "Cargo.toml");
}

TEST_CASE("lint: rock-lua-feature: features asked for that fix another Lua are found", "[lint]") {
  World world(kRust);
  world.request.options.features = {"lua54"};
  CHECK(holds(world.only(rules::rock_lua_feature).message, "lua54"));
}

TEST_CASE("lint: rock-lua-feature: the same fault is said once for several Luas", "[lint]") {
  World world(kRust);
  world.request.options.luas = {Lua::luajit, Lua::luajit};
  world.request.options.features = {"lua54"};
  CHECK(world.of(rules::rock_lua_feature).size() == 1);
}

TEST_CASE("lint: rock-lua-feature: lua51 for LuaJIT, and an FFI crate, are no findings", "[lint]") {
  World other(kRust);
  other.package().features = {{"lua51", {"mlua/lua51"}}};
  CHECK(other.of(rules::rock_lua_feature).empty());
  World ffi(kRust);
  ffi.package().features.clear();
  ffi.package().dependencies.clear();
  CHECK(ffi.of(rules::rock_lua_feature).empty());
}

TEST_CASE("lint: rock-vendored-lua: a dependency that brings a Lua is found", "[lint]") {
  World world(kRust);
  world.package().dependencies.front().features = {"luajit", "vendored"};
  const auto found = world.only(rules::rock_vendored_lua);
  CHECK(holds(found.message, "vendored"));
  CHECK(world.of(rules::rock_lua_feature).empty());
}

TEST_CASE("lint: rock-vendored-lua: a default feature that is switched off is no finding",
          "[lint]") {
  World world(kRust);
  world.package().features["default"] = {"mlua/vendored"};
  CHECK(world.of(rules::rock_vendored_lua).empty());
}

TEST_CASE("lint: rock-panic-abort: an mlua module for LuaJIT that aborts is found", "[lint]") {
  World world(kRust);
  world.crate.profile_panic = {{"release", "abort"}};
  const auto found = world.only(rules::rock_panic_abort);
  CHECK(holds(found.message, "profile 'release' has panic = \"abort\""));
  CHECK(holds(found.fix, "[profile.release]"));
}

TEST_CASE("lint: rock-panic-abort: Lua 5.4, an FFI library and another profile are no findings",
          "[lint]") {
  World newer(kRust);
  newer.request.options.luas = {Lua::lua54};
  World ffi(kRust);
  ffi.package().dependencies.clear();
  World dev(kRust);
  dev.request.options.profile = "dev";
  for (auto* world : {&newer, &ffi, &dev}) {
    world->crate.profile_panic = {{"release", "abort"}, {"dev", "unwind"}};
    CHECK(world->of(rules::rock_panic_abort).empty());
  }
}

TEST_CASE("lint: rock-lock-file: a missing Cargo.lock is found", "[lint]") {
  World world(kRust);
  world.crate.lock = cargo::LockState::missing;
  const auto found = world.only(rules::rock_lock_file);
  CHECK(found.path == "Cargo.lock");
  CHECK(holds(found.message, "there is no Cargo.lock"));
  CHECK(holds(found.fix, "cargo generate-lockfile"));
}

TEST_CASE("lint: rock-lock-file: a stale Cargo.lock is found", "[lint]") {
  World world(kRust);
  world.crate.lock = cargo::LockState::stale;
  CHECK(holds(world.only(rules::rock_lock_file).fix, "cargo update --workspace"));
}

TEST_CASE("lint: rock-lock-file: a fresh lock file and a rock without Rust are no findings",
          "[lint]") {
  CHECK(World(kRust).of(rules::rock_lock_file).empty());
  CHECK(World("type = 'make'").of(rules::rock_lock_file).empty());
}

/// The crate `kit` with that build script.
void add_build_script(World& world, std::string_view text) {
  world.put("build.rs", text);
  world.package().targets.push_back(
      {"build-script-build", {"custom-build"}, {"bin"}, {}, world.directory.path() + "/build.rs"});
}

TEST_CASE("lint: rock-build-script: a build script that reads git or the time is found", "[lint]") {
  for (const std::string mark :
       {"SystemTime::now", "Utc::now", "Command::new(\"git\")", "vergen", "git2::"}) {
    World world(kRust);
    add_build_script(world, "fn main() { " + mark + "(); }");
    const auto found = world.only(rules::rock_build_script);
    CHECK(found.path == "build.rs");
    CHECK(found.evidence.at("found") == mark);
    CHECK(holds(found.fix, "SOURCE_DATE_EPOCH"));
  }
}

TEST_CASE("lint: rock-build-script: one that reads the rockspec's version is no finding",
          "[lint]") {
  World world(kRust);
  add_build_script(world, "fn main() { std::env::var(\"LUA_ROCKSPEC_VERSION\").ok(); }");
  CHECK(world.of(rules::rock_build_script).empty());
}

TEST_CASE("lint: rock-build-script: the library's own use of the time is no finding", "[lint]") {
  World world(kRust);
  world.put("src/lib.rs", "pub fn now() { SystemTime::now(); }");
  CHECK(world.of(rules::rock_build_script).empty());
}

TEST_CASE("lint: rock-build-script: a dependency's build script is not judged", "[lint]") {
  World world(kRust);
  add_build_script(world, "SystemTime::now()");
  world.crate.metadata.workspace_members.clear();
  CHECK(world.of(rules::rock_build_script).empty());
}

TEST_CASE("lint: a library that the crate does not have is left to the build", "[lint]") {
  CHECK(World("type = 'rust-mlua', modules = {kit = 'other'}").run().empty());
}

}  // namespace
}  // namespace rockstage::lint
