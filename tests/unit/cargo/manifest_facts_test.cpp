#include "cargo/manifest_facts.hpp"

#include "cargo/manifest_workspace.hpp"
#include "cargo/workspace.hpp"
#include "sys/files.hpp"
#include "world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace rockstage::cargo {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* kGnu = "x86_64-unknown-linux-gnu";
constexpr const char* kMusl = "aarch64-unknown-linux-musl";

Texts sorted(Texts texts) {
  std::ranges::sort(texts);
  return texts;
}

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

/// One line for each declaration, with all that it says.
Texts lines_of(const std::vector<Declaration>& declarations) {
  Texts out;
  for (const auto& one : declarations) {
    std::string line = one.kind + " " + one.name + " as " + one.rename + " at " + one.path + " for "
                       + without_blanks(one.target) + (one.optional ? " optional" : "")
                       + (one.default_features ? " default" : "") + " with";
    for (const auto& feature : one.features)
      line += " " + feature;
    out.push_back(line);
  }
  return sorted(out);
}

void check_same(const Package& ours, const Package& cargos) {
  INFO(cargos.manifest_path);
  CHECK(ours.id == cargos.id);
  CHECK(ours.name == cargos.name);
  CHECK(ours.version == cargos.version);
  CHECK(ours.manifest_path == cargos.manifest_path);
  CHECK(ours.source == cargos.source);
  CHECK(ours.edition == cargos.edition);
  CHECK(ours.rust_version == cargos.rust_version);
  CHECK(ours.license == cargos.license);
  CHECK(ours.license_file == cargos.license_file);
  CHECK(ours.description == cargos.description);
  CHECK(ours.homepage == cargos.homepage);
  CHECK(ours.repository == cargos.repository);
  CHECK(ours.features == cargos.features);
  CHECK(lines_of(ours.dependencies) == lines_of(cargos.dependencies));
  const auto* library = ours.library();
  const auto* wanted = cargos.library();
  REQUIRE((library == nullptr) == (wanted == nullptr));
  if (wanted == nullptr) return;
  CHECK(library->name == wanted->name);
  CHECK(library->kinds == wanted->kinds);
  CHECK(library->crate_types == wanted->crate_types);
  CHECK(library->src_path == wanted->src_path);
  CHECK(library->required_features == wanted->required_features);
}

/// What we read is what `cargo metadata --no-deps` says, field by field.
void check_against_cargo(World& world, const std::string& manifest) {
  INFO(manifest);
  if (sys::find_program("cargo", world.io.environment).empty()) return;
  const auto cargos = workspace_metadata("cargo", manifest, world.io);
  if (!cargos) FAIL(cargos.error().message);
  const auto ours = read_workspace(manifest);
  if (!ours) FAIL(ours.error().message);
  CHECK(ours->workspace_root == cargos->workspace_root);
  CHECK(sorted(ours->workspace_members) == sorted(cargos->workspace_members));
  CHECK(sorted(ours->workspace_default_members) == sorted(cargos->workspace_default_members));
  for (const auto& package : cargos->packages) {
    const auto* own = ours->find(package.id);
    INFO(package.id);
    REQUIRE(own != nullptr);
    check_same(*own, package);
  }
}

Metadata must_read(const std::string& manifest) {
  auto metadata = read_workspace(manifest);
  if (!metadata) FAIL(metadata.error().message);
  return *std::move(metadata);
}

Error refusal(const std::string& manifest) {
  const auto metadata = read_workspace(manifest);
  REQUIRE_FALSE(metadata);
  return metadata.error();
}

CrateFacts must_read_crate(const World& world,
                           const std::string& manifest,
                           const Texts& targets = {kGnu}) {
  InspectRequest request;
  request.manifest_path = world.path(manifest);
  request.targets = targets;
  request.profiles = {"release", "dist"};
  auto facts = read_crate(request, world.scratch.path());
  if (!facts) FAIL(facts.error().message);
  return *std::move(facts);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Texts names(const Metadata& metadata) {
  Texts out;
  for (const auto& package : metadata.packages)
    if (metadata.is_member(package.id)) out.push_back(package.name);
  return sorted(out);
}

constexpr const char* kRootManifest = R"(
[workspace]
members = ["crates/*", "tools/[a-c]?ol"]
exclude = ["crates/left-out", "vendor"]
default-members = ["crates/kit"]
resolver = "2"
[workspace.package]
version = "3.1.0"
edition = "2021"
license-file = "LICENSE"
description = "all"
homepage = "https://example.org"
repository = "https://example.org/git"
rust-version = "1.70"
[workspace.dependencies]
mlua = { version = "0.10", default-features = false, features = ["module"] }
helper = { path = "crates/helper" }
plain = "1"
[profile.release]
panic = "abort"
)";

constexpr const char* kKitManifest = R"(
[package]
name = "text-kit"
version.workspace = true
edition = { workspace = true }
license-file.workspace = true
description.workspace = true
homepage.workspace = true
repository.workspace = true
rust-version.workspace = true
[lib]
name = "kit_core"
crate-type = ["cdylib", "rlib"]
path = "src/../src/lib.rs"
[features]
default = ["simd"]
simd = ["dep:wide", "speed?/fast"]
luajit = ["mlua/luajit"]
[dependencies]
mlua = { workspace = true, features = ["send"], default-features = true }
helper = { workspace = true, optional = true }
plain.workspace = true
wide = { version = "1", optional = true }
speed = { package = "quick", version = "2", optional = true, default-features = false, features = ["a", "b"] }
[target.'cfg(unix)'.dependencies]
libc = "0.2"
[target.'cfg(target_env="musl")'.dependencies]
musl-only = "1"
[target.x86_64-pc-windows-msvc.build-dependencies]
winres = "1"
[dev-dependencies]
bench = { version = "1", features = [] }
[build-dependencies]
cc = "1"
)";

/// A workspace in which everything occurs that can be inherited.
void put_workspace(const World& world) {
  world.put("ws/Cargo.toml", kRootManifest);

  world.put("ws/LICENSE", "MIT");
  world.put("ws/Cargo.lock", "version = 3\n");
  world.put_crate("ws/crates/kit", kKitManifest);

  world.put_crate("ws/crates/helper",
                  "[package]\nname = \"helper\"\nversion = \"0.1.0\"\nedition = \"2018\"\n"
                  "[lib]\nproc-macro = true\n");
  world.put_crate("ws/crates/left-out", "[package]\nname = \"left-out\"\nversion = \"1.0.0\"\n");
  world.put("ws/tools/tool/Cargo.toml", "[package]\nname = \"no\"\n");
  world.put("ws/tools/cool/Cargo.toml",
            "[package]\nname = \"cool\"\nedition = \"2021\"\nlicense = \"MIT\"\n"
            "[dependencies]\nnear = {path = \"../../near\"}\nfar = {path = \"../../../far\"}\n"
            "gone = {path = \"../../vendor/gone\"}\n");
  world.put("ws/tools/cool/src/main.rs", "fn main() {}\n");
  world.put_crate("ws/vendor/gone", "[package]\nname = \"gone\"\nversion = \"1.0.0\"\n");
  world.put_crate("ws/near",
                  "[package]\nname = \"near\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
  world.put_crate("far",
                  "[package]\nname = \"far\"\nversion = \"1.0.0\"\n[features]\nx = []\n"
                  "[dependencies]\nfurther = {path = \"../further\"}\n"
                  "[dev-dependencies]\nnever = {path = \"../never\"}\n");
  world.put_crate("further", "[package]\nname = \"further\"\nversion = \"1.0.0\"\n");
}

}  // namespace

TEST_CASE("manifest facts: the examples are read as cargo reads them", "[cargo]") {
  World world;
  // The sources of the examples lie beside the tests.
  const auto examples = sys::parent(sys::parent(sys::parent(test::fixture("x")))) + "/examples";
  for (const auto* name : {"textkit", "jsonscan"})
    check_against_cargo(world, examples + "/" + name + "/Cargo.toml");
}

TEST_CASE("manifest facts: a workspace is read as cargo reads it", "[cargo]") {
  World world;
  put_workspace(world);
  for (const auto* name : {"Cargo.toml", "crates/kit/Cargo.toml", "near/Cargo.toml"})
    check_against_cargo(world, world.path(std::string("ws/") + name));
  check_against_cargo(world, world.path("ws/crates/left-out/Cargo.toml"));
  check_against_cargo(world, world.path("far/Cargo.toml"));
}

TEST_CASE("manifest facts: members are those of the patterns and their path dependencies",
          "[cargo]") {
  World world;
  put_workspace(world);
  const auto metadata = must_read(world.path("ws/Cargo.toml"));
  CHECK(names(metadata) == Texts{"cool", "helper", "near", "text-kit"});
  CHECK(metadata.workspace_default_members
        == Texts{"path+file://" + world.path("ws/crates/kit") + "#text-kit@3.1.0"});
}

TEST_CASE("manifest facts: the package at the root, and one without a workspace, stand for all",
          "[cargo]") {
  World world;
  world.put_crate("root",
                  "[package]\nname = \"root\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
                  "[workspace]\nmembers = [\"below\"]\n"
                  "[dependencies]\npart = {path = \"part\"}\n");
  world.put_crate("root/below", "[package]\nname = \"below\"\nversion = \"1.0.0\"\n");
  world.put_crate("root/part", "[package]\nname = \"part\"\nversion = \"1.0.0\"\n");
  world.put_crate("alone",
                  "[package]\nname = \"alone\"\n[lib]\ncrate-type = [\"cdylib\"]\n"
                  "[dependencies]\npart = {path = \"../root/part\"}\n");
  for (const auto* name : {"root", "root/below", "alone"})
    check_against_cargo(world, world.path(std::string(name) + "/Cargo.toml"));
  CHECK(names(must_read(world.path("root/Cargo.toml"))) == Texts{"below", "part", "root"});
  const auto alone = must_read(world.path("alone/Cargo.toml"));
  CHECK(names(alone) == Texts{"alone"});
  CHECK(alone.packages.size() == 2);
  CHECK(alone.packages.front().version == "0.0.0");
  CHECK(alone.packages.front().edition == "2015");
}

TEST_CASE("manifest facts: a library is found, declared, or not there", "[cargo]") {
  World world;
  const auto library = [&world](const std::string& name, const std::string& manifest) {
    world.put_crate(name, "[package]\nname = \"" + name + "\"\nedition = \"2021\"\n" + manifest);
    check_against_cargo(world, world.path(name + "/Cargo.toml"));
    const auto metadata = must_read(world.path(name + "/Cargo.toml"));
    const auto* found = metadata.packages.front().library();
    return found == nullptr ? std::string() : found->name;
  };
  CHECK(library("found-it", "") == "found_it");
  CHECK(library("declared", "[lib]\nname = \"other\"\ncrate_type = [\"staticlib\"]\n") == "other");
  CHECK(library("macro", "[lib]\nproc_macro = true\n").empty());
  CHECK(library("off", "autolib = false\n[[bin]]\nname = \"b\"\npath = \"src/lib.rs\"\n").empty());
}

TEST_CASE("manifest facts: what cargo refuses is refused with the manifest's name", "[cargo]") {
  World world;
  world.put("bad/Cargo.toml", "[package\n");
  auto error = refusal(world.path("bad/Cargo.toml"));
  CHECK(error.code == Errc::invalid_input);
  CHECK(contains(error.message, "bad/Cargo.toml:1"));

  error = refusal(world.path("none/Cargo.toml"));
  CHECK(error.code == Errc::not_found);

  world.put("nameless/Cargo.toml", "[package]\nversion = \"1.0.0\"\n");
  CHECK(contains(refusal(world.path("nameless/Cargo.toml")).message, "has no package.name"));

  world.put("heir/Cargo.toml",
            "[package]\nname = \"heir\"\nversion.workspace = true\n[workspace]\n");
  CHECK(contains(refusal(world.path("heir/Cargo.toml")).message, "inherits package.version"));

  world.put("dep/Cargo.toml",
            "[package]\nname = \"dep\"\n[workspace]\n[dependencies]\nx.workspace = true\n");
  CHECK(contains(refusal(world.path("dep/Cargo.toml")).message, "inherits the dependency 'x'"));

  world.put("gap/Cargo.toml", "[workspace]\nmembers = [\"nothing\"]\n");
  CHECK(contains(refusal(world.path("gap/Cargo.toml")).message, "lists the member 'nothing'"));

  world.put("gap/stray/Cargo.toml", "[package]\nname = \"stray\"\n");
  world.put("gap/Cargo.toml", "[workspace]\n");
  error = refusal(world.path("gap/stray/Cargo.toml"));
  CHECK(contains(error.message, "which does not list it"));
  CHECK(contains(error.hint, "workspace.exclude"));
}

TEST_CASE("manifest facts: packages outside the workspace are known, and told as such", "[cargo]") {
  World world;
  put_workspace(world);
  const auto facts = must_read_crate(world, "ws/crates/kit/Cargo.toml");
  CHECK(facts.outside_path_dependencies == Texts{world.path("far"), world.path("further")});
  CHECK(facts.metadata.packages.size() == 6 + 1);
  CHECK(facts.metadata.resolve.empty());
}

TEST_CASE("manifest facts: dependencies for other targets are left out", "[cargo]") {
  World world;
  put_workspace(world);
  const auto has = [&world](const Texts& targets, std::string_view name) {
    const auto facts = must_read_crate(world, "ws/crates/kit/Cargo.toml", targets);
    for (const auto& package : facts.metadata.packages)
      for (const auto& dependency : package.dependencies)
        if (dependency.name == name) return true;
    return false;
  };
  CHECK(has({kGnu}, "libc"));
  CHECK_FALSE(has({kGnu}, "winres"));
  CHECK_FALSE(has({kGnu}, "musl-only"));
  CHECK(has({kMusl}, "musl-only"));
  CHECK(has({kGnu, kMusl}, "musl-only"));
}

TEST_CASE("manifest facts: lock file, profile, configuration and toolchain come from the project",
          "[cargo]") {
  World world;
  put_workspace(world);
  world.put("ws/.cargo/config.toml",
            "[target.'cfg(target_env = \"musl\")']\nrustflags = [\"-Cdebuginfo=0\"]\n"
            "[profile.dist]\ninherits = \"release\"\n");
  world.put("ws/rust-toolchain.toml", "[toolchain]\nchannel = \"1.80.0\"\n");
  const auto facts = must_read_crate(world, "ws/crates/kit/Cargo.toml", {kGnu, kMusl});
  CHECK(facts.lock == LockState::fresh);
  CHECK(facts.lock_file == world.path("ws/Cargo.lock"));
  CHECK(facts.profile_panic.at("dist") == "abort");
  REQUIRE(facts.config_files.size() == 1);
  CHECK(facts.rustflags.at(kGnu).flags.empty());
  CHECK(facts.rustflags.at(kMusl).flags == Texts{"-Cdebuginfo=0"});
  CHECK(facts.toolchain.toolchain_file == world.path("ws/rust-toolchain.toml"));
  CHECK(facts.toolchain.cargo == "cargo");
  CHECK(facts.target_installed.empty());
  CHECK(must_read_crate(world, "far/Cargo.toml").lock == LockState::missing);
}

TEST_CASE("manifest facts: what lies above the project is somebody else's", "[cargo]") {
  World world;
  world.put(".cargo/config.toml", "[build]\nrustflags = [\"-Ctarget-cpu=native\"]\n");
  world.put("rust-toolchain", "nightly\n");
  world.put_crate("own", "[package]\nname = \"own\"\n");
  InspectRequest request;
  request.manifest_path = world.path("own/Cargo.toml");
  request.targets = {kGnu};
  const auto facts = read_crate(request, world.path("own"));
  REQUIRE(facts);
  CHECK(facts->config_files.empty());
  CHECK(facts->rustflags.at(kGnu).flags.empty());
  CHECK(facts->toolchain.toolchain_file.empty());
}

TEST_CASE("manifest facts: packages of a lock file, each once", "[cargo]") {
  World world;
  world.put("Cargo.lock",
            "version = 3\n[[package]]\nname = \"b-sys\"\nversion = \"1.0.0\"\n"
            "[[package]]\nname = \"a\"\n[[package]]\nname = \"b-sys\"\nversion = \"2.0.0\"\n");
  CHECK(locked_packages(world.path("Cargo.lock")).value() == Texts{"a", "b-sys"});
  world.put("Cargo.lock", "[[package\n");
  CHECK_FALSE(locked_packages(world.path("Cargo.lock")));
}

TEST_CASE("manifest facts: wildcards of a name", "[cargo]") {
  CHECK(matches_wildcard("*", "kit"));
  CHECK(matches_wildcard("k*t", "kt"));
  CHECK(matches_wildcard("*-sys", "zlib-sys"));
  CHECK_FALSE(matches_wildcard("*-sys", "zlib-sys2"));
  CHECK(matches_wildcard("[a-c]?t", "cat"));
  CHECK_FALSE(matches_wildcard("[!a-c]at", "cat"));
  CHECK(matches_wildcard("[!a-c]at", "hat"));
  CHECK(matches_wildcard("[x", "[x"));
  CHECK_FALSE(matches_wildcard("k?", "k"));
  // No blow-up where nothing fits.
  CHECK_FALSE(matches_wildcard("a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(200, 'a')));
}

TEST_CASE("manifest facts: members at any depth, and links that lead in circles", "[cargo]") {
  World world;
  world.put("deep/Cargo.toml", "[workspace]\nmembers = [\"p/**/leaf\"]\n");
  world.put_crate("deep/p/leaf", "[package]\nname = \"one\"\n");
  world.put_crate("deep/p/q/r/leaf", "[package]\nname = \"two\"\n");
  check_against_cargo(world, world.path("deep/Cargo.toml"));
  REQUIRE(sys::make_link("..", world.path("deep/p/q/loop")));
  CHECK(names(must_read(world.path("deep/Cargo.toml"))) == Texts{"one", "two"});
}

}  // namespace rockstage::cargo
