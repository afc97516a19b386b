#include "rock/rockspec.hpp"

#include <catch2/catch.hpp>

namespace rockstage::rock {

namespace {

Result<Rockspec> read(const std::string& build) {
  Diagnostics diagnostics;
  return read_rockspec(
      "rockspec_format = '3.0' package = 'x' version = '1-1' source = { url = 'y' }\nbuild = { "
          + build + " }",
      "rockspec",
      diagnostics);
}

std::string message_of(const std::string& build) {
  const auto spec = read(build);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().code == Errc::invalid_input);
  return spec.error().message;
}

}  // namespace

TEST_CASE("builtin: a module is a string, a list or a table of fields", "[rock]") {
  const auto spec = read(
      "modules = { ['z.lua'] = 'src/z.lua', a = 'src/a.c', b = { 'b1.c', './b2.c', libraries = 'm' "
      "},\n"
      "  c = { sources = 'c.c', libraries = { 'z', 'm' }, defines = { 'A=1' }, incdirs = { "
      "'/usr/include', '$(Z_INCDIR)' }, libdirs = '/opt' } }");
  REQUIRE(spec);
  const auto modules = builtin_modules(*spec).value();
  REQUIRE(modules.size() == 4);
  CHECK_FALSE(modules[0].is_lua());
  CHECK(modules[1].sources == std::vector<std::string>{"b1.c", "b2.c"});
  CHECK(modules[1].libraries == std::vector<std::string>{"m"});
  CHECK(modules[2].defines == std::vector<std::string>{"A=1"});
  CHECK(modules[2].incdirs.size() == 2);
  CHECK(modules[2].libdirs == std::vector<std::string>{"/opt"});
  CHECK(modules[3].is_lua());
}

TEST_CASE("builtin: modules lie where LuaRocks puts them", "[rock]") {
  const auto target = [](const std::string& name, const std::string& source) {
    BuiltinModule module;
    module.name = name;
    module.sources = {source};
    return module_target(module);
  };
  CHECK(target("a.b", "src/x.lua") == "a/b.lua");
  CHECK(target("a.b", "src/x.c") == "a/b.so");
  CHECK(target("a.b", "src/a/b/init.lua") == "a/b/init.lua");
  CHECK(target("a.init", "src/a/init.lua") == "a/init.lua");
}

TEST_CASE("builtin: faults in modules name the field", "[rock]") {
  CHECK(message_of("modules = { 'a.lua' }") == "rockspec: build.modules[1]: has no module name");
  CHECK(message_of("modules = 'a.lua'")
        == "rockspec: build.modules: expected a table, found a string");
  CHECK(message_of("modules = { ['a.b'] = 5 }")
        == "rockspec: build.modules[\"a.b\"]: expected a string or a table, found a number");
  CHECK(message_of("modules = { a = {} }") == "rockspec: build.modules.a: names no sources");
  CHECK(message_of("modules = { a = { 'a.c', 5 } }")
        == "rockspec: build.modules.a[2]: expected a string, found a number");
  CHECK(message_of("modules = { a = { sources = 'a.c', libraries = true } }")
        == "rockspec: build.modules.a.libraries: expected a string or a list of strings, found a boolean");
  CHECK(message_of("modules = { ['../a'] = 'a.lua' }")
            .find("rockspec: build.modules[\"../a\"]: '../a' is no module name")
        == 0);
  CHECK(message_of("modules = { a = '/etc/passwd' }")
        == "rockspec: build.modules.a: '/etc/passwd' is no path inside the source directory");
}

TEST_CASE("builtin: modules are mandatory before format 3.0", "[rock]") {
  Diagnostics diagnostics;
  const auto spec = read_rockspec(
      "package = 'x' version = '1-1' source = { url = 'y' } build = { type = 'builtin' }",
      "rockspec",
      diagnostics);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().message == "rockspec: build.modules: is missing");
  CHECK(builtin_modules(read("").value()).value().empty());
}

TEST_CASE("builtin: two modules with one file are an error", "[rock]") {
  CHECK(message_of("modules = { ['a.b'] = 'x.lua', ['a/b'] = 'y.lua' }")
        == "rockspec: build.modules[\"a/b\"]: writes lua/a/b.lua, as build.modules[\"a.b\"] does");
  CHECK(message_of("modules = { a = 'src/init.lua', ['a.init'] = 'y.lua' }")
            .find("writes lua/a/init.lua")
        != std::string::npos);
  CHECK(message_of("modules = { a = 'x.lua' }, install = { lua = { a = 'y.lua' } }")
        == "rockspec: build.install.lua.a: writes lua/a.lua, as build.modules.a does");
  CHECK(message_of("install = { bin = { 'a/tool', 'b/tool' } }").find("writes bin/tool")
        != std::string::npos);
  CHECK(read("modules = { a = 'a.lua', ['a.core'] = 'a.c' }"));
  CHECK(read("modules = { a = 'a.lua' }, install = { lib = { a = 'a.so' } }"));
}

TEST_CASE("install: entries lie where LuaRocks puts them", "[rock]") {
  CHECK(install_target(InstallKind::lua, {"a.b.c", "src/x.lua"}) == "a/b/c.lua");
  CHECK(install_target(InstallKind::lib, {"a.b.c", "target/release/libx.so"}) == "a/b/libx.so");
  CHECK(install_target(InstallKind::lib, {"probe", "libprobe.so"}) == "libprobe.so");
  CHECK(install_target(InstallKind::lua, {"", "src/x.lua"}) == "x.lua");
  CHECK(install_target(InstallKind::bin, {"sub/tool", "bin/t"}) == "sub/tool");
  CHECK(install_target(InstallKind::conf, {"", "etc/c.conf"}) == "c.conf");
}

TEST_CASE("detection: modules of src, lua or lib, or of the root without its tests", "[rock]") {
  using Names = std::vector<std::string>;
  const auto names = [](const std::vector<std::string>& files) {
    Names out;
    for (const BuiltinModule& module : detect_modules(files, [](const std::string& file) {
           return file.ends_with("core.c")
                      ? "/* luaopen_no */\nLUALIB_API int\nluaopen_a_core (lua_State *L)"
                      : "int main";
         }))
      out.push_back(module.name + "=" + module.sources.at(0));
    return out;
  };
  CHECK(names({"src/a/init.lua",
               "src/a/core.c",
               "src/a/plain.c",
               "src/a/core.h",
               "lua/b.lua",
               "c.lua",
               "src/spec/x.lua"})
        == Names{"a.init=src/a/init.lua", "a.plain=src/a/plain.c", "a_core=src/a/core.c"});
  CHECK(names({"lib/x.lua", "lua/y.lua"}) == Names{"y=lua/y.lua"});
  CHECK(names({"x.lua",
               "spec/x_spec.lua",
               "test.lua",
               "tests.lua",
               "lua_modules/z.lua",
               "sub/y.lua",
               "a..b.lua"})
        == Names{"sub.y=sub/y.lua", "x=x.lua"});
}

TEST_CASE("detection: commands of src/bin, else of bin", "[rock]") {
  using Files = std::vector<std::string>;
  CHECK(detect_commands({"bin/b", "bin/a", "bin/sub/c", "src/x.lua"}) == Files{"bin/a", "bin/b"});
  CHECK(detect_commands({"bin/b", "src/bin/a"}) == Files{"src/bin/a"});
  CHECK(detect_commands({"x.lua"}).empty());
}

TEST_CASE("rust-mlua: all fields are read", "[rock]") {
  const auto spec = read(
      "type = 'rust-mlua', modules = { 'plain', 'deep.probe', ['a.b'] = 'liba', ['c/d'] = 'libd' "
      "}, features = { 'x', 'y z' }, default_features = false,\n"
      "  target_path = '../../target', cargo_extra_args = \"--profile dist --features 'a b' -p "
      "\\\"x\\\\\\\"y\\\" --config=k\\\\ v\",\n"
      "  include = { 'lua/init.lua', ['lua/x.lua'] = 'sub/dir/x.lua' }");
  REQUIRE(spec);
  const RustMluaFields fields = rust_mlua_fields(*spec).value();
  using Map = std::map<std::string, std::string>;
  CHECK(fields.modules
        == Map{{"plain", "plain"}, {"deep.probe", "probe"}, {"a.b", "liba"}, {"c/d", "libd"}});
  CHECK(fields.features == std::vector<std::string>{"x", "y", "z"});
  CHECK_FALSE(fields.default_features);
  CHECK(fields.target_path == "../../target");
  CHECK(fields.cargo_extra_args
        == std::vector<std::string>{
            "--profile", "dist", "--features", "a b", "-p", "x\"y", "--config=k v"});
  REQUIRE(fields.include.size() == 2);
  CHECK(fields.include[0].path == "lua/init.lua");
  CHECK(fields.include[1].key == "sub/dir/x.lua");
}

TEST_CASE("rust-mlua: a string of features and a list of arguments are taken as well", "[rock]") {
  const RustMluaFields fields =
      rust_mlua_fields(read("type = 'rust-mlua', features = 'a,b', cargo_extra_args = { "
                            "'--locked', '-p x', \"''\" }")
                           .value())
          .value();
  CHECK(fields.features == std::vector<std::string>{"a", "b"});
  CHECK(fields.default_features);
  CHECK(fields.cargo_extra_args == std::vector<std::string>{"--locked", "-p", "x", ""});
}

TEST_CASE("rust-mlua: what a shell would act upon is refused in cargo_extra_args", "[rock]") {
  const auto with = [](const std::string& arguments) {
    return message_of("type = 'rust-mlua', cargo_extra_args = [[" + arguments + "]]");
  };
  for (const char c : std::string("$`;&|<>(){}*?#~!")) {
    INFO(c);
    CHECK(with(std::string("a") + c + "b")
          == std::string("rockspec: build.cargo_extra_args: '") + c
                 + "' would be read by a shell, and no shell is run");
  }
  CHECK(with("\"$HOME\"").find("'$' would be read by a shell") != std::string::npos);
  CHECK(with("'a").find("a quote is not closed") != std::string::npos);
  CHECK(with("a\\").find("ends with a backslash") != std::string::npos);
  CHECK(read("type = 'rust-mlua', cargo_extra_args = [['$x;']]"));
}

TEST_CASE("rust-mlua: arguments that rockstage sets itself are refused", "[rock]") {
  for (const std::string option : {"--target-dir", "--message-format", "--artifact-dir"})
    for (const std::string& form : {option + " x", option + "=x"})
      CHECK(message_of("type = 'rust-mlua', cargo_extra_args = '" + form + "'")
            == "rockspec: build.cargo_extra_args: '" + option
                   + "' cannot be given: rockstage sets it");
}

TEST_CASE("rust-mlua: faults name the field", "[rock]") {
  const auto with = [](const std::string& fields) {
    return message_of("type = 'rust-mlua', " + fields);
  };
  CHECK(with("modules = 'x'") == "rockspec: build.modules: expected a table, found a string");
  CHECK(
      with("modules = { ['a..b'] = 'x' }").find("rockspec: build.modules: 'a..b' is no module name")
      == 0);
  CHECK(with("modules = { a = '../x' }")
        == "rockspec: build.modules.a: expected the name of the crate's library");
  CHECK(with("modules = { ['a.b'] = 'x', ['a/b'] = 'y' }").find("writes lib/a/b.so")
        != std::string::npos);
  CHECK(with("features = 5")
        == "rockspec: build.features: expected a string or a list of strings, found a number");
  CHECK(with("default_features = 'no'")
        == "rockspec: build.default_features: expected a boolean, found a string");
  CHECK(with("include = { '../x.lua' }")
        == "rockspec: build.include[1]: '../x.lua' is no path inside the source directory");
  CHECK(with("include = { x = '/etc/x' }")
        == "rockspec: build.include.x: '/etc/x' is no path inside the source directory");
}

}  // namespace rockstage::rock
