#include "world.hpp"

#include <algorithm>

namespace rockstage::source {
namespace {

TEST_CASE("open: the rockspec of a directory, and the facts of its folder", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("mod.lua");
  const auto rock = world.rock();
  CHECK(rock.spec.name == "kit");
  CHECK(rock.spec.version == "1.0-1");
  CHECK_FALSE(rock.spec_written);
  CHECK(rock.directory == world.root);
  CHECK(rock.rockspec_path == world.path("kit-1.0-1.rockspec"));
  CHECK_FALSE(rock.project);
  CHECK(rock.files == Names{"kit-1.0-1.rockspec", "mod.lua"});
  CHECK(rock.git.revision.empty());
}

TEST_CASE("open: a rockspec by its path, also in a folder of rockspecs", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1", "rockspec");
  world.put_rockspec("kit", "2.0-1", "rockspec");
  world.put("mod.lua");
  const auto named = world.rock(world.request("rockspec/kit-1.0-1.rockspec"));
  CHECK(named.spec.version == "1.0-1");
  CHECK(named.directory == world.root);
  CHECK(world.version() == "2.0-1");
}

TEST_CASE("open: the directory above is found also when only the file's name is given",
          "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1", "rockspec");
  world.put("mod.lua");
  Request asked;
  asked.argument = world.path("mod/../rockspec/../rockspec/kit-1.0-1.rockspec");
  world.put("mod/x.lua");
  CHECK(world.rock(asked).directory == world.root);
}

TEST_CASE("open: a rockspec that cannot be read is an error that names it", "[source]") {
  World world;
  world.put("kit-1.0-1.rockspec", "package = 'kit'\nversion = '1.0-1'\nbuild = {type = 'odd'}\n");
  world.put("mod.lua");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().code == Errc::invalid_input);
  REQUIRE_FALSE(rock.error().context.empty());
  CHECK(rock.error().context.back()
        == "reading the rockspec '" + world.path("kit-1.0-1.rockspec") + "'");
}

TEST_CASE("open: a directory without a rock says what it looked for", "[source]") {
  World world;
  world.put("readme.txt");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().code == Errc::invalid_input);
  for (const char* name : {"rockstage.yaml", "rockspec", "package.yaml", "Cargo.toml"})
    CHECK(rock.error().message.find(name) != std::string::npos);
}

TEST_CASE("open: what does not exist yet says so and tells what works", "[source]") {
  World world;
  for (const char* argument : {"kit-1.0-1.src.rock", "https://example.org/kit", "kit", "kit@1.0"}) {
    Request asked;
    asked.argument = argument;
    const auto rock = world.open(asked);
    REQUIRE_FALSE(rock);
    CHECK(rock.error().code == Errc::unsupported);
    CHECK(rock.error().message.find(argument) != std::string::npos);
    CHECK(rock.error().hint.find("rockstage build DIR") != std::string::npos);
  }
}

TEST_CASE("open: a rockspec whose sources are elsewhere cannot be built here", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("luarocks.lock");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().code == Errc::unsupported);
  CHECK(rock.error().message.find("the sources of kit 1.0-1 are not in '" + world.root + "'")
        != std::string::npos);
  CHECK(rock.error().hint.find("git clone https://example.org/kit.git DIR") != std::string::npos);
}

TEST_CASE("open: files are all regular ones, without .git and what cargo writes", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  for (const char* name : {"mod.lua",
                           "src/a.c",
                           ".git/config",
                           "sub/.git/HEAD",
                           "target/notes.txt",
                           "out/CACHEDIR.TAG",
                           "out/debug/x.o",
                           "t2/.rustc_info.json",
                           "t2/x",
                           ".hidden/file"})
    world.put(name);
  REQUIRE(sys::make_link("mod.lua", world.path("linked.lua")));
  REQUIRE(sys::make_link("nowhere", world.path("dangling.lua")));
  REQUIRE(sys::make_link("src", world.path("linked_dir")));
  REQUIRE(sys::make_directories(world.path("empty")));
  CHECK(world.rock().files
        == Names{".hidden/file",
                 "kit-1.0-1.rockspec",
                 "linked.lua",
                 "mod.lua",
                 "src/a.c",
                 "target/notes.txt"});
}

TEST_CASE("open: a checkout of a worktree or submodule has a .git file, which is no source",
          "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("mod.lua");
  world.put(".git", "gitdir: elsewhere\n");
  CHECK(world.rock().files == Names{"kit-1.0-1.rockspec", "mod.lua"});
}

TEST_CASE("open: licences and documents are those of the root, whatever their case", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  for (const char* name : {"mod.lua",
                           "LICENSE",
                           "LICENSE-MIT",
                           "licence.txt",
                           "COPYING",
                           "NOTICE",
                           "UNLICENSE",
                           "Copyright",
                           "README",
                           "readme.rst",
                           "CHANGES.md",
                           "Notes.MD",
                           "docs/guide.md",
                           "sub/LICENSE",
                           "changes.txt"})
    world.put(name);
  const auto rock = world.rock();
  CHECK(
      rock.licence_files
      == Names{
          "COPYING", "Copyright", "LICENSE", "LICENSE-MIT", "NOTICE", "UNLICENSE", "licence.txt"});
  CHECK(rock.document_files == Names{"CHANGES.md", "Notes.MD", "README", "readme.rst"});
}

TEST_CASE("open: a builtin rock that names no modules gets those that LuaRocks would find",
          "[source]") {
  World world;
  world.put("kit-1.0-1.rockspec",
            "rockspec_format = '3.0'\npackage = 'kit'\nversion = '1.0-1'\n"
            "source = {url = '.'}\n");
  world.put("src/kit/init.lua");
  world.put("src/kit/util.lua");
  world.put("src/core.c", "int luaopen_kit_core(lua_State *L) { return 1; }\n");
  world.put("spec/kit_spec.lua");
  world.put("bin/kit");
  const auto rock = world.rock();
  const auto modules = rock::builtin_modules(rock.spec);
  REQUIRE(modules);
  Names names;
  for (const auto& module : *modules)
    names.push_back(module.name + "=" + module.sources.front());
  std::ranges::sort(names);
  CHECK(names
        == Names{"kit.init=src/kit/init.lua", "kit.util=src/kit/util.lua", "kit_core=src/core.c"});
  REQUIRE(rock.spec.install.bin.size() == 1);
  CHECK(rock.spec.install.bin.front().path == "bin/kit");
}

TEST_CASE("open: modules that are named are not looked for", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("mod.lua");
  world.put("other.lua");
  world.put("bin/kit");
  const auto rock = world.rock();
  CHECK(rock::builtin_modules(rock.spec)->size() == 1);
  CHECK(rock.spec.install.bin.empty());
}

TEST_CASE("open: rockstage.yaml names the rockspec", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put_rockspec("kit", "2.0-1");
  world.put("mod.lua");
  world.put("rockstage.yaml", "rock: kit-1.0-1.rockspec\nlua: [5.4]\n");
  const auto rock = world.rock();
  CHECK(rock.spec.version == "1.0-1");
  REQUIRE(rock.project);
  CHECK(rock.project->options.at("lua") == Names{"5.4"});
}

TEST_CASE("open: a rockspec that rockstage.yaml names deeper is built from the project's root",
          "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1", "packaging/luarocks");
  world.put("mod.lua");
  world.put("rockstage.yaml", "rock: packaging/luarocks/kit-1.0-1.rockspec\n");
  CHECK(world.rock().directory == world.root);
}

TEST_CASE("open: a rockspec that is not there is an error, not another one", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("rockstage.yaml", "rock: kit-9-1.rockspec\n");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().code == Errc::not_found);
}

TEST_CASE("open: rockstage.yaml with nothing but options leaves the rockspec in charge",
          "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("mod.lua");
  world.put("rockstage.yaml", "lua: [5.4]\nruntime: generic-5.4\n");
  const auto rock = world.rock();
  CHECK(rock.spec.version == "1.0-1");
  REQUIRE(rock.project);
  CHECK(rock.project->options.at("runtime") == Names{"generic-5.4"});
}

TEST_CASE("open: --isolated reads no project file", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1");
  world.put("mod.lua");
  world.put("rockstage.yaml", "no: such key\n");
  CHECK_FALSE(world.open(world.request()));
  auto asked = world.request();
  asked.isolated = true;
  const auto rock = world.rock(asked);
  CHECK(rock.spec.version == "1.0-1");
  CHECK_FALSE(rock.project);
  const auto project = find_project(asked, world.io);
  REQUIRE(project);
  CHECK_FALSE(*project);
}

TEST_CASE("find_project: the file of the directory, and of a rockspec's directory", "[source]") {
  World world;
  world.put_rockspec("kit", "1.0-1", "rockspec");
  world.put("mod.lua");
  world.put("rockstage.yaml", "lua: [5.4]\n");
  for (const char* below : {"", "rockspec/kit-1.0-1.rockspec"}) {
    const auto project = find_project(world.request(below), world.io);
    REQUIRE(project);
    REQUIRE(*project);
    CHECK((*project)->options.at("lua") == Names{"5.4"});
  }
  const auto none = find_project(world.request("mod.lua"), world.io);
  REQUIRE(none);
  CHECK_FALSE(*none);
}

TEST_CASE("find_project: package.yaml counts only where there is no rockspec", "[source]") {
  World world;
  world.put("package.yaml", "name: kit\nversion: 1.0.0\nbuild: {type: rust}\n");
  CHECK(find_project(world.request(), world.io).value().has_value());
  world.put_rockspec("kit", "2.0-1");
  CHECK_FALSE(find_project(world.request(), world.io).value().has_value());
  world.put("mod.lua");
  CHECK(world.version() == "2.0-1");
}

}  // namespace
}  // namespace rockstage::source
