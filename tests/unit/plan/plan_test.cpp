#include "plan/plan.hpp"

#include "facts.hpp"

namespace rockstage::plan {
namespace {

using lua::Lua;

constexpr const char* kNone = "{ type = 'none' }";

TEST_CASE("plan: two Luas that share directories cannot go into one tree", "[plan]") {
  for (const auto& [a, b] : {std::pair(Lua::luajit, Lua::openresty),
                             std::pair(Lua::luajit, Lua::lua51),
                             std::pair(Lua::openresty, Lua::lua51)}) {
    Facts facts(kNone);
    facts.options.luas = {a, b};
    const auto error = facts.error();
    CHECK(error.code == Errc::usage);
    CHECK(error.message
          == lua::to_string(a) + " and " + lua::to_string(b)
                 + " share the directories of Lua 5.1 and cannot go into one tree");
    CHECK(contains(error.hint, "{lua}"));
  }
}

TEST_CASE("plan: Luas with directories of their own share a tree", "[plan]") {
  Facts facts(kNone);
  facts.options.luas = {Lua::luajit, Lua::lua54};
  const auto plan = facts.must_make();
  REQUIRE(plan.variants.size() == 2);
  CHECK(plan.variants[0].tree == "/tree");
  CHECK(plan.variants[1].lua == Lua::lua54);
}

TEST_CASE("plan: two targets cannot go into one tree", "[plan]") {
  Facts facts(kNone);
  facts.options.targets = {kTarget, "aarch64-unknown-linux-gnu"};
  const auto error = facts.error();
  CHECK(error.code == Errc::usage);
  CHECK(contains(error.message, "x86_64-unknown-linux-gnu and aarch64-unknown-linux-gnu cannot"));
  CHECK(contains(error.hint, "{target}"));
}

TEST_CASE("plan: {lua} and {target} give each its own tree, in the order of the options",
          "[plan]") {
  Facts facts(kNone);
  facts.options.tree = "/trees/{lua}/{target}";
  facts.options.luas = {Lua::lua51, Lua::luajit};
  facts.options.targets = {kTarget, "aarch64-unknown-linux-gnu"};
  Texts trees;
  for (const auto& variant : facts.must_make().variants)
    trees.push_back(variant.tree);
  CHECK(trees
        == Texts{"/trees/5.1/x86_64-unknown-linux-gnu",
                 "/trees/5.1/aarch64-unknown-linux-gnu",
                 "/trees/luajit/x86_64-unknown-linux-gnu",
                 "/trees/luajit/aarch64-unknown-linux-gnu"});
}

TEST_CASE("plan: a Lua that the rock does not support is an error before the build", "[plan]") {
  Facts facts(kNone, "dependencies = { 'lua >= 5.3' }");
  const auto error = facts.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "kit 1.0-1 needs 'lua >= 5.3', and luajit is Lua 5.1");
  facts.options.luas = {Lua::lua54};
  CHECK(facts.must_make().variants.size() == 1);
}

TEST_CASE("plan: what an external dependency misses is an error before the build", "[plan]") {
  Facts facts(kNone);
  facts.inputs.host.missing = {"needs `zlib.h` of ZLIB", "needs `foo.h` of FOO"};
  const auto error = facts.error();
  CHECK(error.code == Errc::not_found);
  CHECK(error.message == "needs `zlib.h` of ZLIB");
  CHECK(facts.diagnostics.items().size() == 2);
}

TEST_CASE("plan: directories are placeholders, tools those of the host, --var comes last",
          "[plan]") {
  Facts facts(kNone);
  facts.inputs.host.externals = {{"ZLIB_DIR", "/usr"}};
  facts.options.variables = {{"CC", "clang"}, {"OWN", "x"}};
  const auto variables = facts.variant().variables;
  const rock::Variables expected = {{"PREFIX", "{rock}"},
                                    {"LUADIR", "{rock}/lua"},
                                    {"LIBDIR", "{rock}/lib"},
                                    {"BINDIR", "{rock}/bin"},
                                    {"CONFDIR", "{rock}/conf"},
                                    {"DOCDIR", "{rock}/doc"},
                                    {"CC", "clang"},
                                    {"LD", "gcc"},
                                    {"OWN", "x"},
                                    {"ZLIB_DIR", "/usr"},
                                    {"LUA", "/usr/bin/luajit"},
                                    {"LUA_BINDIR", "/usr/bin"},
                                    {"LUA_DIR", "/usr"},
                                    {"LUA_LIBDIR", "/usr/lib"},
                                    {"LUA_INCDIR", "/usr/include/luajit-2.1"},
                                    {"ROCKS_TREE", "/tree/lib/luarocks/rocks-5.1"}};
  for (const auto& [name, value] : expected) {
    INFO(name);
    REQUIRE(variables.count(name) == 1);
    CHECK(variables.at(name) == value);
  }
}

TEST_CASE("plan: headers of LuaJIT and Lua 5.1 serve each other, others do not", "[plan]") {
  Facts facts(kNone);
  facts.options.luas = {Lua::lua51};
  CHECK(facts.variant().variables.at("LUA_INCDIR") == "/usr/include/luajit-2.1");
  facts.options.luas = {Lua::lua53};
  CHECK(facts.variant().variables.count("LUA_INCDIR") == 0);
  facts.inputs.host.lua_incdir = {{"5.1", "/usr/include/lua5.1"}};
  facts.options.luas = {Lua::openresty};
  CHECK(facts.variant().variables.at("LUA_INCDIR") == "/usr/include/lua5.1");
}

TEST_CASE("plan: LUA_VERSION is known from format 3.1 on", "[plan]") {
  Facts facts(kNone);
  CHECK(facts.variant().variables.count("LUA_VERSION") == 0);
  facts.spec.format = "3.1";
  CHECK(facts.variant().variables.at("LUA_VERSION") == "5.1");
}

TEST_CASE("plan: a hook is planned with its variables filled in", "[plan]") {
  Facts facts(kNone, "hooks = { post_install = 'touch $(PREFIX)/x $(NOBODY)' }");
  CHECK(facts.variant().post_install == "touch {rock}/x ");
  CHECK(has(facts.warnings(),
            "hooks.post_install: unknown variable $(NOBODY) becomes an empty text"));
}

TEST_CASE("plan: patches and extra files are put into a copy of the sources", "[plan]") {
  CHECK_FALSE(Facts(kNone).variant().work_in_copy);
  CHECK(Facts("{ type = 'none', patches = { ['a.diff'] = '' } }").variant().work_in_copy);
  CHECK(Facts("{ type = 'none', extra_files = { a = '' } }").variant().work_in_copy);
}

TEST_CASE("plan: commands of a rock cannot be told to build for another machine", "[plan]") {
  for (const char* type : {"make", "command", "cmake"}) {
    Facts facts("{ type = '" + std::string(type) + "' }");
    facts.options.targets = {"sparc64-unknown-linux-gnu"};
    const auto error = facts.error();
    CHECK(error.code == Errc::usage);
    CHECK(contains(error.message, "cannot be told to build for sparc64-unknown-linux-gnu"));
  }
}

TEST_CASE("plan: on a machine of the target's own kind, commands build for it", "[plan]") {
  Facts facts("{ type = 'make' }");
  facts.inputs.machine = Machine::of_the_target;
  facts.options.targets = {"aarch64-unknown-linux-gnu"};
  CHECK(facts.variant().target == "aarch64-unknown-linux-gnu");
}

}  // namespace
}  // namespace rockstage::plan
