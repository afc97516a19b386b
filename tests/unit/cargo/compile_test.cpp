#include "cargo/compile.hpp"

#include "world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace rockstage::cargo {
namespace {

using Names = std::vector<std::string>;

/// A step for a fake cargo, which is a script that says what a test wants.
struct Bench : World {
  CompileStep step;
  Diagnostics diagnostics;

  explicit Bench(std::string_view script) {
    put_program("cargo", script);
    put("p/Cargo.toml", "");
    put("t/libp.so", "ELF");
    step.cargo = path("cargo");
    step.directory = path("p");
    step.manifest_path = path("p/Cargo.toml");
    step.workspace_root = path("p");
    step.package = "p";
    step.package_id = "path+file:///p#0.1.0";
    step.package_version = "0.1.0";
    step.target = "x86_64-unknown-linux-gnu";
    step.target_dir = path("t");
  }

  Result<CompileOutcome> run() { return compile(step, io, diagnostics); }
};

constexpr const char* kArtifact =
    "artifact() { echo "
    "'{\"reason\":\"compiler-artifact\",\"package_id\":\"'$1'\",\"target\":{\"kind\":[\"cdylib\"],"
    "\"crate_types\":[\"cdylib\"],\"name\":\"p\"},\"features\":[],\"filenames\":[\"'$2'\"],"
    "\"fresh\":'${3:-false}'}'; }\n"
    "finished() { echo '{\"reason\":\"build-finished\",\"success\":'$1'}'; }\n";

TEST_CASE("compile: every decision of the step is an argument", "[cargo][compile]") {
  CompileStep step;
  step.manifest_path = "/p/Cargo.toml";
  step.package = "textkit";
  step.target = "aarch64-unknown-linux-gnu";
  step.target_dir = "/t";
  CHECK(arguments(step)
        == Names{"rustc",
                 "--manifest-path",
                 "/p/Cargo.toml",
                 "--package",
                 "textkit",
                 "--lib",
                 "--crate-type",
                 "cdylib",
                 "--profile",
                 "release",
                 "--target",
                 "aarch64-unknown-linux-gnu",
                 "--target-dir",
                 "/t",
                 "--locked",
                 "--message-format",
                 "json-render-diagnostics"});
  step.package_version = "1.2.0";
  step.profile = "dist";
  step.profile_values = {{"strip", "\"symbols\""}, {"incremental", "false"}};
  step.features = {"luajit", "mlua/module"};
  step.default_features = false;
  step.locked = false;
  step.offline = true;
  step.jobs = 3;
  CHECK(arguments(step)
        == Names{"rustc",
                 "--manifest-path",
                 "/p/Cargo.toml",
                 "--package",
                 "textkit@1.2.0",
                 "--lib",
                 "--crate-type",
                 "cdylib",
                 "--profile",
                 "dist",
                 "--target",
                 "aarch64-unknown-linux-gnu",
                 "--target-dir",
                 "/t",
                 "--config",
                 "profile.dist.strip=\"symbols\"",
                 "--config",
                 "profile.dist.incremental=false",
                 "--no-default-features",
                 "--features",
                 "luajit,mlua/module",
                 "--offline",
                 "--jobs",
                 "3",
                 "--message-format",
                 "json-render-diagnostics"});
  step.all_features = true;
  step.locked = true;
  step.lock_missing = true;
  const auto given = arguments(step);
  CHECK(std::count(given.begin(), given.end(), "--all-features") == 1);
  CHECK(std::count(given.begin(), given.end(), "--locked") == 0);
}

TEST_CASE("compile: the child sees what it needs, and nothing that decides for it",
          "[cargo][compile]") {
  const std::map<std::string, std::string> passed = {
      {"PATH", "/bin"},
      {"HOME", "/h"},
      {"CARGO_HOME", "/c"},
      {"CARGO_REGISTRIES_X_TOKEN", "s"},
      {"RUSTUP_TOOLCHAIN", "x"},
      {"RUSTC_WRAPPER", "sccache"},
      {"https_proxy", "p"},
      {"NO_PROXY", "n"},
      {"SSL_CERT_FILE", "f"},
      {"CC", "gcc"},
      {"CC_x86_64_unknown_linux_gnu", "gcc"},
      {"TARGET_CFLAGS", "-g"},
      {"PKG_CONFIG_PATH", "/pc"},
      {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "ld"},
      {"CARGO_PROFILE_RELEASE_LTO", "fat"},
      {"TMPDIR", "/tmp"}};
  const std::map<std::string, std::string> removed = {
      {"CARGO_TARGET_DIR", "/x"},
      {"CARGO_BUILD_TARGET_DIR", "/x"},
      {"CARGO_BUILD_TARGET", "x"},
      {"CARGO_BUILD_BUILD_DIR", "/x"},
      {"CARGO_ENCODED_RUSTFLAGS", "x"},
      {"RUSTFLAGS", "x"},
      {"CARGO_BUILD_RUSTFLAGS", "x"},
      {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "x"},
      {"CARGO_TERM_QUIET", "true"},
      {"CARGO_PKG_NAME", "x"},
      {"LUA_PATH", "x"},
      {"USER", "me"},
      {"LD_PRELOAD", "x"},
      {"CCACHE_DIR", "x"},
      {"TERM", "x"}};
  sys::Environment base;
  for (const auto& [name, value] : passed)
    base.set(name, value);
  for (const auto& [name, value] : removed)
    base.set(name, value);
  base.set("TZ", "Asia/Tokyo");
  const auto child =
      child_environment(base, {{"LUA_ROCKSPEC_PACKAGE", "textkit"}, {"CC", "clang"}});
  for (const auto& [name, value] : passed) {
    INFO(name);
    CHECK(child.get(name) == (name == "CC" ? "clang" : value));
  }
  for (const auto& [name, value] : removed) {
    INFO(name);
    CHECK_FALSE(child.get(name));
  }
  CHECK(child.get("LUA_ROCKSPEC_PACKAGE") == "textkit");
  CHECK(child.get("TZ") == "UTC");
  CHECK(child.get("LC_ALL") == "C.UTF-8");
  CHECK(child.get("CARGO_INCREMENTAL") == "0");
  CHECK(child.get("CARGO_TERM_COLOR") == "never");
  CHECK(child.get("CARGO_TERM_PROGRESS_WHEN") == "never");
  CHECK(child.get("RUSTUP_AUTO_INSTALL") == "0");
}

TEST_CASE("compile: the artifact is the one that cargo names, of the package asked for",
          "[cargo][compile]") {
  Bench bench(std::string(kArtifact) +
              "echo '    Blocking waiting for file lock on build directory' >&2\n"
              "echo '   Compiling other v1.0.0' >&2\n"
              "artifact path+file:///other#1.0.0 /other.so\n"
              "echo 'plain words of a build script'\n"
              "artifact path+file:///p#0.1.0 $PWD/../t/libp.so true\n"
              "echo '{\"reason\":\"new-thing\"}'\n"
              "printf 'warning: \\033[31mred\\n' >&2\n"
              "finished true\n");
  const auto outcome = bench.run();
  REQUIRE(outcome);
  REQUIRE(outcome->cdylibs.size() == 1);
  CHECK(outcome->cdylibs[0].file == bench.path("p/../t/libp.so"));
  CHECK(outcome->cdylibs[0].fresh);
  CHECK(outcome->crates.size() == 2);
  CHECK(bench.terminal.written.find("plain words of a build script\n") != std::string::npos);
  CHECK(bench.terminal.written.find("warning: \\x1B[31mred\n") != std::string::npos);
  CHECK(bench.terminal.written.find("Blocking") == std::string::npos);
}

TEST_CASE("compile: what cargo is told by its environment", "[cargo][compile]") {
  Bench bench(std::string(kArtifact) +
              "printf '%s' \"$CARGO_ENCODED_RUSTFLAGS|$CARGO_BUILD_BUILD_DIR|$LUA_ROCKSPEC_VERSION|$RUSTFLAGS\" > seen\n"
              "artifact path+file:///p#0.1.0 $PWD/../t/libp.so\nfinished true\n");
  bench.io.environment.set("RUSTFLAGS", "--cfg mine");
  bench.step.rustflags = {"-C", "link-arg=a b"};
  bench.step.environment = {{"LUA_ROCKSPEC_VERSION", "1.2.0-1"}};
  REQUIRE(bench.run());
  CHECK(test::get(bench.path("p/seen")) == "-C\x1flink-arg=a b|" + bench.path("t") + "|1.2.0-1|");
}

TEST_CASE("compile: a build that names no cdylib of the package is an error, never a search",
          "[cargo][compile]") {
  Bench bench(std::string(kArtifact)
              + "artifact path+file:///other#1.0.0 $PWD/../t/libp.so\nfinished true\n");
  const auto outcome = bench.run();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::invalid_input);
  CHECK(outcome.error().message == "the crate 'p' builds no cdylib");
  CHECK(outcome.error().hint == "add crate-type = [\"cdylib\"] to [lib] of its Cargo.toml");
}

TEST_CASE("compile: messages and exit status must agree", "[cargo][compile]") {
  const std::string good =
      std::string(kArtifact) + "artifact path+file:///p#0.1.0 $PWD/../t/libp.so\n";
  for (const char* end : {"", "finished false\n", "printf '{\"reason\":\"build-fin'\n"}) {
    INFO(end);
    Bench bench(good + end);
    const auto outcome = bench.run();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Errc::subprocess);
  }
  Bench failed(good + "finished true\nexit 101\n");
  const auto outcome = failed.run();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "cargo could not build 'p' (exit code 101)");
}

TEST_CASE("compile: an artifact that is not on disk is an error", "[cargo][compile]") {
  Bench bench(std::string(kArtifact)
              + "artifact path+file:///p#0.1.0 /nowhere/libp.so\nfinished true\n");
  CHECK(bench.run().error().message
        == "cargo names '/nowhere/libp.so' as built, but there is no such file");
}

TEST_CASE("compile: a failed build tells the first error, and its messages have been shown",
          "[cargo][compile]") {
  Bench bench(
      "printf 'warning: w\\nerror[E0425]: cannot find value\\nerror: could not compile `p` "
      "(lib)\\n' >&2\n"
      "echo '{\"reason\":\"build-finished\",\"success\":false}'\nexit 101\n");
  const auto outcome = bench.run();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Errc::subprocess);
  CHECK(outcome.error().message
        == "cargo could not build 'p' (exit code 101): could not compile `p` (lib)");
  CHECK(bench.terminal.written.find("error[E0425]: cannot find value\n") != std::string::npos);
}

TEST_CASE("compile: a known failure is told with its fix", "[cargo][compile]") {
  Bench bench("echo 'error: no library targets found in package `p`' >&2\nexit 101\n");
  const auto outcome = bench.run();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "package 'p' has no library");
}

TEST_CASE("compile: a killed cargo is reported as one", "[cargo][compile]") {
  Bench bench("kill -9 $$\n");
  const auto outcome = bench.run();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message
        == "cargo was ended while it built 'p': killed by signal 9 (Killed)");
  CHECK(outcome.error().hint.find("--jobs 1") != std::string::npos);
}

TEST_CASE("compile: output without end is neither kept nor a burden", "[cargo][compile]") {
  Bench bench(std::string(kArtifact) +
              "head -c 20000000 /dev/zero | tr '\\0' 'x' | fold -w 1000 >&2\necho >&2\n"
              "echo 'error: the last words' >&2\nexit 101\n");
  const auto outcome = bench.run();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "cargo could not build 'p' (exit code 101): the last words");
}

TEST_CASE("remap: fixed names, the most special last", "[cargo][remap]") {
  World world;
  world.put("sysroot/lib/rustlib/src/rust/library/x", "");
  RemapPaths paths;
  paths.home = "/home/u";
  paths.cargo_home = "/home/u/.cargo";
  paths.rustup_home = "/home/u/.rustup";
  paths.sysroot = world.path("sysroot");
  paths.commit_hash = "abc";
  paths.workspace_root = "/home/u/p";
  paths.target_dir = "/home/u/.cache/t";
  paths.outside_path_dependencies = {"/home/u/dep", "/home/u/other/dep", "/home/u/z"};
  const std::string f = "--remap-path-prefix=";
  CHECK(remap_flags(paths)
        == Names{f + "/home/u=/home",
                 f + "/home/u/.cargo=/cargo",
                 f + "/home/u/.rustup=/rustup",
                 f + world.path("sysroot/lib/rustlib/src/rust") + "=/rustc/abc",
                 f + "/home/u/dep=/deps/dep",
                 f + "/home/u/other/dep=/deps/dep-2",
                 f + "/home/u/z=/deps/z",
                 f + "/home/u/p=/src",
                 f + "/home/u/.cache/t=/build"});
  CHECK(remap_flags({"/", "", "", "/usr", "abc", "/w", "", {}}) == Names{f + "/w=/src"});
}

}  // namespace
}  // namespace rockstage::cargo
