#include "facts.hpp"

namespace rockstage::plan {
namespace {

TEST_CASE("make: a build pass, then an install pass, variables sorted, CC added", "[plan]") {
  Facts facts(R"({ type = 'make', build_target = 'all', makefile = 'GNUmakefile',
    variables = { PREFIX = '$(PREFIX)', A = 'a' }, build_variables = { CFLAGS = '$(CFLAGS)' },
    install_variables = { A = 'other', LUADIR = '$(LUADIR)' } })");
  const auto variant = facts.variant();
  REQUIRE(variant.runs.size() == 2);
  CHECK(variant.runs[0].argv
        == Texts{"make",
                 "-f",
                 "GNUmakefile",
                 "all",
                 "A=a",
                 "CC=gcc",
                 "CFLAGS=-O2 -fPIC",
                 "PREFIX={rock}"});
  CHECK(variant.runs[1].argv
        == Texts{"make",
                 "-f",
                 "GNUmakefile",
                 "install",
                 "A=other",
                 "CC=gcc",
                 "LUADIR={rock}/lua",
                 "PREFIX={rock}"});
  CHECK(variant.work_in_copy);
  CHECK(variant.shim_cargo);
}

TEST_CASE("make: targets have LuaRocks' defaults, and passes can be left out", "[plan]") {
  const auto both = Facts("{ type = 'make' }").variant();
  REQUIRE(both.runs.size() == 2);
  CHECK(both.runs[0].argv == Texts{"make", "CC=gcc"});
  CHECK(both.runs[0].what == "make");
  CHECK(both.runs[1].argv == Texts{"make", "install", "CC=gcc"});
  CHECK(Facts("{ type = 'make', build_pass = false }").variant().runs.at(0).argv
        == Texts{"make", "install", "CC=gcc"});
  CHECK(Facts("{ type = 'make', install_pass = false }").variant().runs.size() == 1);
}

TEST_CASE("make: a variable that nobody knows becomes empty, with a warning that names the field",
          "[plan]") {
  Facts facts("{ type = 'make', variables = { X = '$(NOBODY)/y' }, install_pass = false }");
  CHECK(has(facts.variant().runs.at(0).argv, "X=/y"));
  CHECK(has(facts.warnings(),
            "build.variables[\"X\"]: unknown variable $(NOBODY) becomes an empty text"));
}

TEST_CASE("cmake: configure, build, install", "[plan]") {
  Facts facts("{ type = 'cmake', variables = { CMAKE_INSTALL_PREFIX = '$(PREFIX)', B = 'x y' } }");
  const auto variant = facts.variant();
  REQUIRE(variant.runs.size() == 3);
  CHECK(variant.runs[0].argv
        == Texts{"cmake",
                 "-H.",
                 "-Bbuild.luarocks",
                 "-GUnix Makefiles",
                 "-DB=x y",
                 "-DCMAKE_INSTALL_PREFIX={rock}"});
  CHECK(variant.runs[1].argv == Texts{"cmake", "--build", "build.luarocks", "--config", "Release"});
  CHECK(
      variant.runs[2].argv
      == Texts{"cmake", "--build", "build.luarocks", "--target", "install", "--config", "Release"});
  CHECK(variant.work_in_copy);
}

TEST_CASE("cmake: passes can be left out", "[plan]") {
  CHECK(Facts("{ type = 'cmake', build_pass = false }").variant().runs.size() == 2);
  CHECK(Facts("{ type = 'cmake', build_pass = false, install_pass = false }").variant().runs.size()
        == 1);
}

TEST_CASE("command: the rockspec's own text, with CC alone in its environment", "[plan]") {
  Facts facts(R"({ type = 'command',
    build_command = 'cargo build --release',
    install_command = 'cp target/release/libkit.so $(LIBDIR)/kit.so; echo $HOME ${X}' })");
  const auto variant = facts.variant();
  REQUIRE(variant.runs.size() == 2);
  CHECK(variant.runs[0].argv.empty());
  CHECK(variant.runs[0].shell == "cargo build --release");
  CHECK(variant.runs[1].shell == "cp target/release/libkit.so {rock}/lib/kit.so; echo $HOME ${X}");
  CHECK(variant.runs[1].environment == std::map<std::string, std::string>{{"CC", "gcc"}});
  CHECK(variant.work_in_copy);
  CHECK(variant.shim_cargo);
}

TEST_CASE("command: needs no Lua headers", "[plan]") {
  Facts facts("{ type = 'command', install_command = 'true' }");
  facts.inputs.host.lua_incdir.clear();
  CHECK(facts.variant().runs.size() == 1);
}

}  // namespace
}  // namespace rockstage::plan
