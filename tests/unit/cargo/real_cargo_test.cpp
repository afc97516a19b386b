#include "base/text.hpp"
#include "cargo/compile.hpp"
#include "cargo/inspect.hpp"
#include "sys/files.hpp"
#include "world.hpp"

#include <catch2/catch.hpp>

#include <map>

// The cargo that is here, offline, on crates without dependencies.
namespace rockstage::cargo {
namespace {

constexpr const char* kLock = "version = 3\n\n[[package]]\nname = \"NAME\"\nversion = \"0.1.0\"\n";
constexpr const char* kFunction = "#[no_mangle]\npub extern \"C\" fn answer() -> i32 { NUMBER }\n";

/// Every file below `root` with its content and time.
std::map<std::string, std::pair<std::string, std::int64_t>> snapshot(const std::string& root) {
  std::map<std::string, std::pair<std::string, std::int64_t>> files;
  const auto entries = sys::walk(root);
  REQUIRE(entries);
  for (const auto& entry : *entries) {
    const bool is_file = entry.status.kind == sys::FileKind::file;
    files[entry.path] = {is_file ? test::get(sys::join(root, entry.path)) : "",
                         entry.status.mtime_ns};
  }
  return files;
}

struct Workshop : World {
  Diagnostics diagnostics;

  Workshop() { io.environment.set("CARGO_NET_OFFLINE", "true"); }

  void put_library(const std::string& folder,
                   const std::string& name,
                   const std::string& lib = "crate-type = ['cdylib']") {
    put(folder + "/Cargo.toml",
        "[package]\nname = '" + name + "'\nversion = '0.1.0'\nedition = '2021'\n[lib]\n" + lib
            + "\n");
    put(folder + "/Cargo.lock", text::replace_all(kLock, "NAME", name));
    put_source(folder, "1");
  }

  void put_source(const std::string& folder, const std::string& number) {
    put(folder + "/src/lib.rs", text::replace_all(kFunction, "NUMBER", number));
  }

  CrateFacts facts(const std::string& folder) {
    auto result =
        inspect({path(folder + "/Cargo.toml"), {}, {"release"}, false, false}, io, diagnostics);
    if (!result) FAIL(result.error().message);
    return *std::move(result);
  }

  CompileStep step_for(const std::string& folder, const std::string& wanted = "") {
    const CrateFacts known = facts(folder);
    const auto package = choose_package(known.metadata, path(folder + "/Cargo.toml"), wanted);
    REQUIRE(package);
    CompileStep step;
    step.cargo = known.toolchain.cargo;
    step.directory = (*package)->directory();
    step.manifest_path = (*package)->manifest_path;
    step.package = (*package)->name;
    step.package_id = (*package)->id;
    step.package_version = (*package)->version;
    step.profile = "dev";
    step.target = known.toolchain.host;
    step.target_dir = path("t");
    step.rustflags = known.rustflags.at(step.target).flags;
    step.workspace_root = known.metadata.workspace_root;
    step.lock_missing = known.lock != LockState::fresh;
    return step;
  }

  CompileOutcome build(const CompileStep& step) {
    auto outcome = compile(step, io, diagnostics);
    if (!outcome) FAIL(outcome.error().message + "\n" + terminal.written);
    return *std::move(outcome);
  }
};

TEST_CASE(
    "cargo: the library of a hyphenated package is found, and found again when nothing changed",
    "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "text-kit");
  const auto before = snapshot(shop.path("p"));
  const CompileStep step = shop.step_for("p");
  const auto first = shop.build(step);
  REQUIRE(first.cdylibs.size() == 1);
  CHECK(first.cdylibs[0].target_name == "text_kit");
  CHECK(sys::base_name(first.cdylibs[0].file) == "libtext_kit.so");
  CHECK(test::get(first.cdylibs[0].file)
            .starts_with("\x7f"
                         "ELF"));
  CHECK_FALSE(first.cdylibs[0].fresh);
  const auto second = shop.build(step);
  CHECK(second.cdylibs.at(0).fresh);
  CHECK(second.cdylibs.at(0).file == first.cdylibs[0].file);
  CHECK(snapshot(shop.path("p")) == before);
}

TEST_CASE("cargo: a library with a name of its own, and one that is an rlib only",
          "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "p", "name = 'kit_core'\ncrate-type = ['cdylib', 'rlib']");
  CHECK(shop.build(shop.step_for("p")).cdylibs.at(0).target_name == "kit_core");
  shop.put_library("q", "q", "crate-type = ['rlib']");
  CHECK(sys::base_name(shop.build(shop.step_for("q")).cdylibs.at(0).file) == "libq.so");
}

TEST_CASE("cargo: a package without a library is an error with its fix", "[cargo][real]") {
  Workshop shop;
  shop.put("p/Cargo.toml", "[package]\nname = 'p'\nversion = '0.1.0'\nedition = '2021'\n");
  shop.put("p/Cargo.lock", text::replace_all(kLock, "NAME", "p"));
  shop.put("p/src/main.rs", "fn main() {}\n");
  const auto outcome = compile(shop.step_for("p"), shop.io, shop.diagnostics);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "package 'p' has no library");
}

TEST_CASE("cargo: CARGO_BUILD_TARGET and a configured target cannot make an old host file count",
          "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "p");
  shop.put("t/release/libp.so", "stale");
  shop.put("t/debug/libp.so", "stale");
  shop.put("p/.cargo/config.toml",
           "[build]\ntarget = 'wasm32-unknown-unknown'\ntarget-dir = 'elsewhere'\n"
           "build-dir = '{workspace-root}/elsewhere'\n");
  shop.io.environment.set("CARGO_BUILD_TARGET", "wasm32-unknown-unknown");
  shop.io.environment.set("CARGO_TARGET_DIR", shop.path("elsewhere"));
  const CompileStep step = shop.step_for("p");
  const auto outcome = shop.build(step);
  CHECK(outcome.cdylibs.at(0).file.find("/" + step.target + "/") != std::string::npos);
  CHECK(test::get(outcome.cdylibs.at(0).file)
            .starts_with("\x7f"
                         "ELF"));
  CHECK_FALSE(sys::exists(shop.path("elsewhere")));
  CHECK_FALSE(sys::exists(shop.path("p/elsewhere")));
}

TEST_CASE("cargo: a failing build after a good one gives nothing", "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "p");
  const CompileStep step = shop.step_for("p");
  shop.build(step);
  shop.put("p/src/lib.rs", "pub fn broken() -> i32 { missing_name }\n");
  const auto outcome = compile(step, shop.io, shop.diagnostics);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::subprocess);
  CHECK(shop.terminal.written.find("cannot find value `missing_name`") != std::string::npos);
  CHECK(shop.terminal.written.find("   Compiling p") == std::string::npos);
}

TEST_CASE("cargo: of a workspace with two cdylibs the one asked for is built", "[cargo][real]") {
  Workshop shop;
  shop.put_library("w/one", "one");
  shop.put_library("w/two", "two");
  shop.put("w/Cargo.toml", "[workspace]\nmembers = ['one', 'two']\nresolver = '2'\n");
  shop.put("w/Cargo.lock",
           "version = 3\n\n[[package]]\nname = \"one\"\nversion = \"0.1.0\"\n\n[[package]]\nname = "
           "\"two\"\nversion = "
           "\"0.1.0\"\n");
  const auto outcome = shop.build(shop.step_for("w", "two"));
  REQUIRE(outcome.cdylibs.size() == 1);
  CHECK(outcome.cdylibs[0].target_name == "two");
  CHECK(outcome.crates.size() == 1);
}

TEST_CASE("cargo: the configured rustflags reach rustc, those of the environment instead of them",
          "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "p");
  shop.put("p/src/lib.rs", "#[cfg(not(wanted))]\ncompile_error!(\"the flag is missing\");\n");
  CHECK_FALSE(compile(shop.step_for("p"), shop.io, shop.diagnostics));
  shop.put("p/.cargo/config.toml", "[target.'cfg(unix)']\nrustflags = ['--cfg', 'wanted']\n");
  shop.build(shop.step_for("p"));
  shop.io.environment.set("RUSTFLAGS", "--cfg other");
  CHECK_FALSE(compile(shop.step_for("p"), shop.io, shop.diagnostics));
}

TEST_CASE("cargo: a crate without a lock file is built, and its checkout stays as it was",
          "[cargo][real]") {
  Workshop shop;
  shop.put_library(
      "home/p", "p", "crate-type = ['cdylib']\n[dependencies]\ndep = {path = '../dep'}\n");
  shop.put_library(
      "home/dep", "dep", "crate-type = ['rlib']\n[dependencies]\ninner = {path = '../inner'}\n");
  shop.put_library("home/inner", "inner", "");
  shop.put("home/p/src/lib.rs",
           "#[no_mangle]\npub extern \"C\" fn where_am_i() { panic!(\"{}\", file!()) }\n");
  for (const char* folder : {"home/p/Cargo.lock", "home/dep/Cargo.lock", "home/inner/Cargo.lock"})
    REQUIRE(sys::remove_file(shop.path(folder)));
  const auto before = snapshot(shop.path("home"));
  const CrateFacts known = shop.facts("home/p");
  CHECK(known.lock == LockState::missing);
  CHECK(known.metadata.resolve.empty());
  CHECK(known.outside_path_dependencies
        == std::vector<std::string>{shop.path("home/dep"), shop.path("home/inner")});

  CompileStep step = shop.step_for("home/p");
  step.rustflags = remap_flags(
      {"", "", "", "", "", step.workspace_root, step.target_dir, known.outside_path_dependencies});
  const auto outcome = shop.build(step);
  REQUIRE(outcome.cdylibs.size() == 1);
  CHECK(outcome.cdylibs[0].package_id == step.package_id);
  CHECK(outcome.crates.size() == 3);
  CHECK(outcome.crates.at(0).package_id.find("rockstage-mirror") == std::string::npos);
  CHECK(snapshot(shop.path("home")) == before);
  CHECK(shop.build(step).cdylibs.at(0).fresh);

  // With a lock file it is built where it is: to the same bytes.
  const std::string mirrored = test::get(outcome.cdylibs[0].file);
  test::put(shop.path("home/p/Cargo.lock"),
            test::get(step.target_dir + "/rockstage-mirror" + shop.path("home/p/Cargo.lock")));
  CompileStep in_place = shop.step_for("home/p");
  CHECK_FALSE(in_place.lock_missing);
  in_place.target_dir = shop.path("t2");
  in_place.profile_values = step.profile_values = {{"strip", "\"symbols\""}};
  in_place.rustflags = remap_flags({"",
                                    "",
                                    "",
                                    "",
                                    "",
                                    step.workspace_root,
                                    in_place.target_dir,
                                    known.outside_path_dependencies});
  const std::string direct = test::get(shop.build(in_place).cdylibs.at(0).file);
  CHECK(test::get(shop.build(step).cdylibs.at(0).file) == direct);
}

TEST_CASE("inspect: facts of a crate with a lock file", "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "p");
  test::put(shop.path("p/Cargo.toml"),
            test::get(shop.path("p/Cargo.toml")) + "[profile.release]\npanic = 'abort'\n");
  const CrateFacts facts = shop.facts("p");
  CHECK(facts.lock == LockState::fresh);
  CHECK(facts.lock_file == shop.path("p/Cargo.lock"));
  CHECK(facts.metadata.packages.size() == 1);
  CHECK(crates_to_build(facts.metadata, facts.metadata.packages[0].id) == 1);
  CHECK(facts.target_installed.at(facts.toolchain.host));
  CHECK(facts.profile_panic.at("release") == "abort");
  CHECK(facts.outside_path_dependencies.empty());
}

TEST_CASE("inspect: a stale lock file is a fact, told in cargo's words, and stays as it was",
          "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "p");
  shop.put("p/Cargo.lock", text::replace_all(kLock, "NAME", "another"));
  const auto before = snapshot(shop.path("p"));
  const CrateFacts facts = shop.facts("p");
  CHECK(facts.lock == LockState::stale);
  CHECK(facts.lock_message.find("--locked") != std::string::npos);
  CHECK(facts.metadata.packages.size() == 1);
  CHECK(facts.metadata.resolve.empty());
  CHECK(snapshot(shop.path("p")) == before);
}

TEST_CASE("inspect: what cannot be inspected says why", "[cargo][real]") {
  Workshop shop;
  const auto inspected = [&](const std::string& target) {
    return inspect(
        {shop.path("p/Cargo.toml"), {target}, {}, false, true}, shop.io, shop.diagnostics);
  };
  const auto missing = inspected("x86_64-unknown-linux-gnu");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);

  shop.put_library("p", "p");
  const auto target = inspected("x86_64-unknown-plan9");
  REQUIRE_FALSE(target);
  CHECK(target.error().code == Errc::usage);
  CHECK(target.error().message == "rustc knows no target 'x86_64-unknown-plan9'");
  const auto other = inspected("aarch64-unknown-none");
  REQUIRE(other);
  CHECK_FALSE(other->target_installed.at("aarch64-unknown-none"));

  shop.put("p/Cargo.toml", "[package]\nname = 'p'\nversion = 'x'\n");
  const auto broken = inspected("x86_64-unknown-linux-gnu");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Errc::invalid_input);
  CHECK(broken.error().message.find(shop.path("p/Cargo.toml")) != std::string::npos);
}

TEST_CASE("inspect: dependencies for other platforms are left out", "[cargo][real]") {
  Workshop shop;
  shop.put_library("p",
                   "p",
                   "[target.'cfg(windows)'.dependencies]\nwin = {path = "
                   "'../win'}\n[target.'cfg(unix)'.dependencies]\nnix = {path = '../nix'}\n");
  shop.put_library("win", "win", "");
  shop.put_library("nix", "nix", "");
  REQUIRE(sys::remove_file(shop.path("p/Cargo.lock")));
  const CrateFacts facts = shop.facts("p");
  const auto& dependencies = facts.metadata.packages.at(0).dependencies;
  REQUIRE(dependencies.size() == 1);
  CHECK(dependencies[0].name == "nix");
}

TEST_CASE("inspect: without rustup a pinned release that is not the one here is a warning",
          "[cargo][real]") {
  Workshop shop;
  shop.put_library("p", "p");
  const CrateFacts facts = shop.facts("p");
  // The toolchain's own programs: no rustup between.
  shop.io.environment.set("CARGO", facts.toolchain.sysroot + "/bin/cargo");
  shop.io.environment.set("RUSTC", facts.toolchain.sysroot + "/bin/rustc");
  shop.io.environment.unset("RUSTUP_HOME");
  if (!sys::is_file(facts.toolchain.sysroot + "/bin/cargo")) return;
  shop.put("p/rust-toolchain.toml", "[toolchain]\nchannel = '1.85.0'\n");
  shop.facts("p");
  REQUIRE(shop.diagnostics.items().size() == 1);
  CHECK(shop.diagnostics.items()[0].level == Level::warning);
  CHECK(shop.diagnostics.items()[0].message.find("pins Rust 1.85.0") != std::string::npos);
}

}  // namespace
}  // namespace rockstage::cargo
