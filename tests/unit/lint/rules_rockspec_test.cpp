#include "world.hpp"

namespace rockstage::lint {
namespace {

World command(const std::string& text) {
  return World("type = 'command', build_command = [==[" + text + "]==]");
}

World make_rock(const std::string& makefile, const std::string& fields = {}) {
  World world("type = 'make'" + fields);
  world.put("Makefile", makefile);
  return world;
}

TEST_CASE("lint: rock-install-key: a library whose name is not the key's is found", "[lint]") {
  World world("type = 'none', install = {lib = {['a.probe'] = 'target/release/libprobe.so'}}");
  const auto found = world.only(rules::rock_install_key);
  CHECK(found.path == "kit-1.0-1.rockspec");
  CHECK(holds(found.message, "build.install.lib[\"a.probe\"]"));
  CHECK(holds(found.message, "'a/libprobe.so'"));
  CHECK(found.evidence.at("key") == "a.probe");
  CHECK(found.evidence.at("file") == "target/release/libprobe.so");
  CHECK(holds(found.fix, "probe.so"));
}

TEST_CASE("lint: rock-install-key: a library named as its key is no finding", "[lint]") {
  const auto quiet = [](const std::string& entries) {
    return World("type = 'none', install = {" + entries + "}").of(rules::rock_install_key).empty();
  };
  CHECK(quiet("lib = {['a.probe'] = 'out/probe.so'}"));
  CHECK(quiet("lib = {['a/probe'] = 'out/probe.so'}"));
  CHECK(quiet("lib = {'out/libprobe.so'}"));
  CHECK(quiet("conf = {probe = 'x/other.conf'}, bin = {probe = 'x/other'}"));
}

TEST_CASE("lint: rock-install-key: a .lua file is renamed by LuaRocks and is no finding",
          "[lint]") {
  World world("type = 'none', install = {lib = {['a.b'] = 'x.lua'}, lua = {['a.c'] = 'y.lua'}}");
  CHECK(world.of(rules::rock_install_key).empty());
}

TEST_CASE("lint: rock-swallowed-failure: a copy before a ; is found", "[lint]") {
  auto world = command("cargo build --locked && cp a b; echo done");
  const auto found = world.of(rules::rock_swallowed_failure);
  REQUIRE(found.size() == 2);
  CHECK(found[1].message == "build.build_command: a failure of 'cp a b' would be lost");
  CHECK(found[1].path == "kit-1.0-1.rockspec");
  CHECK(found[1].evidence.at("command") == "cp a b");
  CHECK(holds(found[1].fix, "set -e"));
}

TEST_CASE("lint: rock-swallowed-failure: one in install_command is found, too", "[lint]") {
  World world("type = 'command', install_command = 'cp a b || true'");
  CHECK(holds(world.only(rules::rock_swallowed_failure).message, "build.install_command"));
}

TEST_CASE("lint: rock-swallowed-failure: chains, set -e and || exit are no findings", "[lint]") {
  for (const std::string text : {"make && cp a b",
                                 "set -e; make; cp a b",
                                 "cp a b || exit 1\ncp c d",
                                 "cp a b || { echo failed; exit 1; }",
                                 "if test -f a; then cp a b; fi",
                                 "echo start; cp a b",
                                 "# cp a b;\ncp a b"}) {
    INFO(text);
    CHECK(command(text).of(rules::rock_swallowed_failure).empty());
  }
}

TEST_CASE("lint: rock-swallowed-failure: commands of another build type are not read", "[lint]") {
  World world("type = 'none', build_command = 'cp a b; echo'");
  CHECK(world.of(rules::rock_swallowed_failure).empty());
}

TEST_CASE("lint: rock-unlocked-cargo: cargo build without --locked is found", "[lint]") {
  for (const std::string text : {"cargo build --release",
                                 "cargo +stable b",
                                 "/usr/bin/cargo rustc --lib",
                                 "cd x && cargo build",
                                 "CARGO_NET_OFFLINE=1 cargo build"}) {
    INFO(text);
    auto world = command(text);
    const auto found = world.only(rules::rock_unlocked_cargo);
    CHECK(found.path == "kit-1.0-1.rockspec");
    CHECK(holds(found.message, "has no --locked"));
  }
}

TEST_CASE("lint: rock-unlocked-cargo: --locked, --frozen and other words are no findings",
          "[lint]") {
  for (const std::string text : {"cargo build --locked",
                                 "cargo build --release \\\n  --locked",
                                 "cargo build --frozen",
                                 "cargo test",
                                 "xcargo build",
                                 "cargo builder",
                                 "# cargo build"}) {
    INFO(text);
    CHECK(command(text).of(rules::rock_unlocked_cargo).empty());
  }
}

TEST_CASE("lint: rock-unlocked-cargo: a makefile's cargo build is found", "[lint]") {
  for (const std::string recipe :
       {"cargo build", "@cargo build", "-cargo build", "cd x && cargo build --release"}) {
    INFO(recipe);
    auto world = make_rock("all:\n\t" + recipe + "\n");
    const auto found = world.only(rules::rock_unlocked_cargo);
    CHECK(found.path == "Makefile");
    CHECK(holds(found.message, "cargo build"));
  }
}

TEST_CASE("lint: rock-unlocked-cargo: the makefile that the rockspec names is read", "[lint]") {
  auto world = make_rock("all:\n\tcargo build --locked\n", ", makefile = 'rock.mk'");
  world.put("rock.mk", "all:\n\tcargo build\n");
  CHECK(world.only(rules::rock_unlocked_cargo).path == "rock.mk");
}

TEST_CASE("lint: rock-unlocked-cargo: the makefile that make itself would take is read", "[lint]") {
  auto world = make_rock("all:\n\tcargo build --locked\n");
  world.put("makefile", "all:\n\tcargo build\n");
  CHECK(world.only(rules::rock_unlocked_cargo).path == "makefile");
}

TEST_CASE("lint: rock-unlocked-cargo: a makefile's comments and continued lines are no findings",
          "[lint]") {
  CHECK(make_rock("all:\n\t# cargo build\n\tcargo build \\\n\t  --locked\n")
            .of(rules::rock_unlocked_cargo)
            .empty());
  CHECK(make_rock("all:\n\tcargo build --locked && cargo build --frozen\n")
            .of(rules::rock_unlocked_cargo)
            .empty());
}

TEST_CASE("lint: rock-unlocked-cargo: a quote in one line of a makefile does not hide the next",
          "[lint]") {
  auto world = make_rock("$(info it's here)\nall:\n\tcargo build\n");
  CHECK(world.of(rules::rock_unlocked_cargo).size() == 1);
}

TEST_CASE("lint: rock-unlocked-cargo: a rock without the makefile has no findings", "[lint]") {
  CHECK(World("type = 'make', makefile = 'none.mk'").run().empty());
}

TEST_CASE("lint: rock-licence: a rockspec without a licence is found", "[lint]") {
  World world("type = 'none'", "");
  const auto found = world.only(rules::rock_licence);
  CHECK(found.path == "kit-1.0-1.rockspec");
  CHECK(found.fix == "set description.license");
}

TEST_CASE("lint: rock-licence: sources without a licence file are found", "[lint]") {
  World world;
  world.request.inputs.licence_files.clear();
  CHECK(holds(world.only(rules::rock_licence).message, "no licence file"));
}

TEST_CASE("lint: rock-licence: a file by any usual name is enough, no finding", "[lint]") {
  World world;
  world.request.inputs.licence_files = {"COPYING"};
  CHECK(world.of(rules::rock_licence).empty());
}

TEST_CASE("lint: the worst comes first, then by rule and path", "[lint]") {
  World world(
      "type = 'rust-mlua', modules = {kit = 'kit'}, "
      "install = {lib = {['a.x'] = 'liba.so', ['b.x'] = 'libb.so'}}",
      "");
  world.request.inputs.licence_files.clear();
  world.crate.lock = cargo::LockState::missing;
  world.package().dependencies.front().features = {"module", "lua54"};
  world.package().rust_version = "1.99";
  std::vector<std::pair<std::string, std::string>> order;
  for (const auto& found : world.run())
    order.emplace_back(found.rule, found.path);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {rules::rock_lua_feature, "Cargo.toml"},
      {rules::rock_toolchain, "Cargo.toml"},
      {rules::rock_install_key, "kit-1.0-1.rockspec"},
      {rules::rock_install_key, "kit-1.0-1.rockspec"},
      {rules::rock_lock_file, "Cargo.lock"},
      {rules::rock_licence, ""},
      {rules::rock_licence, "kit-1.0-1.rockspec"}};
  CHECK(order == expected);
}

}  // namespace
}  // namespace rockstage::lint
