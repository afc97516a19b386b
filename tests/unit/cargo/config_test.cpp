#include "cargo/config.hpp"

#include "cargo/rustflags.hpp"
#include "world.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

using Flags = std::vector<std::string>;

const std::string kTriple = "x86_64-unknown-linux-gnu";
const CfgSet kLinux = {"unix", "target_os=\"linux\""};

std::vector<ConfigValues> config_of(const World& world, const std::string& directory) {
  const auto config = load_config(world.path(directory), world.path("home/.cargo"));
  REQUIRE(config);
  return *config;
}

UserRustflags flags_of(const World& world,
                       const std::string& directory,
                       std::map<std::string, std::string> variables = {}) {
  return user_rustflags(
      kTriple, kLinux, config_of(world, directory), sys::Environment(std::move(variables)));
}

TEST_CASE("config: nearer files come first, CARGO_HOME's last, and each once", "[cargo][config]") {
  World world;
  world.put("home/.cargo/config.toml", "");
  world.put("home/p/.cargo/config.toml", "");
  world.put("home/p/q/.cargo/config", "");
  world.put("home/p/q/.cargo/config.toml", "[build]\nrustflags = ['--not-read']\n");
  world.put("home/p/q/r/Cargo.toml", "");
  const auto config = config_of(world, "home/p/q/r");
  std::vector<std::string> paths;
  for (const ConfigValues& file : config) {
    if (file.path.starts_with(world.scratch.path())) paths.push_back(file.path);
  }
  CHECK(paths
        == Flags{world.path("home/p/q/.cargo/config"),
                 world.path("home/p/.cargo/config.toml"),
                 world.path("home/.cargo/config.toml")});
}

TEST_CASE("config: an included file is weaker than the one that includes it", "[cargo][config]") {
  World world;
  world.put("p/.cargo/config.toml",
            "include = ['a.toml', {path = 'b.toml'}, {path = 'gone.toml', optional = true}]\n"
            "[build]\nrustflags = ['--own']\n");
  world.put("p/.cargo/a.toml",
            "[build]\nrustflags = ['--a']\n[profile.release]\npanic = 'abort'\n");
  world.put("p/.cargo/b.toml", "[build]\nrustflags = ['--b']\n");
  CHECK(flags_of(world, "p").flags == Flags{"--a", "--b", "--own"});
  CHECK(profile_panic("release", {}, config_of(world, "p"), {}) == "abort");
}

TEST_CASE("config: a file that includes itself, or is no TOML, is an error that names it",
          "[cargo][config]") {
  World world;
  world.put("p/.cargo/config.toml", "include = 'config.toml'\n");
  const auto cycle = load_config(world.path("p"), "/nowhere");
  REQUIRE_FALSE(cycle);
  CHECK(cycle.error().code == Errc::invalid_input);
  world.put("q/.cargo/config.toml", "\n[build\n");
  const auto broken = load_config(world.path("q"), "/nowhere");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message.starts_with(world.path("q/.cargo/config.toml") + ":2: "));
}

TEST_CASE("rustflags: sources exclude each other in cargo's order", "[cargo][rustflags]") {
  World world;
  world.put("p/.cargo/config.toml",
            "[build]\nrustflags = ['--build']\n"
            "[target.x86_64-unknown-linux-gnu]\nrustflags = ['--triple']\n"
            "[target.'cfg(unix)']\nrustflags = ['--unix']\n"
            "[target.'cfg(windows)']\nrustflags = ['--windows']\n"
            "[target.aarch64-unknown-linux-gnu]\nrustflags = ['--other']\n");
  CHECK(flags_of(world, "p").flags == Flags{"--triple", "--unix"});
  const std::string file = world.path("p/.cargo/config.toml");
  CHECK(
      flags_of(world, "p").origins
      == Flags{file + ": target." + kTriple + ".rustflags", file + ": target.cfg(unix).rustflags"});

  const auto plain = flags_of(world, "p", {{"RUSTFLAGS", " --cfg  x "}});
  CHECK(plain.flags == Flags{"--cfg", "x"});
  CHECK(plain.origins == Flags{"RUSTFLAGS"});
  const auto encoded = flags_of(world,
                                "p",
                                {{"RUSTFLAGS", "--cfg x"},
                                 {"CARGO_ENCODED_RUSTFLAGS",
                                  "--cfg\x1f"
                                  "a b"}});
  CHECK(encoded.flags == Flags{"--cfg", "a b"});
  CHECK(encoded.origins == Flags{"CARGO_ENCODED_RUSTFLAGS"});
  CHECK(flags_of(world, "p", {{"RUSTFLAGS", ""}}).flags.empty());
  CHECK(flags_of(world, "p", {{"CARGO_ENCODED_RUSTFLAGS", ""}}).flags.empty());
  CHECK(flags_of(world, "p", {{"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "--env"}}).flags
        == Flags{"--triple", "--env", "--unix"});
}

TEST_CASE("rustflags: arrays of several files are joined, the nearer last; a text replaces",
          "[cargo][rustflags]") {
  World world;
  world.put("home/.cargo/config.toml", "[build]\nrustflags = ['--home']\n");
  world.put("home/p/.cargo/config.toml", "[build]\nrustflags = ['--outer']\n");
  world.put("home/p/q/.cargo/config.toml", "[build]\nrustflags = ['--inner']\n");
  CHECK(flags_of(world, "home/p/q", {{"CARGO_BUILD_RUSTFLAGS", "--env"}}).flags
        == Flags{"--home", "--outer", "--inner", "--env"});
  world.put("home/p/q/.cargo/config.toml", "[build]\nrustflags = '-C opt-level=1'\n");
  CHECK(flags_of(world, "home/p/q").flags == Flags{"-C", "opt-level=1"});
}

TEST_CASE(
    "profile: panic comes from the environment, the configuration, the manifest, or what is "
    "inherited",
    "[cargo][config]") {
  World world;
  world.put("p/Cargo.toml",
            "[profile.release]\npanic = 'abort'\n[profile.small]\ninherits = 'release'\n"
            "[profile.dist-x]\ninherits = 'small'\npanic = 'unwind'\n[profile.a]\ninherits = "
            "'b'\n[profile.b]\ninherits = 'a'\n");
  const auto manifest = load_manifest_profiles(world.path("p/Cargo.toml"));
  REQUIRE(manifest);
  const auto panic = [&](const std::string& name,
                         const std::vector<ConfigValues>& config = {},
                         std::map<std::string, std::string> variables = {}) {
    return profile_panic(name, *manifest, config, sys::Environment(std::move(variables)));
  };
  CHECK(panic("release") == "abort");
  CHECK(panic("small") == "abort");
  CHECK(panic("dist-x") == "unwind");
  CHECK(panic("dev") == "unwind");
  CHECK(panic("a") == "unwind");
  CHECK(panic("dist-x", {}, {{"CARGO_PROFILE_DIST_X_PANIC", "abort"}}) == "abort");
  CHECK(panic("small", {}, {{"CARGO_PROFILE_RELEASE_PANIC", "unwind"}}) == "unwind");
  world.put("p/.cargo/config.toml", "[profile.release]\npanic = 'unwind'\n");
  CHECK(panic("small", config_of(world, "p")) == "unwind");
}

TEST_CASE("config: path packages of [patch] are found", "[cargo][config]") {
  World world;
  world.put("p/Cargo.toml",
            "[patch.crates-io]\na = {path = '../a'}\nb = {git = 'x'}\n[patch.'https://x/y']\nc = "
            "{path = 'sub/./c'}\n");
  const auto paths = load_patch_paths(world.path("p/Cargo.toml"));
  REQUIRE(paths);
  CHECK(*paths == Flags{world.path("a"), world.path("p/sub/c")});
}

}  // namespace
}  // namespace rockstage::cargo
