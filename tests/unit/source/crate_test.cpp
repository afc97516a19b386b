#include "source/crate.hpp"

#include "project.hpp"

namespace rockstage::source {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* kManifest =
    "[package]\nname = \"text-kit\"\nversion = \"1.2.0\"\nedition = \"2021\"\n"
    "description = \"Text\"\nlicense = \"MIT\"\nrepository = \"https://example.org/kit\"\n"
    "[lib]\ncrate-type = [\"cdylib\"]\n";

/// A project with a crate `text-kit`.
struct CrateProject : Project {
  explicit CrateProject(const std::string& directory = "", const char* manifest = kManifest) {
    put(directory + "Cargo.toml", manifest);
    put(directory + "src/lib.rs");
  }

  rock::RustMluaFields fields() {
    auto out = rock::rust_mlua_fields(must_open().spec);
    if (!out) FAIL(out.error().message);
    return *std::move(out);
  }
};

TEST_CASE("crate: a Cargo.toml with a cdylib is a rock of its own name and version", "[source]") {
  CrateProject project;
  const auto rock = project.must_open();
  CHECK(rock.spec_written);
  CHECK(rock.rockspec_path.empty());
  CHECK(rock.spec.name == "text-kit");
  CHECK(rock.spec.version == "1.2.0-1");
  CHECK(rock.spec.format == "3.0");
  CHECK(rock.spec.file_name == "text-kit-1.2.0-1.rockspec");
  CHECK(rock.spec.build_type == "rust-mlua");
  CHECK(rock.spec.description.summary == "Text");
  CHECK(rock.spec.description.license == "MIT");
  CHECK(rock.spec.source.url == "git+https://example.org/kit");
  CHECK(project.fields().modules == std::map<std::string, std::string>{{"text_kit", "text_kit"}});
  CHECK(project.fields().cargo_extra_args.empty());
  CHECK_FALSE(sys::exists(project.path("Cargo.lock")));
}

TEST_CASE("crate: rockstage.yaml says what Cargo.toml cannot", "[source]") {
  CrateProject project("rust/");
  project.put("lua/textkit/init.lua");
  project.put("wrap/a.lua");
  project.put("wrap/b/init.lua");
  project.put("wrap/b/README");
  project.put("rockstage.yaml", R"(
package: {name: TextKit, version: 2.0.0-3, license: Apache-2.0}
lua_version: ">= 5.1, < 5.5"
build:
  manifest: rust/Cargo.toml
  modules: {textkit.core: text_kit}
  lua: {textkit: lua/textkit/init.lua, textkit.wrap: wrap}
  profile: dist
  features: [simd]
  default_features: false
)");
  const auto rock = project.must_open();
  CHECK(rock.spec.name == "textkit");
  CHECK(rock.spec.version == "2.0.0-3");
  CHECK(rock.spec.description.license == "Apache-2.0");
  CHECK(rock.spec.description.summary == "Text");
  REQUIRE(rock.spec.dependencies.size() == 1);
  CHECK(rock.spec.dependencies[0].text == "lua >= 5.1, < 5.5");

  std::map<std::string, std::string> installed;
  for (const auto& entry : rock.spec.install.lua)
    installed[rock::install_target(rock::InstallKind::lua, entry)] = entry.path;
  CHECK(installed
        == std::map<std::string, std::string>{{"textkit/init.lua", "lua/textkit/init.lua"},
                                              {"textkit/wrap/a.lua", "wrap/a.lua"},
                                              {"textkit/wrap/b/init.lua", "wrap/b/init.lua"}});

  const auto fields = project.fields();
  CHECK(fields.modules == std::map<std::string, std::string>{{"textkit.core", "text_kit"}});
  CHECK(fields.features == Texts{"simd"});
  CHECK_FALSE(fields.default_features);
  CHECK(fields.cargo_extra_args
        == Texts{"--manifest-path", "rust/Cargo.toml", "--profile", "dist"});
}

TEST_CASE("crate: a folder with blanks and quotes comes through the rockspec unharmed",
          "[source]") {
  CrateProject project("it's my crate/");
  project.put("rockstage.yaml", "build: {manifest: \"it's my crate/Cargo.toml\"}\n");
  CHECK(project.fields().cargo_extra_args == Texts{"--manifest-path", "it's my crate/Cargo.toml"});
}

TEST_CASE("crate: LPM's package.yaml names libraries by path", "[source]") {
  CrateProject project;
  project.put("package.yaml",
              "name: textkit\nversion: 1.0.0\nbuild:\n  type: rust\n"
              "  modules: {textkit: target/release/libtext_kit.so}\n");
  const auto rock = project.must_open();
  CHECK(rock.spec.name == "textkit");
  CHECK(rock.spec.version == "1.0.0-1");
  CHECK(project.fields().modules == std::map<std::string, std::string>{{"textkit", "text_kit"}});

  project.request.isolated = true;
  CHECK(project.must_open().spec.name == "text-kit");
}

TEST_CASE("crate: --manifest-path is stronger than the project file", "[source]") {
  CrateProject project("crates/kit/");
  project.request.manifest_path = "crates/kit/Cargo.toml";
  CHECK(project.fields().cargo_extra_args == Texts{"--manifest-path", "crates/kit/Cargo.toml"});
  project.request.manifest_path = "no/Cargo.toml";
  const auto error = project.error();
  CHECK(error.code == Errc::not_found);
  CHECK(error.message == "there is no '" + project.path("no/Cargo.toml") + "'");
}

TEST_CASE("crate: one that builds no cdylib is refused with what to add", "[source]") {
  CrateProject rlib("",
                    "[package]\nname = \"kit\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\n");
  auto error = rlib.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "the crate 'kit' builds no cdylib");
  CHECK(contains(error.hint, "crate-type = [\"cdylib\"]"));

  CrateProject program("",
                       "[package]\nname = \"kit\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
                       "autolib = false\n[[bin]]\nname = \"kit\"\npath = \"src/lib.rs\"\n");
  error = program.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "the package 'kit' has no library");
}

/// A workspace with two libraries.
struct Workspace : Project {
  Workspace() {
    put("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n");
    for (const std::string name : {"a", "b"}) {
      put(name + "/Cargo.toml",
          "[package]\nname = \"" + name
              + "\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n");
      put(name + "/src/lib.rs");
    }
  }
};

TEST_CASE("crate: of a workspace with several libraries the package must be named", "[source]") {
  Workspace workspace;
  const auto error = workspace.error();
  CHECK(error.code == Errc::usage);
  CHECK(contains(error.message, "a, b"));
  workspace.request.package = "b";
  CHECK(workspace.must_open().spec.name == "b");
  workspace.request.package = "";
  workspace.put("rockstage.yaml", "build: {package: a}\n");
  const auto rock = workspace.must_open();
  CHECK(rock.spec.name == "a");
  CHECK(rock::rust_mlua_fields(rock.spec).value().cargo_extra_args == Texts{"--package", "a"});
}

TEST_CASE("crate: a project file that says all may take libraries from several packages",
          "[source]") {
  Workspace workspace;
  workspace.put("rockstage.yaml",
                "package: {name: both, version: 1.0.0}\nbuild: {modules: {x.a: a, x.b: b}}\n");
  const auto rock = workspace.must_open();
  CHECK(rock.spec.name == "both");
  CHECK(rock::rust_mlua_fields(rock.spec).value().modules.size() == 2);
  workspace.put("rockstage.yaml", "package: {name: both}\nbuild: {modules: {x.a: a, x.b: b}}\n");
  CHECK(workspace.error().code == Errc::usage);
}

TEST_CASE("crate: a folder of wrappers that is a link out of the project is not read", "[source]") {
  CrateProject project;
  const auto elsewhere = test::temp_dir();
  test::put(elsewhere.path() + "/secret.lua", "");
  REQUIRE(sys::make_link(elsewhere.path(), project.path("wrap")));
  project.put("rockstage.yaml", "build: {lua: {x: wrap}}\n");
  const auto error = project.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(contains(error.message, "the folder 'wrap' is outside"));
}

TEST_CASE("crate: a name that no rock can have is refused with what it was made of", "[source]") {
  CrateProject project;
  project.put("rockstage.yaml", "package: {name: 'a b', version: 1.0.0}\n");
  const auto error = project.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(contains(error.message, "'a b' is no rock name"));
  CHECK(contains(error.context.at(0), "Cargo.toml and project file"));
}

TEST_CASE("crate: a Lua file that is not there is refused before anything is built", "[source]") {
  CrateProject project;
  project.put("rockstage.yaml", "build: {lua: {x: lua/x.lua}}\n");
  const auto error = project.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "build.lua: 'x': there is no 'lua/x.lua'");
}

TEST_CASE("crate: texts of Cargo.toml cannot break out of the rockspec", "[source]") {
  CrateProject project("",
                       "[package]\nname = \"kit\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
                       "description = '\"]] } build = nil --[['\n"
                       "[lib]\ncrate-type = [\"cdylib\"]\n");
  CHECK(project.must_open().spec.description.summary == "\"]] } build = nil --[[");
}

TEST_CASE("crate: a manifest that cargo refuses is bad input", "[source]") {
  CrateProject project("", "[package\n");
  CHECK(project.error().code == Errc::invalid_input);
}

TEST_CASE("crate: no cargo is needed to describe it", "[source]") {
  CrateProject project;
  project.io.environment = sys::Environment({{"PATH", project.path("")}});
  CHECK(project.must_open().spec.name == "text-kit");
}

}  // namespace
}  // namespace rockstage::source
