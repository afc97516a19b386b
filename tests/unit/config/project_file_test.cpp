#include "config/project_file.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::config {
namespace {

using Texts = std::vector<std::string>;

struct Folder {
  sys::TempDir dir = test::temp_dir();

  [[nodiscard]] Result<ProjectFile> read(std::string_view text,
                                         const std::string& name = "rockstage.yaml") const {
    test::put(dir.path() + "/" + name, text);
    return read_project_file(dir.path() + "/" + name);
  }

  [[nodiscard]] ProjectFile good(std::string_view text,
                                 const std::string& name = "rockstage.yaml") const {
    auto file = read(text, name);
    if (!file) FAIL(file.error().message);
    return *std::move(file);
  }
};

TEST_CASE("project file: all that the design shows is taken", "[config]") {
  const Folder folder;
  const auto file =
      folder.good(R"(package: {name: textkit, version: 1.2.0, summary: Text, license: MIT}
lua_version: ">= 5.1"
build:
  type: rust
  manifest: crates/lua/Cargo.toml
  package: textkit-lua
  modules: {textkit.core: textkit_core, textkit.alt: target/release/libalt.so}
  lua: {textkit: lua/textkit/init.lua}
  profile: dist
  features: [simd]
  default_features: false
lua: [luajit, 5.4]
targets: [x86_64-unknown-linux-gnu]
runtime: apisix-debian
dockerfile: {style: portable, builder: plain, base: "apache/apisix:3.13.0-debian", destination: usr-local, labels: {a.b: c}}
smoke: {script: spec/smoke.lua, timeout: 20}
export: {format: tar.zst, sbom: cyclonedx}
verify: {rules: {c-toolchain: warning}}
servers: ["https://rocks.example.org"]
cache: {dir: /var/cache/rockstage, max_size: 10G}
)");
  CHECK(file.path == folder.dir.path() + "/rockstage.yaml");
  CHECK(file.rock.empty());
  CHECK(file.has_package);
  CHECK(file.package.name == "textkit");
  CHECK(file.package.version == "1.2.0");
  CHECK(file.package.summary == "Text");
  CHECK(file.package.license == "MIT");
  CHECK(file.lua_version == ">= 5.1");
  REQUIRE(file.build);
  CHECK(file.build->manifest == "crates/lua/Cargo.toml");
  CHECK(file.build->package == "textkit-lua");
  REQUIRE(file.build->modules.size() == 2);
  CHECK(file.build->modules[0].module == "textkit.alt");
  CHECK(file.build->modules[0].library == "target/release/libalt.so");
  CHECK(file.build->modules[1].library == "textkit_core");
  CHECK(file.build->lua.front()
        == std::pair<std::string, std::string>("textkit", "lua/textkit/init.lua"));
  CHECK(file.build->profile == "dist");
  CHECK(file.build->features == Texts{"simd"});
  CHECK_FALSE(file.build->default_features);
  CHECK(file.options
        == std::map<std::string, Texts>{{"cache-dir", {"/var/cache/rockstage"}},
                                        {"lua", {"luajit", "5.4"}},
                                        {"profile", {"dist"}},
                                        {"runtime", {"apisix-debian"}},
                                        {"server", {"https://rocks.example.org"}},
                                        {"target", {"x86_64-unknown-linux-gnu"}}});
  CHECK(file.option_lines.at("lua") == 12);
  CHECK(file.option_lines.at("profile") == 9);
}

TEST_CASE("project file: an empty one describes no rock", "[config]") {
  const auto file = Folder().good("");
  CHECK_FALSE(file.has_package);
  CHECK_FALSE(file.build);
  CHECK(file.options.empty());
}

TEST_CASE("project file: what 'build' leaves out has its default", "[config]") {
  const auto file = Folder().good("build: {features: simd}\n");
  REQUIRE(file.build);
  CHECK(file.build->type == "rust");
  CHECK(file.build->manifest == "Cargo.toml");
  CHECK(file.build->default_features);
  CHECK(file.build->features == Texts{"simd"});
  CHECK(file.build->profile.empty());
}

TEST_CASE("project file: 'rock' with 'package' or 'build' is a contradiction", "[config]") {
  const Folder folder;
  for (const char* more : {"package: {name: x}\n", "build: {type: rust}\n"}) {
    const auto file = folder.read(std::string("lua: luajit\nrock: a-1-1.rockspec\n") + more);
    REQUIRE_FALSE(file);
    CHECK(file.error().code == Errc::invalid_input);
    CHECK(file.error().message
          == folder.dir.path()
                 + "/rockstage.yaml:2: 'rock' names a rockspec, which says all that 'package' and "
                   "'build' say");
    CHECK_FALSE(file.error().hint.empty());
  }
  CHECK(folder.good("rock: ./rockspec/a-1-1.rockspec\n").rock == "rockspec/a-1-1.rockspec");
}

TEST_CASE("project file: another build type wants a rockspec", "[config]") {
  const auto file = Folder().read("build: {type: cmake}\n");
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::invalid_input);
  CHECK(file.error().message.find("build.type is 'cmake'; the only one is 'rust'")
        != std::string::npos);
  CHECK(file.error().hint.find("rock:") != std::string::npos);
}

TEST_CASE("project file: a typing error is told with the nearest name", "[config]") {
  const Folder folder;
  const auto file = folder.read("build:\n  modulse: {a: b}\n");
  REQUIRE_FALSE(file);
  CHECK(file.error().message
        == folder.dir.path()
               + "/rockstage.yaml:2: unknown key 'build.modulse' (did you mean 'modules'?)");
}

TEST_CASE("package.yaml: LPM's file is read as the same thing, and its other keys are its own",
          "[config]") {
  const auto file = Folder().good(R"(name: textkit
version: 1.2.0
description: Text
license: MIT
lua_version: ">=5.1"
dependencies: {say: "*"}
scripts: {test: [a, {b: c}]}
build:
  type: rust
  manifest: Cargo.toml
  modules: {textkit: target/release/libtextkit.so}
  features: [luajit]
  profile: release
  hooks: {after: x}
)",
                                  "package.yaml");
  CHECK(file.has_package);
  CHECK(file.package.name == "textkit");
  CHECK(file.package.version == "1.2.0");
  CHECK(file.package.summary == "Text");
  CHECK(file.package.license == "MIT");
  CHECK(file.lua_version == ">=5.1");
  REQUIRE(file.build);
  CHECK(file.build->modules.front().library == "target/release/libtextkit.so");
  CHECK(file.build->features == Texts{"luajit"});
  CHECK(file.options.at("profile") == Texts{"release"});
  CHECK(file.options.size() == 1);
}

TEST_CASE("package.yaml: a key that is ours still has to be of its kind", "[config]") {
  const Folder folder;
  CHECK_FALSE(folder.read("name: [a]\n", "package.yaml"));
  CHECK_FALSE(folder.read("build: {manifest: ../Cargo.toml}\n", "package.yaml"));
  CHECK(folder.good("lua: {a: b}\nname: x\n", "package.yaml").options.empty());
}

TEST_CASE("user file: read from XDG_CONFIG_HOME, else from HOME", "[config]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/xdg/rockstage/config.yaml", "color: never\njobs: 4\nlua: [5.4]\n");
  test::put(dir.path() + "/home/.config/rockstage/config.yaml", "quiet: true\n");
  sys::Environment environment;
  environment.set("HOME", dir.path() + "/home");
  CHECK(read_user_file(environment)->options == std::map<std::string, Texts>{{"quiet", {"true"}}});
  environment.set("XDG_CONFIG_HOME", "");
  CHECK(read_user_file(environment)->options.size() == 1);
  environment.set("XDG_CONFIG_HOME", dir.path() + "/xdg");
  const auto file = read_user_file(environment);
  REQUIRE(file);
  CHECK(file->path == dir.path() + "/xdg/rockstage/config.yaml");
  CHECK(file->options
        == std::map<std::string, Texts>{{"color", {"never"}}, {"jobs", {"4"}}, {"lua", {"5.4"}}});
  CHECK(file->option_lines.at("jobs") == 2);
}

TEST_CASE("user file: none is as good as an empty one, a bad one is an error", "[config]") {
  const auto dir = test::temp_dir();
  CHECK(read_user_file(sys::Environment())->options.empty());
  sys::Environment environment;
  environment.set("HOME", dir.path());
  CHECK(read_user_file(environment)->options.empty());
  test::put(dir.path() + "/.config/rockstage/config.yaml", "luaa: 5.1\n");
  const auto bad = read_user_file(environment);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::invalid_input);
  CHECK(bad.error().message.find(":1: unknown key 'luaa' (did you mean 'lua'?)")
        != std::string::npos);
}

}  // namespace
}  // namespace rockstage::config
