#include "source/open.hpp"

#include "project.hpp"

namespace rockstage::source {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("open: a directory is its rockspec", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put("init.lua");
  const auto rock = project.must_open();
  CHECK(rock.spec.name == "kit");
  CHECK_FALSE(rock.spec_written);
  CHECK(rock.directory == project.path(""));
  CHECK(rock.rockspec_path == project.path("kit-1.0-1.rockspec"));
  CHECK(rock.files == Texts{"init.lua", "kit-1.0-1.rockspec"});
}

TEST_CASE("open: the sources of a rockspec in rockspecs/ are the folder above", "[source]") {
  Project project;
  project.put_rockspec("rockspecs/kit-1.0-1.rockspec");
  project.put("init.lua");
  CHECK(project.must_open().directory == project.path(""));
  const auto rock = project.open(project.path("rockspecs/kit-1.0-1.rockspec"));
  REQUIRE(rock);
  CHECK(rock->directory == project.path(""));
}

TEST_CASE("open: a rockspec in a sub-package has its sources beside it", "[source]") {
  Project project;
  project.put_rockspec("packages/sub/sub-1.0-1.rockspec");
  project.put("packages/sub/init.lua");
  project.put("init.lua");
  const auto rock = project.open(project.path("packages/sub/sub-1.0-1.rockspec"));
  REQUIRE(rock);
  CHECK(rock->directory == project.path("packages/sub"));
  CHECK(rock->files == Texts{"init.lua", "sub-1.0-1.rockspec"});
}

TEST_CASE("open: a development version is taken when it is named", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put_rockspec("kit-scm-1.rockspec");
  project.put("init.lua");
  CHECK(project.must_open().spec.version == "1.0-1");
  CHECK(project.open(project.path("kit-scm-1.rockspec")).value().spec.version == "scm-1");
}

TEST_CASE("open: rockstage.yaml stands before rockspecs, and may name one", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put_rockspec("specs/old-0.1-1.rockspec");
  project.put("init.lua");
  project.put("rockstage.yaml", "rock: specs/old-0.1-1.rockspec\nlua: '5.4'\n");
  const auto rock = project.must_open();
  CHECK(rock.spec.name == "old");
  CHECK(rock.directory == project.path(""));
  REQUIRE(rock.project);
  CHECK(rock.project->options.at("lua") == Texts{"5.4"});

  project.request.isolated = true;
  const auto isolated = project.must_open();
  CHECK(isolated.spec.name == "kit");
  CHECK_FALSE(isolated.project);
}

TEST_CASE("open: a rockstage.yaml of options alone leaves the rockspec as it is", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put("init.lua");
  project.put("rockstage.yaml", "lua: '5.4'\n");
  const auto rock = project.must_open();
  CHECK(rock.spec.name == "kit");
  CHECK(rock.project);
}

TEST_CASE("open: a rockspec stands before package.yaml", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put("init.lua");
  project.put("package.yaml", "this: [is, no, LPM, file");
  CHECK(project.must_open().spec.name == "kit");
}

TEST_CASE("open: a rockspec that rockstage.yaml names and that is not there is an error",
          "[source]") {
  Project project;
  project.put("rockstage.yaml", "rock: kit-1.0-1.rockspec\n");
  CHECK(project.error().code == Errc::not_found);
}

TEST_CASE("open: a bad rockstage.yaml is an error with file and line", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put("rockstage.yaml", "\nlau: luajit\n");
  const auto error = project.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(contains(error.message, "rockstage.yaml:2: unknown key 'lau'"));
}

TEST_CASE("open: a directory without a rock says what was looked for", "[source]") {
  Project project;
  project.put("README.md");
  const auto error = project.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message
        == "there is no rock in '" + project.path("")
               + "': no rockstage.yaml, no rockspec, no package.yaml, no Cargo.toml");
}

TEST_CASE("open: a rockspec whose file name does not fit is refused", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  REQUIRE(sys::rename_path(project.path("kit-1.0-1.rockspec"), project.path("kit.rockspec")));
  const auto error = project.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(contains(error.message, "file name"));
  CHECK(contains(error.context.at(0), "kit.rockspec"));
}

TEST_CASE("open: a rockspec without its sources says how to get them", "[source]") {
  const std::vector<std::string> builds = {
      "{ type = 'none', install = { lua = { 'init.lua' } } }",
      "{ type = 'builtin', modules = { kit = 'src/kit.c' } }",
      "{ type = 'rust-mlua', modules = { 'kit' } }",
  };
  for (const auto& build : builds) {
    INFO(build);
    Project project;
    project.put_rockspec("kit-1.0-1.rockspec", build);
    project.put("README.md");
    const auto error = project.error();
    CHECK(error.code == Errc::unsupported);
    CHECK(contains(error.message, "the sources of kit 1.0-1 are not in '" + project.path("")));
    CHECK(error.hint
          == "get them first, e.g. git clone https://example.org/kit.git DIR && rockstage build "
             "DIR");
  }
}

TEST_CASE("open: one file that the rockspec names is enough to take the sources for its own",
          "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec",
                       "{ type = 'builtin', modules = { a = 'a.lua', b = 'b.lua' } }");
  project.put("b.lua");
  CHECK(project.must_open().files == Texts{"b.lua", "kit-1.0-1.rockspec"});
}

TEST_CASE("open: files that a command makes need not be there", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec",
                       "{ type = 'command', build_command = 'sh gen.sh', install = { lua = { "
                       "'made.lua' } } }");
  project.put("gen.sh");
  CHECK(project.must_open().spec.build_type == "command");
}

TEST_CASE("open: names and URLs say what works until they exist", "[source]") {
  Project project;
  for (const char* argument : {"lua-cjson", "lua-cjson@2.1.0-1", "https://example.org/kit.git"}) {
    const auto error = project.error(argument);
    INFO(error.message);
    CHECK(error.code == Errc::unsupported);
    CHECK(contains(error.message, argument));
    CHECK(contains(error.hint, "rockstage build DIR"));
  }
}

TEST_CASE("open: no argument is the current directory", "[source]") {
  Project project;
  project.request.argument.clear();
  const auto found = find_project(project.request, project.io);
  REQUIRE(found);
  const auto here = sys::current_directory();
  CHECK(found->has_value() == sys::is_file(here + "/rockstage.yaml"));
}

TEST_CASE("open: git's own files and what cargo writes are no sources", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  for (const char* name : {"init.lua",
                           ".gitignore",
                           ".git/HEAD",
                           "vendor/sub/.git",
                           "vendor/sub/x.lua",
                           "target/CACHEDIR.TAG",
                           "target/release/libkit.so",
                           "sub/target/.rustc_info.json",
                           "sub/target/debug/libkit.so",
                           "lua/target/x.lua",
                           "node_modules/a.lua"})
    project.put(name);
  CHECK(project.must_open().files
        == Texts{".gitignore",
                 "init.lua",
                 "kit-1.0-1.rockspec",
                 "lua/target/x.lua",
                 "node_modules/a.lua",
                 "vendor/sub/x.lua"});
}

TEST_CASE("open: a link to a file is a file, one to a directory is not entered", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  project.put("init.lua");
  project.put("lua/a.lua");
  REQUIRE(sys::make_link("lua/a.lua", project.path("b.lua")));
  REQUIRE(sys::make_link("..", project.path("lua/up")));
  REQUIRE(sys::make_link("nowhere", project.path("broken")));
  CHECK(project.must_open().files == Texts{"b.lua", "init.lua", "kit-1.0-1.rockspec", "lua/a.lua"});
}

TEST_CASE("open: licences and documents of the root are told apart", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec");
  for (const char* name : {"init.lua",
                           "LICENSE-MIT",
                           "Licence.txt",
                           "COPYING",
                           "NOTICE",
                           "UNLICENSE",
                           "README",
                           "README.md",
                           "CHANGES.md",
                           "CHANGES",
                           "notices.lua",
                           "license.lua",
                           "sub/LICENSE",
                           "sub/README.md"})
    project.put(name);
  const auto rock = project.must_open();
  CHECK(rock.licence_files
        == Texts{"COPYING", "LICENSE-MIT", "Licence.txt", "NOTICE", "UNLICENSE"});
  // LuaRocks takes every name that begins with `license`.
  CHECK(rock.document_files == Texts{"CHANGES.md", "README", "README.md", "license.lua"});
}

TEST_CASE("open: a builtin rock of format 3.0 that names no modules has them found", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec", "{ type = 'builtin' }");
  project.put("src/kit/init.lua", "return {}");
  project.put("src/core.c", "int luaopen_kit_core(lua_State *L) { return 0; }");
  project.put("bin/kit", "");
  const auto rock = project.must_open();
  const auto modules = rock::builtin_modules(rock.spec);
  REQUIRE(modules);
  REQUIRE(modules->size() == 2);
  CHECK((*modules)[0].name == "kit.init");
  CHECK((*modules)[0].sources == Texts{"src/kit/init.lua"});
  CHECK((*modules)[1].name == "kit_core");
  CHECK((*modules)[1].sources == Texts{"src/core.c"});
  REQUIRE(rock.spec.install.bin.size() == 1);
  CHECK(rock.spec.install.bin[0].path == "bin/kit");
}

TEST_CASE("open: modules that are named are not looked for", "[source]") {
  Project project;
  project.put_rockspec("kit-1.0-1.rockspec", "{ type = 'builtin', modules = { a = 'src/a.lua' } }");
  project.put("src/a.lua");
  project.put("src/b.lua");
  CHECK(rock::builtin_modules(project.must_open().spec).value().size() == 1);
}

TEST_CASE("find_project: options come from the project file of a directory or of a rockspec's",
          "[source]") {
  Project project;
  project.put_rockspec("rockspec/kit-1.0-1.rockspec");
  project.put("rockstage.yaml", "lua: '5.4'\n");
  for (const auto& argument : {project.path(""), project.path("rockspec/kit-1.0-1.rockspec")}) {
    project.request.argument = argument;
    const auto file = find_project(project.request, project.io);
    REQUIRE(file);
    REQUIRE(file->has_value());
    CHECK((*file)->options.at("lua") == Texts{"5.4"});
  }
  project.request.isolated = true;
  CHECK_FALSE(find_project(project.request, project.io).value());
  project.request = {.argument = "some-name"};
  CHECK_FALSE(find_project(project.request, project.io).value());
}

}  // namespace
}  // namespace rockstage::source
