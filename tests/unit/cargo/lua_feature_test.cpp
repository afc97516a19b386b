#include "cargo/lua_feature.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

using lua::Lua;
using Names = std::vector<std::string>;
using Features = std::map<std::string, Names>;

Declaration mlua(Names features = {}, bool optional = false) {
  Declaration declaration;
  declaration.name = "mlua";
  declaration.kind = "normal";
  declaration.features = std::move(features);
  declaration.optional = optional;
  return declaration;
}

Declaration by_path(const std::string& name, Names features = {}) {
  Declaration declaration;
  declaration.name = name;
  declaration.kind = "normal";
  declaration.path = "/w/" + name;
  declaration.features = std::move(features);
  return declaration;
}

Package crate(const std::string& name, Features features, std::vector<Declaration> dependencies) {
  Package package;
  package.id = "path+file:///w/" + name + "#1.0.0";
  package.name = name;
  package.version = "1.0.0";
  package.manifest_path = "/w/" + name + "/Cargo.toml";
  package.features = std::move(features);
  package.dependencies = std::move(dependencies);
  return package;
}

tl::expected<FeatureChoice, FeatureProblem> choose(const Package& package,
                                                   Lua lua = Lua::luajit,
                                                   const FeatureRequest& request = {},
                                                   const std::vector<Package>& others = {}) {
  Metadata metadata;
  metadata.packages = others;
  metadata.packages.push_back(package);
  metadata.workspace_root = "/w";
  return choose_lua_feature(metadata, package, lua, request);
}

FeatureRequest asking(Names features, bool default_features = true) {
  FeatureRequest request;
  request.features = std::move(features);
  request.default_features = default_features;
  return request;
}

const Features kAll = {{"luajit", {"mlua/luajit"}},
                       {"lua51", {"mlua/lua51"}},
                       {"lua52", {"mlua/lua52"}},
                       {"lua53", {"mlua/lua53"}},
                       {"lua54", {"mlua/lua54"}},
                       {"lua55", {"mlua/lua55"}}};

TEST_CASE("lua feature: a crate without mlua gets none (case 1)", "[cargo][lua-feature]") {
  const auto choice = choose(
      crate("ffi", {{"default", {"simd"}}, {"simd", {}}}, {}), Lua::luajit, asking({"simd"}));
  REQUIRE(choice);
  CHECK(choice->features == Names{"simd"});
  CHECK(choice->default_features);
  CHECK(choice->lua_feature.empty());
}

TEST_CASE("lua feature: a library that is not required gets none, whatever it depends on",
          "[cargo][lua-feature]") {
  FeatureRequest request = asking({"x"});
  request.native = false;
  const auto choice = choose(crate("ffi", kAll, {mlua({"vendored"})}), Lua::luajit, request);
  REQUIRE(choice);
  CHECK(choice->features == Names{"x"});
}

TEST_CASE("lua feature: mlua for tests and build scripts only is not mlua",
          "[cargo][lua-feature]") {
  Declaration dev = mlua({"lua54", "vendored"});
  dev.kind = "dev";
  Declaration build = mlua({"lua53"});
  build.kind = "build";
  const auto choice = choose(crate("ffi", {}, {dev, build}));
  REQUIRE(choice);
  CHECK(choice->features.empty());
}

TEST_CASE("lua feature: a crate with bindings of its own gets its feature of that name",
          "[cargo][lua-feature]") {
  const Package package = crate("own", {{"lua51", {}}, {"lua54", {}}}, {});
  CHECK(choose(package, Lua::luajit)->lua_feature == "lua51");
  CHECK(choose(package, Lua::lua54)->lua_feature == "lua54");
  CHECK(choose(package, Lua::lua53)->lua_feature.empty());
  CHECK(choose(package, Lua::luajit, asking({"lua51"}))->lua_feature.empty());
}

TEST_CASE("lua feature: what the dependency fixes is right or an error before the build (case 2)",
          "[cargo][lua-feature]") {
  struct Row {
    Names fixed;
    Lua lua;
    bool right;
  };

  const std::vector<Row> table = {
      {{"luajit", "module"}, Lua::luajit, true},
      {{"luajit", "module"}, Lua::openresty, true},
      {{"luajit", "module"}, Lua::lua51, true},
      {{"lua51", "module"}, Lua::luajit, true},
      {{"lua51", "module"}, Lua::lua51, true},
      {{"luajit52", "module"}, Lua::luajit, true},
      {{"luajit", "luajit52", "module"}, Lua::openresty, true},
      {{"lua54", "module"}, Lua::lua54, true},
      {{"lua55", "module"}, Lua::lua55, true},
      {{"lua54", "module"}, Lua::luajit, false},
      {{"lua54", "module"}, Lua::lua53, false},
      {{"luajit", "module"}, Lua::lua54, false},
      {{"luau", "module"}, Lua::luajit, false},
      {{"lua51", "module"}, Lua::lua52, false},
  };
  for (const Row& row : table) {
    INFO(row.fixed.front() << " for " << lua::to_string(row.lua));
    const auto choice = choose(crate("p", {}, {mlua(row.fixed)}), row.lua);
    REQUIRE(choice.has_value() == row.right);
    if (choice) CHECK(choice->features.empty());
    if (!choice) {
      CHECK(choice.error().rule == "rock-lua-feature");
      CHECK(choice.error().message.find("/w/p/Cargo.toml fixes " + row.fixed.front())
            != std::string::npos);
    }
  }
}

TEST_CASE("lua feature: default features that fit need nothing (case 3)", "[cargo][lua-feature]") {
  Features features = kAll;
  features["default"] = {"lua51"};
  const auto choice = choose(crate("p", features, {mlua({"module"})}), Lua::luajit);
  REQUIRE(choice);
  CHECK(choice->features.empty());
  CHECK(choice->default_features);
  CHECK(choice->lua_feature.empty());
}

TEST_CASE("lua feature: the crate's feature of the runtime's name is passed (case 4)",
          "[cargo][lua-feature]") {
  const std::vector<std::tuple<Lua, std::string>> table = {{Lua::luajit, "luajit"},
                                                           {Lua::openresty, "luajit"},
                                                           {Lua::lua51, "lua51"},
                                                           {Lua::lua52, "lua52"},
                                                           {Lua::lua53, "lua53"},
                                                           {Lua::lua54, "lua54"},
                                                           {Lua::lua55, "lua55"}};
  for (const auto& [lua, feature] : table) {
    INFO(feature);
    const auto choice = choose(crate("p", kAll, {mlua({"module"})}), lua);
    REQUIRE(choice);
    CHECK(choice->features == Names{feature});
    CHECK(choice->lua_feature == feature);
    CHECK(choice->notes.empty());
  }
}

TEST_CASE("lua feature: luajit and lua51 serve each other, and it is said",
          "[cargo][lua-feature]") {
  const auto jit = choose(crate("p", {{"lua51", {"mlua/lua51"}}}, {mlua({"module"})}), Lua::luajit);
  REQUIRE(jit);
  CHECK(jit->lua_feature == "lua51");
  CHECK(jit->notes == Names{"'p' has no feature luajit; lua51 gives the same ABI and is used"});
  CHECK(
      choose(crate("p", {{"luajit", {"mlua/luajit"}}}, {mlua({"module"})}), Lua::lua51)->lua_feature
      == "luajit");
  CHECK(choose(crate("p", {{"luajit52", {"mlua/luajit52"}}}, {mlua({"module"})}), Lua::openresty)
            ->lua_feature
        == "luajit52");
}

TEST_CASE("lua feature: without a feature of the crate mlua's own is passed (case 5)",
          "[cargo][lua-feature]") {
  CHECK(choose(crate("p", {}, {mlua({"module"})}), Lua::luajit)->features == Names{"mlua/luajit"});
  CHECK(choose(crate("p", {}, {mlua({"module"})}), Lua::lua51)->features == Names{"mlua/lua51"});
  CHECK(choose(crate("p", {}, {mlua({"module"})}), Lua::lua53)->features == Names{"mlua/lua53"});
  Declaration renamed = mlua({"module"});
  renamed.rename = "lua";
  CHECK(choose(crate("p", {}, {renamed}), Lua::lua54)->features == Names{"lua/lua54"});
}

TEST_CASE("lua feature: a feature that names the Lua and brings one along is passed over",
          "[cargo][lua-feature]") {
  const auto choice = choose(
      crate("p", {{"luajit", {"mlua/luajit", "mlua/vendored"}}}, {mlua({"module"})}), Lua::luajit);
  REQUIRE(choice);
  CHECK(choice->features == Names{"mlua/luajit"});
}

TEST_CASE("lua feature: the list of what there is, when nothing fits (case 6)",
          "[cargo][lua-feature]") {
  const Package binding = crate("binding", {{"lua52", {"mlua/lua52"}}}, {mlua({"module"})});
  const auto problem =
      choose(crate("p", {{"lua52", {"binding/lua52"}}, {"json", {}}}, {by_path("binding")}),
             Lua::luajit,
             {},
             {binding});
  REQUIRE_FALSE(problem);
  CHECK(problem.error().rule == "rock-lua-feature");
  CHECK(problem.error().message
        == "'p' supports lua52 only, the rock is for LuaJIT; its features: json, lua52");
  CHECK(problem.error().fix == "add luajit = [\"mlua/luajit\"] to [features] of its Cargo.toml");
}

TEST_CASE("lua feature: defaults of another Lua are left out, the harmless ones stay by name",
          "[cargo][lua-feature]") {
  Features features = kAll;
  features["default"] = {"lua54", "json", "vendored"};
  features["json"] = {"dep:serde_json"};
  features["vendored"] = {"mlua/vendored"};
  const auto choice = choose(crate("p", features, {mlua({"module"})}), Lua::luajit);
  REQUIRE(choice);
  CHECK_FALSE(choice->default_features);
  CHECK(choice->features == Names{"json", "luajit"});
  CHECK(choice->lua_feature == "luajit");
  CHECK(choice->notes.front() ==
        "built without the default features, to leave out lua54, vendored; the others are passed by name: json");
}

TEST_CASE("lua feature: a default feature that gathers others is taken apart",
          "[cargo][lua-feature]") {
  Features features = kAll;
  features["default"] = {"full", "dep:rayon"};
  features["full"] = {"lua54", "json", "mlua/vendored", "serde?/std", "log?/std"};
  features["json"] = {"dep:serde"};
  features["parallel"] = {"dep:rayon"};
  Declaration serde = mlua({}, true);
  serde.name = "serde";
  Declaration log = serde;
  log.name = "log";
  Declaration rayon = serde;
  rayon.name = "rayon";
  const auto choice =
      choose(crate("p", features, {mlua({"module"}), serde, log, rayon}), Lua::lua53);
  REQUIRE(choice);
  CHECK_FALSE(choice->default_features);
  CHECK(choice->features == Names{"json", "parallel", "serde/std", "lua53"});
}

TEST_CASE("lua feature: features that name each other in a circle end", "[cargo][lua-feature]") {
  const auto choice = choose(crate("p",
                                   {{"default", {"a"}},
                                    {"a", {"b", "vendored"}},
                                    {"b", {"a"}},
                                    {"vendored", {"mlua/vendored"}}},
                                   {mlua({"module"})}),
                             Lua::luajit);
  REQUIRE(choice);
  CHECK(choice->features == Names{"mlua/luajit"});
}

TEST_CASE("lua feature: the user's choice decides between two that fit", "[cargo][lua-feature]") {
  Features features = kAll;
  features["default"] = {"lua51", "json"};
  features["json"] = {};
  const auto choice =
      choose(crate("p", features, {mlua({"module"})}), Lua::luajit, asking({"luajit", "luajit"}));
  REQUIRE(choice);
  CHECK_FALSE(choice->default_features);
  CHECK(choice->features == Names{"luajit", "json"});
  CHECK(choice->lua_feature.empty());
}

TEST_CASE("lua feature: default features that the user switched off stay off",
          "[cargo][lua-feature]") {
  Features features = kAll;
  features["default"] = {"luajit", "json"};
  features["json"] = {};
  const auto choice =
      choose(crate("p", features, {mlua({"module"})}), Lua::luajit, asking({"x"}, false));
  REQUIRE(choice);
  CHECK_FALSE(choice->default_features);
  CHECK(choice->features == Names{"x", "luajit"});
}

TEST_CASE("lua feature: another Lua asked for by name is an error", "[cargo][lua-feature]") {
  const auto problem = choose(crate("p", kAll, {mlua({"module"})}), Lua::luajit, asking({"lua54"}));
  REQUIRE_FALSE(problem);
  CHECK(problem.error().rule == "rock-lua-feature");
  CHECK(problem.error().message == "the features asked for turn on lua54, the rock is for LuaJIT");
}

TEST_CASE("lua feature: module is turned on by the crate's feature, or mlua's",
          "[cargo][lua-feature]") {
  Features features = kAll;
  CHECK(choose(crate("p", features, {mlua()}), Lua::luajit)->features
        == Names{"luajit", "mlua/module"});
  features["module"] = {"mlua/module"};
  CHECK(choose(crate("p", features, {mlua()}), Lua::luajit)->features == Names{"luajit", "module"});
  features["as-module"] = {"mlua/module"};
  CHECK(choose(crate("p", features, {mlua()}), Lua::luajit)->features == Names{"luajit", "module"});
  features.erase("module");
  CHECK(choose(crate("p", features, {mlua()}), Lua::luajit)->features
        == Names{"luajit", "as-module"});
  CHECK(choose(crate("p", {}, {mlua({"luajit"})}), Lua::luajit)->features == Names{"mlua/module"});
}

TEST_CASE("lua feature: a dependency that fixes vendored or external cannot be a module",
          "[cargo][lua-feature]") {
  for (const char* feature : {"vendored", "external"}) {
    const auto problem = choose(crate("p", kAll, {mlua({feature})}), Lua::luajit);
    REQUIRE_FALSE(problem);
    CHECK(problem.error().rule == "rock-vendored-lua");
    CHECK(problem.error().message.find("/w/p/Cargo.toml") != std::string::npos);
  }
  const auto asked = choose(
      crate("p", {{"static", {"mlua/vendored"}}}, {mlua()}), Lua::luajit, asking({"static"}));
  REQUIRE_FALSE(asked);
  CHECK(asked.error().rule == "rock-vendored-lua");
}

TEST_CASE("lua feature: mlua of a workspace member is reached through the crate's features",
          "[cargo][lua-feature]") {
  const Package core = crate("core", kAll, {mlua({"module"})});
  CHECK(
      choose(crate("p", {{"luajit", {"core/luajit"}}}, {by_path("core")}), Lua::luajit, {}, {core})
          ->features
      == Names{"luajit"});
  CHECK(choose(crate("p", {}, {by_path("core")}), Lua::lua54, {}, {core})->features
        == Names{"core/lua54"});
  CHECK(choose(crate("p", {}, {by_path("core", {"lua51"})}), Lua::luajit, {}, {core})
            ->features.empty());
  CHECK_FALSE(choose(crate("p", {}, {by_path("core", {"lua54"})}), Lua::luajit, {}, {core}));
}

TEST_CASE("lua feature: a member whose mlua is no module, and gives no way to make it one",
          "[cargo][lua-feature]") {
  const Package core = crate("core", {}, {mlua({"luajit"})});
  const auto problem = choose(crate("p", {}, {by_path("core")}), Lua::luajit, {}, {core});
  REQUIRE_FALSE(problem);
  CHECK(problem.error().rule == "rock-vendored-lua");
  const Package better = crate("core", {{"module", {"mlua/module"}}}, {mlua({"luajit"})});
  CHECK(choose(crate("p", {}, {by_path("core")}), Lua::luajit, {}, {better})->features
        == Names{"core/module"});
}

TEST_CASE("lua feature: an optional mlua is compiled by the feature that guards its code",
          "[cargo][lua-feature]") {
  const Package guarded = crate("p", {{"lua", {"dep:mlua"}}}, {mlua({"module"}, true)});
  CHECK(choose(guarded, Lua::luajit)->features == Names{"lua", "mlua/luajit"});
  const Package weak =
      crate("p",
            {{"lua", {"dep:mlua"}}, {"luajit", {"mlua?/luajit"}}, {"lua54", {"mlua?/lua54"}}},
            {mlua({"module"}, true)});
  CHECK(choose(weak, Lua::luajit)->features == Names{"lua", "luajit"});
  CHECK(choose(weak, Lua::luajit, asking({"lua"}))->features == Names{"lua", "luajit"});
  const Package strong =
      crate("p", {{"luajit", {"dep:mlua", "mlua/luajit"}}}, {mlua({"module"}, true)});
  CHECK(choose(strong, Lua::luajit)->features == Names{"luajit"});
  CHECK(choose(crate("p", {}, {mlua({"module"}, true)}), Lua::lua54)->features
        == Names{"mlua/lua54"});
}

TEST_CASE("lua feature: two renamed mlua dependencies, one for each Lua", "[cargo][lua-feature]") {
  Declaration jit = mlua({"luajit", "module"}, true);
  jit.rename = "mlua_jit";
  Declaration five_four = mlua({"lua54", "module"}, true);
  five_four.rename = "mlua_54";
  const Package package =
      crate("p", {{"luajit", {"dep:mlua_jit"}}, {"lua54", {"dep:mlua_54"}}}, {jit, five_four});
  CHECK(choose(package, Lua::luajit)->features == Names{"luajit"});
  CHECK(choose(package, Lua::lua54)->features == Names{"lua54"});
  CHECK_FALSE(choose(package, Lua::lua53));
}

TEST_CASE("lua feature: a Lua that only the default features bring in is left out with them",
          "[cargo][lua-feature]") {
  Declaration standalone = mlua({"lua54", "vendored"}, true);
  standalone.rename = "mlua_standalone";
  const Package both = crate("p",
                             {{"default", {"repl"}},
                              {"repl", {"dep:mlua_standalone"}},
                              {"luajit", {"dep:mlua", "mlua/luajit"}}},
                             {standalone, mlua({"module"}, true)});
  const auto choice = choose(both, Lua::luajit);
  REQUIRE(choice);
  CHECK_FALSE(choice->default_features);
  CHECK(choice->features == Names{"luajit"});
  const auto only =
      choose(crate("p", {{"default", {"repl"}}, {"repl", {"dep:mlua_standalone"}}}, {standalone}),
             Lua::luajit);
  REQUIRE_FALSE(only);
  CHECK(only.error().message
        == "the mlua dependency in /w/p/Cargo.toml fixes lua54, the rock is for LuaJIT");
}

TEST_CASE("lua feature: all features are taken as they are, or refused", "[cargo][lua-feature]") {
  FeatureRequest request;
  request.all_features = true;
  CHECK(choose(crate("p", {{"luajit", {"mlua/luajit"}}}, {mlua({"module"})}), Lua::luajit, request)
            ->features.empty());
  CHECK(choose(crate("p", kAll, {mlua({"module"})}), Lua::luajit, request).error().rule
        == "rock-lua-feature");
  CHECK(choose(
            crate("p", {{"luajit", {"mlua/luajit"}}, {"v", {"mlua/vendored"}}}, {mlua({"module"})}),
            Lua::luajit,
            request)
            .error()
            .rule
        == "rock-vendored-lua");
  CHECK(choose(crate("p", {}, {mlua({"luajit"})}), Lua::luajit, request).error().rule
        == "rock-vendored-lua");
}

}  // namespace
}  // namespace rockstage::cargo
