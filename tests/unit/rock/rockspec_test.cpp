#include "rock/rockspec.hpp"

#include <catch2/catch.hpp>

namespace rockstage::rock {

namespace {

const std::string kHead = "package = 'Greet'\nversion = '1.0-1'\nsource = { url = 'git://x/y' }\n";
const std::string kBuild = "build = { type = 'none' }\n";
const std::string k30 = "rockspec_format = '3.0'\n" + kHead;

Result<Rockspec> read(const std::string& text,
                      const std::string& path = "dir/greet-1.0-1.rockspec") {
  Diagnostics diagnostics;
  return read_rockspec(text, path, diagnostics);
}

Error error_of(const std::string& text, const std::string& path = "dir/greet-1.0-1.rockspec") {
  const auto spec = read(text, path);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().code == Errc::invalid_input);
  return spec.error();
}

std::string message_of(const std::string& text) {
  const std::string prefix = "greet-1.0-1.rockspec: ";
  const std::string message = error_of(text).message;
  REQUIRE(message.find(prefix) == 0);
  return message.substr(prefix.size());
}

}  // namespace

TEST_CASE("rockspec: all fields are read", "[rock]") {
  const std::string text = k30 +
      "description = { summary = 's', detailed = 'd', homepage = 'h', license = 'MIT', maintainer = 'm',\n"
      "  issues_url = 'i', labels = { 'a', 'b' } }\n"
      "dependencies = { 'lua >= 5.1, < 5.5', 'LPeg', 'luarocks-build-x' }\n"
      "build_dependencies = { 'luarocks-build-rust-mlua', 'x' }\n"
      "test_dependencies = { 'busted' }\n"
      "external_dependencies = { ZLIB = { header = 'zlib.h', library = 'z' }, A = { program = 'a' } }\n"
      "supported_platforms = { '!windows' }\n"
      "hooks = { post_install = 'echo' }\n"
      "deploy = { wrap_bin_scripts = false }\n"
      "build = { type = 'make', anything = { 1 }, copy_directories = { 'doc', './samples/' },\n"
      "  install = { lua = { 'src/b.lua', ['x.y'] = 'src/y.lua', ['a.b'] = 'c.lua' }, lib = { 'x.so' }, bin = { ['t/tool'] = 'bin/t' }, conf = { 'c' } },\n"
      "  patches = { ['p.diff'] = 'P' }, extra_files = { ['d/f'] = 'F' } }\n";
  Diagnostics diagnostics;
  const auto spec = read_rockspec(text, "a/greet-1.0-1.rockspec", diagnostics);
  REQUIRE(spec);
  CHECK(spec->text == text);
  CHECK(spec->file_name == "greet-1.0-1.rockspec");
  CHECK(spec->format == "3.0");
  CHECK(spec->package == "Greet");
  CHECK(spec->name == "greet");
  CHECK(spec->description.license == "MIT");
  CHECK(spec->description.labels == std::vector<std::string>{"a", "b"});
  REQUIRE(spec->dependencies.size() == 2);
  CHECK(spec->dependencies[0].text == "lua >= 5.1, < 5.5");
  CHECK(spec->dependencies[1].name == "lpeg");
  REQUIRE(spec->build_dependencies.size() == 1);
  CHECK(spec->build_dependencies[0].name == "x");
  REQUIRE(diagnostics.items().size() == 1);
  CHECK(diagnostics.items()[0].message
        == "dependencies: 'luarocks-build-x' is built in and will not be installed");
  REQUIRE(spec->external_dependencies.size() == 2);
  CHECK(spec->external_dependencies[0].program == "a");
  CHECK(spec->external_dependencies[1].library == "z");
  CHECK(spec->post_install == "echo");
  CHECK_FALSE(spec->wrap_bin_scripts);
  CHECK(spec->build_type == "make");
  CHECK(spec->build.find("anything") != nullptr);
  CHECK(spec->copy_directories == std::vector<std::string>{"doc", "samples"});
  REQUIRE(spec->install.lua.size() == 3);
  CHECK(spec->install.lua[0].key.empty());
  CHECK(spec->install.lua[1].key == "a.b");
  CHECK(spec->install.lua[2].path == "src/y.lua");
  CHECK(spec->install.bin[0].key == "t/tool");
  CHECK(spec->patches.at("p.diff") == "P");
  CHECK(spec->extra_files.at("d/f") == "F");
}

TEST_CASE("rockspec: format 3.0 without a build is builtin, earlier formats demand one", "[rock]") {
  const auto spec = read(k30);
  REQUIRE(spec);
  CHECK(spec->build_type == "builtin");
  CHECK_FALSE(spec->copy_directories);
  CHECK(spec->wrap_bin_scripts);
  CHECK(message_of(kHead) == "build: is missing, and mandatory");
  CHECK(error_of(kHead).hint == "adding 'rockspec_format = \"3.0\"' to the rockspec will fix this");
  CHECK(message_of(kHead + "build = {}") == "build.type: is missing");
}

TEST_CASE("rockspec: missing fields are named, all of them", "[rock]") {
  Diagnostics diagnostics;
  const auto spec =
      read_rockspec("source = {} build = { type = 'none' }", "greet-1.0-1.rockspec", diagnostics);
  REQUIRE_FALSE(spec);
  REQUIRE(diagnostics.items().size() == 3);
  CHECK(diagnostics.items()[0].message == "source.url: is missing, and mandatory");
  CHECK(diagnostics.items()[0].file == "greet-1.0-1.rockspec");
  CHECK(diagnostics.items()[1].message == "package: is missing, and mandatory");
  CHECK(diagnostics.items()[2].message == "version: is missing, and mandatory");
  CHECK(spec.error().message == "greet-1.0-1.rockspec: source.url: is missing, and mandatory");
}

TEST_CASE("rockspec: wrong types name the field, what was expected and what was found", "[rock]") {
  CHECK(message_of(kHead + "build = { type = 'none', install = { lib = 'x' } }")
        == "build.install.lib: expected a table, found a string");
  CHECK(message_of(kHead + kBuild + "dependencies = { 'a', {} }")
        == "dependencies[2]: expected a string, found a table");
  CHECK(message_of(kHead + kBuild + "dependencies = { 'a', nil, 'b' }")
        == "dependencies[\"3\"]: expected a list without names and gaps");
  CHECK(message_of(kHead + kBuild + "dependencies = { lua = '>= 5.1' }")
        == "dependencies.lua: expected a list without names and gaps");
  CHECK(message_of(kHead + kBuild + "description = 'x'")
        == "description: expected a table, found a string");
  CHECK(message_of(kHead + kBuild + "description = { 'x' }")
        == "description[1]: expected only named fields");
  CHECK(message_of(k30 + "deploy = { wrap_bin_scripts = 'no' }")
        == "deploy.wrap_bin_scripts: expected a boolean, found a string");
  CHECK(message_of(kHead + "build = { type = 'none', install = { bin = { 5 } } }")
        == "build.install.bin[1]: expected a string, found a number");
  CHECK(message_of("rockspec_format = 3.0\n" + kHead + kBuild)
        == "rockspec_format: expected a string, found a number");
  CHECK(message_of(kHead + kBuild + "external_dependencies = { X = { header = 1 } }")
        == "external_dependencies.X.header: expected a string, found a number");
}

TEST_CASE("rockspec: unknown fields are refused with the nearest name", "[rock]") {
  CHECK(message_of(kHead + kBuild + "metadata = {}") == "metadata: unknown field");
  CHECK(message_of(kHead + kBuild + "description = { licence = 'MIT' }")
            .find("description.licence: unknown field")
        == 0);
  CHECK(message_of(kHead + "build = { type = 'none', install = { include = {} } }")
        == "build.install.include: unknown field");
}

TEST_CASE("rockspec: fields of later formats say which format they need", "[rock]") {
  const Error error = error_of(kHead + kBuild + "deploy = { wrap_bin_scripts = false }");
  CHECK(error.message
        == "greet-1.0-1.rockspec: deploy: needs rockspec format 1.1, this one has 1.0");
  CHECK(error.hint == "adding 'rockspec_format = \"1.1\"' to the rockspec will fix this");
  CHECK(error_of(kHead + kBuild + "build_dependencies = {}").hint
        == "adding 'rockspec_format = \"3.0\"' to the rockspec will fix this");
  CHECK(message_of(kHead + kBuild + "dependencies = { 'kong/x' }")
        == "dependencies[1]: 'kong/x' has a namespace, which needs rockspec format 3.0");
  CHECK(error_of(kHead + kBuild + "build_dependencies = {} nonsense = 1").hint.empty());
  CHECK(message_of("rockspec_format = '4.0'\n" + kHead + kBuild)
        == "rockspec_format: '4.0' is not supported");
  CHECK(read("rockspec_format = '3.1'\n" + kHead));
  CHECK(
      read("rockspec_format = '1.1'\n" + kHead + kBuild + "deploy = { wrap_bin_scripts = false }"));
}

TEST_CASE("rockspec: reading an unknown variable is an error that names it", "[rock]") {
  CHECK(message_of(kHead + kBuild + "local x = HOME") == "unknown variable 'HOME'");
  CHECK(read(kHead + kBuild + "local x = description"));
}

TEST_CASE("rockspec: evaluation errors name file and line", "[rock]") {
  CHECK(error_of("package = 'x'\nversion = = 1").message
        == "greet-1.0-1.rockspec:2: unexpected symbol near '='");
}

TEST_CASE("rockspec: the file name must fit, or be rockspec", "[rock]") {
  const auto plain = read(k30, "somewhere/rockspec");
  REQUIRE(plain);
  CHECK(plain->file_name == "greet-1.0-1.rockspec");
  for (const char* name : {"Greet-1.0-1.rockspec", "greet-1.0-2.rockspec", "greet.rockspec"}) {
    const Error error = error_of(k30, name);
    CHECK(error.message == std::string(name) + ": the file name does not fit package and version");
    CHECK(error.hint == "rename the file to greet-1.0-1.rockspec");
  }
}

TEST_CASE("rockspec: names and versions that are none are refused", "[rock]") {
  const auto with = [](const std::string& package, const std::string& version) {
    return error_of("package = '" + package + "' version = '" + version
                        + "' source = { url = 'x' } build = { type = 'none' }",
                    "rockspec")
        .message;
  };
  CHECK(with("../x", "1.0-1") == "rockspec: package: '../x' is no rock name");
  CHECK(with("", "1.0-1") == "rockspec: package: '' is no rock name");
  CHECK(with("a", "1.0") == "rockspec: version: '1.0' is no rock version");
  CHECK(with("a", "../1-1").find("is no rock version") != std::string::npos);
  CHECK(with("a", "2.0-rc1-1").find("is no rock version") != std::string::npos);
}

TEST_CASE(
    "rockspec: platform overrides merge unix, then linux, and lists by position with a warning",
    "[rock]") {
  Diagnostics diagnostics;
  const auto spec = read_rockspec(
      k30 + "dependencies = { 'a', 'b', platforms = { linux = { 'x' }, windows = { 'w', 'w' } } }\n"
            "source.platforms = { unix = { tag = 'u', branch = 'u' }, linux = { tag = 'l' } }\n"
            "build = { type = 'make', variables = { A = '1' }, platforms = { linux = { variables = { B = '2' } }, macosx = { type = 'none' } } }\n",
      "greet-1.0-1.rockspec",
      diagnostics);
  REQUIRE(spec);
  CHECK(spec->dependencies[0].name == "x");
  CHECK(spec->dependencies[1].name == "b");
  CHECK(spec->source.tag == "l");
  CHECK(spec->source.branch == "u");
  CHECK(spec->build_type == "make");
  CHECK(spec->build.find("platforms") == nullptr);
  CHECK(spec->build.find("variables")->table()->fields.size() == 2);
  REQUIRE(diagnostics.items().size() == 1);
  CHECK(diagnostics.items()[0].level == Level::warning);
  CHECK(diagnostics.items()[0].message == "dependencies[1]: a platform's list replaces 'a' by 'x'");
}

TEST_CASE("rockspec: platform overrides are checked against the schema as well", "[rock]") {
  CHECK(message_of(kHead + "build = { type = 'none', platforms = { macosx = { install = 1 } } }")
        == "build.platforms.macosx.install: expected a table, found a number");
  CHECK(message_of(k30 + "hooks = { platforms = { linux = { pre = 'x' } } }")
        == "hooks.platforms.linux.pre: unknown field");
}

TEST_CASE("rockspec: supported_platforms decides as in LuaRocks", "[rock]") {
  const auto with = [](const std::string& list) {
    return read(k30 + "supported_platforms = { " + list + " }");
  };
  CHECK(with("'linux'"));
  CHECK(with("'unix', '!linux'"));
  CHECK(with("'!windows'"));
  CHECK(with("'macosx', 'unix'"));
  CHECK(with("'windows'").error().message
        == "greet-1.0-1.rockspec: supported_platforms: the rock does not support linux");
  CHECK(with("'!unix', 'linux'").error().message
        == "greet-1.0-1.rockspec: supported_platforms: the rock excludes unix");
}

TEST_CASE("rockspec: an unknown build type names the known ones", "[rock]") {
  const Error error = error_of(kHead + "build = { type = 'rust-mluaa' }");
  CHECK(error.message == "greet-1.0-1.rockspec: build.type: unknown build type 'rust-mluaa' (did you mean 'rust-mlua'?)");
  CHECK(error.hint == "known build types: builtin, cmake, command, make, module, none, rust-mlua");
}

TEST_CASE("rockspec: the build type module is builtin, with a note", "[rock]") {
  Diagnostics diagnostics;
  const auto spec = read_rockspec(kHead + "build = { type = 'module', modules = { a = 'a.lua' } }",
                                  "greet-1.0-1.rockspec",
                                  diagnostics);
  REQUIRE(spec);
  CHECK(spec->build_type == "builtin");
  CHECK(diagnostics.items().size() == 1);
}

TEST_CASE("rockspec: paths that leave the source directory are refused with their field",
          "[rock]") {
  const auto with = [](const std::string& build) {
    return message_of(kHead + "build = { type = 'none', " + build + " }");
  };
  CHECK(with("install = { lua = { a = '../a.lua' } }")
        == "build.install.lua.a: '../a.lua' is no path inside the source directory");
  CHECK(with("install = { bin = { '/bin/sh' } }")
        == "build.install.bin[1]: '/bin/sh' is no path inside the source directory");
  CHECK(with("install = { bin = { ['../x'] = 'x' } }")
        == "build.install.bin[\"../x\"]: '../x' is no path inside the source directory");
  CHECK(with("install = { lib = { ['a..b'] = 'x.so' } }")
            .find("build.install.lib[\"a..b\"]: 'a..b' is no module name")
        == 0);
  CHECK(with("copy_directories = { '../doc' }")
        == "build.copy_directories[1]: '../doc' is no path inside the source directory");
  CHECK(with("patches = { ['../x'] = 'y' }")
        == "build.patches[\"../x\"]: '../x' is no path inside the source directory");
  CHECK(with("extra_files = { ['/x'] = 'y' }")
        == "build.extra_files[\"/x\"]: '/x' is no path inside the source directory");
  CHECK(with("install = { lua = { a = './' } }")
        == "build.install.lua.a: './' is no path inside the source directory");
  CHECK(read(kHead + "build = { type = 'none', copy_directories = { '.' } }"));
  CHECK(with("patches = { a = 1 }") == "build.patches.a: expected a string, found a number");
}

TEST_CASE("rockspec: md5 must be 32 hexadecimal digits", "[rock]") {
  const auto with = [](const std::string& md5) {
    return read("package = 'greet' version = '1.0-1' source = { url = 'x', md5 = '" + md5 + "' } "
                + kBuild);
  };
  CHECK(with(std::string(32, 'F')));
  CHECK(with("").error().message == "greet-1.0-1.rockspec: source.md5: '' is no MD5");
  CHECK_FALSE(with(std::string(31, 'f')));
  CHECK_FALSE(with(std::string(32, 'g')));
}

TEST_CASE("rockspec: a dependency that cannot be read is named by its place", "[rock]") {
  CHECK(message_of(kHead + kBuild + "dependencies = { 'a', 'b >> 1' }")
        == "dependencies[2]: cannot read the version constraint '>> 1'");
}

TEST_CASE("rockspec: what is written for a rock without one is read again", "[rock]") {
  RockspecSeed seed;
  seed.name = "My-Crate";
  seed.version = "0.1.0-alpha.1";
  seed.summary = "first\nsecond \"line\"";
  seed.license = "MIT";
  seed.dependencies = {"lua >= 5.1"};
  seed.source_url = "git+https://example.org/x";
  seed.build.set("type", lua::Value{std::string("none")});
  const auto spec = read(write_rockspec(seed), "rockspec");
  REQUIRE(spec);
  CHECK(spec->file_name == "my-crate-0.1.0.alpha.1-1.rockspec");
  CHECK(spec->format == "3.0");
  CHECK(spec->description.summary == seed.summary);
  CHECK(spec->dependencies.size() == 1);
  CHECK(spec->source.url == seed.source_url);
  seed.version = "1.0-3";
  CHECK(read(write_rockspec(seed), "rockspec")->version == "1.0-3");
}

}  // namespace rockstage::rock
