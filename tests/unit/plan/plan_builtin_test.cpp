#include "facts.hpp"

namespace rockstage::plan {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("builtin: Lua modules are copied to the files of their names", "[plan]") {
  Facts facts("{ type = 'builtin', modules = { ['a.b'] = 'src/x.lua', c = 'c/init.lua' } }");
  facts.inputs.licence_files.clear();
  facts.inputs.host.lua_incdir.clear();  // nothing is compiled
  const auto variant = facts.variant();
  CHECK(variant.runs.empty());
  CHECK(copies(variant)
        == Pairs{{"{work}/src/x.lua", "lua/a/b.lua"}, {"{work}/c/init.lua", "lua/c/init.lua"}});
  CHECK(variant.copies[0].field == "build.modules[\"a.b\"]");
}

TEST_CASE("builtin: a C module is compiled source by source and linked in a scratch directory",
          "[plan]") {
  Facts facts(R"({ type = 'builtin', modules = { ['kit.core'] = {
    sources = { 'src/a.c', 'src/b.c' }, defines = { 'X=1', 'V=$(LUA_INCDIR)' },
    incdirs = { 'inc' }, libdirs = { '/opt/lib' }, libraries = { 'm', 'z' } } } })");
  facts.inputs.licence_files.clear();
  const auto variant = facts.variant();
  REQUIRE(variant.runs.size() == 3);
  CHECK(variant.runs[0].what == "compiling src/a.c");
  CHECK(variant.runs[0].argv
        == Texts{"gcc",
                 "-O2",
                 "-fPIC",
                 "-ffile-prefix-map={work}=/src",
                 "-I/usr/include/luajit-2.1",
                 "-c",
                 "src/a.c",
                 "-o",
                 "{objects}/kit.core-src-a.c.o",
                 "-DX=1",
                 "-DV=/usr/include/luajit-2.1",
                 "-Iinc"});
  CHECK(variant.runs[2].argv
        == Texts{"gcc",
                 "-shared",
                 "-o",
                 "{objects}/kit.core.so",
                 "{objects}/kit.core-src-a.c.o",
                 "{objects}/kit.core-src-b.c.o",
                 "-L/opt/lib",
                 "-lm",
                 "-lz"});
  CHECK(copies(variant) == Pairs{{"{objects}/kit.core.so", "lib/kit/core.so"}});
  CHECK(variant.copies[0].mode == 0755);
}

TEST_CASE("builtin: no run-time search path is written into a module", "[plan]") {
  Facts facts(
      "{ type = 'builtin', modules = { k = { sources = 'k.c', libdirs = { '/opt/lib' } } } }");
  for (const auto& step : facts.variant().runs)
    for (const auto& word : step.argv)
      CHECK_FALSE(contains(word, "rpath"));
}

TEST_CASE("builtin: directories of external dependencies serve modules without their own",
          "[plan]") {
  const std::string more = "external_dependencies = { ZLIB = { header = 'zlib.h' } }";
  Facts facts("{ type = 'builtin', modules = { k = { 'k.c' } } }", more);
  facts.inputs.host.externals = {{"ZLIB_INCDIR", "/z/include"}, {"ZLIB_LIBDIR", "/z/lib"}};
  auto variant = facts.variant();
  CHECK(has(variant.runs[0].argv, "-I/z/include"));
  CHECK(has(variant.runs[1].argv, "-L/z/lib"));

  Facts own(
      "{ type = 'builtin', modules = { k = { sources = 'k.c', incdirs = 'i', libdirs = 'l' } } }",
      more);
  own.inputs.host.externals = facts.inputs.host.externals;
  variant = own.variant();
  CHECK_FALSE(has(variant.runs[0].argv, "-I/z/include"));
  CHECK_FALSE(has(variant.runs[1].argv, "-L/z/lib"));
}

TEST_CASE("builtin: without lua.h a C module is an error before the build that names the package",
          "[plan]") {
  Facts facts("{ type = 'builtin', modules = { k = 'k.c' } }");
  facts.inputs.host.lua_incdir.clear();
  const std::vector<std::pair<lua::Lua, const char*>> packages = {
      {lua::Lua::luajit, "libluajit-5.1-dev"},
      {lua::Lua::lua51, "liblua5.1-0-dev"},
      {lua::Lua::lua54, "liblua5.4-dev"}};
  for (const auto& [lua, name] : packages) {
    facts.options.luas = {lua};
    const auto error = facts.error();
    CHECK(error.code == Errc::not_found);
    CHECK(contains(error.message, "(lua.h)"));
    CHECK(contains(error.hint, std::string("install ") + name + ","));
  }
  facts.options.variables = {{"LUA_INCDIR", "/own"}};
  CHECK(has(facts.variant().runs[0].argv, "-I/own"));
}

TEST_CASE("builtin: a folder lua is copied whole, as LuaRocks does, but not over a module",
          "[plan]") {
  Facts facts("{ type = 'builtin', modules = { a = 'src/a.lua', ['b.c'] = 'lua/b/c.lua' } }");
  facts.inputs.licence_files.clear();
  facts.inputs.files = {"lua/a.lua", "lua/b/c.lua", "lua/data.txt", "luax/d.lua", "src/a.lua"};
  CHECK(copies(facts.variant())
        == Pairs{{"{work}/src/a.lua", "lua/a.lua"},
                 {"{work}/lua/b/c.lua", "lua/b/c.lua"},
                 {"{work}/lua/data.txt", "lua/data.txt"}});
}

TEST_CASE("builtin: type module is another word for it", "[plan]") {
  Facts facts("{ type = 'module', modules = { a = 'a.lua' } }");
  CHECK(facts.must_make().build_type == "builtin");
  CHECK(facts.variant().copies.at(0).to == "lua/a.lua");
}

}  // namespace
}  // namespace rockstage::plan
