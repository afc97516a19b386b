#include "config/project_file.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

namespace rockstage::config {
namespace {

using Texts = std::vector<std::string>;

/// A project file in a scratch directory.
struct Project {
  sys::TempDir directory = test::temp_dir();

  [[nodiscard]] std::string path(const std::string& name) const {
    return sys::join(directory.path(), name);
  }

  [[nodiscard]] Result<ProjectFile> read(std::string_view text,
                                         const std::string& name = "rockstage.yaml") const {
    test::put(path(name), text);
    return read_project_file(path(name));
  }

  [[nodiscard]] ProjectFile must_read(std::string_view text,
                                      const std::string& name = "rockstage.yaml") const {
    auto file = read(text, name);
    if (!file) FAIL(file.error().message);
    return *std::move(file);
  }

  /// The message without the directory, so that it begins with `rockstage.yaml:LINE:`.
  [[nodiscard]] std::string refusal(std::string_view text,
                                    const std::string& name = "rockstage.yaml") const {
    const auto file = read(text, name);
    REQUIRE_FALSE(file);
    CHECK(file.error().code == Errc::invalid_input);
    REQUIRE(file.error().message.find(directory.path() + "/") == 0);
    return file.error().message.substr(directory.path().size() + 1);
  }
};

bool starts_with(const std::string& text, const std::string& prefix) {
  INFO(text);
  return text.substr(0, prefix.size()) == prefix;
}

TEST_CASE("project file: every key of the documentation is read", "[config]") {
  const Project project;
  const auto file = project.must_read(R"(
package: {name: textkit, version: 1.2.0, summary: Text, license: MIT}
lua_version: ">= 5.1"
build:
  type: rust
  manifest: ./crate/Cargo.toml
  package: textkit-lua
  modules: {textkit.core: textkit_core, a: target/release/libb.so}
  lua: {textkit: lua/textkit/init.lua}
  profile: dist
  features: [simd, fast]
  default_features: false
lua: [luajit, "5.4"]
targets: [x86_64-unknown-linux-gnu]
runtime: apisix-debian
dockerfile: {style: portable, builder: plain, base: "apache/apisix:3.13.0-debian", destination: usr-local, labels: {a.b: c}}
smoke: {script: spec/smoke.lua, timeout: 20}
export: {format: tar.zst, sbom: cyclonedx}
verify: {rules: {c-toolchain: warning}}
servers: ["https://rocks.example.org"]
cache: {dir: /var/cache/rocks, max_size: 10G}
)");
  CHECK(file.path == sys::absolute(project.path("rockstage.yaml")));
  CHECK(file.has_package);
  CHECK(file.package.name == "textkit");
  CHECK(file.package.version == "1.2.0");
  CHECK(file.package.summary == "Text");
  CHECK(file.package.license == "MIT");
  CHECK(file.lua_version == ">= 5.1");
  REQUIRE(file.build);
  CHECK(file.build->manifest == "crate/Cargo.toml");
  CHECK(file.build->package == "textkit-lua");
  REQUIRE(file.build->modules.size() == 2);
  CHECK(file.build->modules[0].module == "a");
  CHECK(file.build->modules[0].library == "target/release/libb.so");
  CHECK(file.build->modules[1].module == "textkit.core");
  CHECK(file.build->lua
        == std::vector<std::pair<std::string, std::string>>{{"textkit", "lua/textkit/init.lua"}});
  CHECK(file.build->profile == "dist");
  CHECK(file.smoke_script == "spec/smoke.lua");
  CHECK(file.build->features == Texts{"simd", "fast"});
  CHECK_FALSE(file.build->default_features);
}

TEST_CASE("project file: what options take from it is known by the option's name, with its line",
          "[config]") {
  const auto file = Project().must_read(
      "build:\n  profile: dist\n  features: [simd]\nlua: luajit\ntargets: [a, b]\n"
      "runtime: r\nservers: [s]\ncache: {dir: /c}\n"
      "dockerfile: {style: s, builder: b, base: i, destination: d, labels: {y: 2, x: '1=1'}}\n");
  const std::map<std::string, Texts> expected = {{"profile", {"dist"}},
                                                 {"features", {"simd"}},
                                                 {"lua", {"luajit"}},
                                                 {"target", {"a", "b"}},
                                                 {"runtime", {"r"}},
                                                 {"server", {"s"}},
                                                 {"cache-dir", {"/c"}},
                                                 {"style", {"s"}},
                                                 {"builder", {"b"}},
                                                 {"base", {"i"}},
                                                 {"destination", {"d"}},
                                                 {"label", {"x=1=1", "y=2"}}};
  CHECK(file.options == expected);
  CHECK(file.option_lines.at("profile") == 2);
  CHECK(file.option_lines.at("lua") == 4);
  CHECK(file.option_lines.at("cache-dir") == 8);
}

TEST_CASE("project file: a relative cache directory begins at the file", "[config]") {
  const Project project;
  CHECK(project.must_read("cache: {dir: .cache}").options.at("cache-dir")
        == Texts{project.path(".cache")});
}

TEST_CASE("project file: an empty one, and one of comments, sets nothing", "[config]") {
  for (const char* text : {"", "# nothing\n", "---\n", "{}\n"}) {
    const auto file = Project().must_read(text);
    CHECK(file.options.empty());
    CHECK_FALSE(file.build);
    CHECK_FALSE(file.has_package);
  }
}

TEST_CASE("project file: strings are literal", "[config]") {
  const auto file = Project().must_read("package: {name: $HOME, summary: '$(rm -rf x) {{y}}'}");
  CHECK(file.package.name == "$HOME");
  CHECK(file.package.summary == "$(rm -rf x) {{y}}");
}

TEST_CASE("project file: an unknown key is refused with its line and the nearest name",
          "[config]") {
  const Project project;
  CHECK(project.refusal("lua: luajit\nbulid: {}\n")
        == "rockstage.yaml:2: unknown key 'bulid' (did you mean 'build'?)");
  CHECK(project.refusal("build:\n  modlues: {}\n")
        == "rockstage.yaml:2: unknown key 'build.modlues' (did you mean 'modules'?)");
  CHECK(project.refusal("zzzzzzzz: 1") == "rockstage.yaml:1: unknown key 'zzzzzzzz'");
}

TEST_CASE("project file: a dotted key reaches into no record", "[config]") {
  CHECK(Project().refusal("build.type: rust") == "rockstage.yaml:1: unknown key 'build.type'");
}

TEST_CASE("project file: a key that stands twice is refused", "[config]") {
  const Project project;
  CHECK(project.refusal("lua: luajit\nlua: 5.4\n")
        == "rockstage.yaml:2: the key 'lua' stands twice");
  CHECK(project.refusal("build:\n  modules: {a: x, a: y}\n")
        == "rockstage.yaml:2: the key 'build.modules.a' stands twice");
}

TEST_CASE("project file: a value of another kind is refused with what it must be", "[config]") {
  const Project project;
  const std::vector<std::pair<const char*, const char*>> table = {
      {"build: rust", "'build' must be a mapping"},
      {"package: [a]", "'package' must be a mapping"},
      {"runtime: [a]", "'runtime' must be a text"},
      {"runtime:", "'runtime' must be a text"},
      {"rock: {a: b}", "'rock' must be a relative path"},
      {"cache: {dir: ''}", "'cache.dir' must be a directory"},
      {"lua: {a: b}", "'lua' must be a list of texts"},
      {"lua: [[a]]", "an item of 'lua' must be a text"},
      {"smoke: {timeout: soon}", "'smoke.timeout' must be a number"},
      {"smoke: {timeout: -1}", "'smoke.timeout' must be a number"},
      {"build: {default_features: no}", "'build.default_features' must be true or false"},
      {"build: {modules: [a]}", "'build.modules' must be a mapping of texts"},
      {"build: {modules: {a: [b]}}", "'build.modules.a' must be a text"},
      {"build: {lua: x}", "'build.lua' must be a mapping of texts to relative paths"},
      {"- a\n- b", "the file is no mapping of keys to values"},
      {"? [a]\n: b", "a key must be a text"},
  };
  for (const auto& [text, message] : table) {
    INFO(text);
    CHECK(project.refusal(text) == "rockstage.yaml:1: " + std::string(message));
  }
}

TEST_CASE("project file: a path out of its directory is refused", "[config]") {
  const Project project;
  for (const char* text : {"rock: ../x.rockspec",
                           "rock: /etc/x.rockspec",
                           "build: {manifest: a/../../Cargo.toml}",
                           "build: {manifest: ''}",
                           "build: {manifest: .}",
                           "build: {lua: {x: /}}",
                           "build: {lua: {x: ../y}}",
                           "smoke: {script: ../s.lua}"}) {
    INFO(text);
    CHECK(starts_with(project.refusal(text), "rockstage.yaml:1: '"));
  }
}

TEST_CASE("project file: bad YAML is refused with its line", "[config]") {
  const Project project;
  CHECK(starts_with(project.refusal("lua: [luajit\nruntime: x\n"), "rockstage.yaml:2: bad YAML: "));
  CHECK(starts_with(project.refusal("lua: *nobody"), "rockstage.yaml:1: bad YAML: "));
  CHECK(starts_with(project.refusal("lua: a\n---\nlua: b\n"),
                    "rockstage.yaml:3: the file has more than one document"));
}

TEST_CASE("project file: bombs of aliases, depth and number are refused", "[config]") {
  const Project project;
  CHECK(starts_with(project.refusal("lua: &a [*a, *a]"), "rockstage.yaml:1: "));
  CHECK(starts_with(project.refusal("lua: &a [x, x]\ntargets: [*a, *a]\n"),
                    "rockstage.yaml:1: an item of 'targets' must be a text"));
  CHECK(starts_with(project.refusal("lua: " + std::string(100'000, '[')), "rockstage.yaml:1: "));
  CHECK(starts_with(project.refusal(std::string(100'000, '{')), "rockstage.yaml:1: "));
  std::string many = "lua: [";
  for (int i = 0; i < 20'000; ++i)
    many += "x,";
  CHECK(project.refusal(many + "]") == "rockstage.yaml:1: the file has more than 10000 values");
}

TEST_CASE("project file: one of more than a mebibyte is refused", "[config]") {
  const auto file = Project().read("# " + std::string(std::size_t{1} << 20, 'x'));
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::invalid_input);
}

TEST_CASE("project file: an alias of a text is the text", "[config]") {
  const auto file = Project().must_read("package: {name: &n kit}\nbuild: {package: *n}\n");
  CHECK(file.build->package == "kit");
}

TEST_CASE("project file: a rockspec and a description of the rock exclude each other", "[config]") {
  const Project project;
  CHECK(starts_with(project.refusal("lua: luajit\nrock: x-1-1.rockspec\nbuild: {type: rust}\n"),
                    "rockstage.yaml:2: 'rock' names a rockspec"));
  CHECK(starts_with(project.refusal("rock: x-1-1.rockspec\npackage: {name: x}\n"),
                    "rockstage.yaml:1: 'rock' names a rockspec"));
}

TEST_CASE("project file: another build type than rust is refused with what to do", "[config]") {
  const Project project;
  const auto file = project.read("build:\n  type: make\n");
  REQUIRE_FALSE(file);
  CHECK(file.error().message
        == project.path("rockstage.yaml") + ":2: build.type is 'make'; the only one is 'rust'");
  CHECK(file.error().hint == "for other build types write a rockspec and name it with 'rock:'");
}

TEST_CASE("project file: LPM's package.yaml is read as the same thing", "[config]") {
  const auto file = Project().must_read(R"(
name: textkit
version: 1.2.0
description: Text
license: MIT
lua_version: "5.1"
dependencies: {inspect: "3.1"}
build:
  type: rust
  manifest: Cargo.toml
  modules: {textkit: target/release/libtextkit.so}
  features: [lua51]
  profile: release
)",
                                        "package.yaml");
  CHECK(file.has_package);
  CHECK(file.package.name == "textkit");
  CHECK(file.package.version == "1.2.0");
  CHECK(file.package.summary == "Text");
  CHECK(file.lua_version == "5.1");
  REQUIRE(file.build);
  CHECK(file.build->modules.at(0).library == "target/release/libtextkit.so");
  CHECK(file.build->features == Texts{"lua51"});
}

TEST_CASE("project file: LPM's keys are none of rockstage.yaml's", "[config]") {
  CHECK(Project().refusal("name: textkit") == "rockstage.yaml:1: unknown key 'name'");
  CHECK(starts_with(Project().refusal("build: {manifest: ../Cargo.toml}", "package.yaml"),
                    "package.yaml:1: 'build.manifest'"));
}

TEST_CASE("project file: one that is not there is an error of its own", "[config]") {
  const auto file = read_project_file(Project().path("rockstage.yaml"));
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::not_found);
}

sys::Environment with(std::map<std::string, std::string> values) {
  return sys::Environment(std::move(values));
}

TEST_CASE("user file: options by name, from XDG_CONFIG_HOME, else from ~/.config", "[config]") {
  const Project home;
  test::put(home.path("xdg/rockstage/config.yaml"), "lua: 5.4\njobs: 3\ndoc: true\n");
  test::put(home.path(".config/rockstage/config.yaml"), "lua: [luajit, 5.4]\ncache-dir: cache\n");

  const auto xdg = read_user_file(with({{"XDG_CONFIG_HOME", home.path("xdg")}, {"HOME", "/none"}}));
  REQUIRE(xdg);
  CHECK(xdg->options
        == std::map<std::string, Texts>{{"lua", {"5.4"}}, {"jobs", {"3"}}, {"doc", {"true"}}});
  CHECK(xdg->option_lines.at("jobs") == 2);

  for (const char* ignored : {"", "relative"}) {
    const auto dotted =
        read_user_file(with({{"XDG_CONFIG_HOME", ignored}, {"HOME", home.directory.path()}}));
    REQUIRE(dotted);
    CHECK(dotted->path == home.path(".config/rockstage/config.yaml"));
    CHECK(dotted->options.at("lua") == Texts{"luajit", "5.4"});
    CHECK(dotted->options.at("cache-dir") == Texts{home.path(".config/rockstage/cache")});
  }
}

TEST_CASE("user file: one that is not there sets nothing", "[config]") {
  for (const auto& environment : {with({}), with({{"HOME", Project().directory.path()}})}) {
    const auto file = read_user_file(environment);
    REQUIRE(file);
    CHECK(file->options.empty());
  }
}

TEST_CASE("user file: an unknown option is refused with its line and the nearest name",
          "[config]") {
  const Project home;
  test::put(home.path("rockstage/config.yaml"), "\njbos: 3\n");
  const auto file = read_user_file(with({{"XDG_CONFIG_HOME", home.directory.path()}}));
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::invalid_input);
  CHECK(file.error().message
        == home.path("rockstage/config.yaml") + ":2: unknown key 'jbos' (did you mean 'jobs'?)");
}

}  // namespace
}  // namespace rockstage::config
