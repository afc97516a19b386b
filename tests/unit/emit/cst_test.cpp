#include "config/yaml_document.hpp"
#include "emit/cst_yaml.hpp"
#include "emit/image.hpp"
#include "side_files_fixture.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using test::SideFiles;

namespace {

config::YamlNode parse(const Result<std::string>& text) {
  REQUIRE(text);
  const auto document = config::parse_yaml_document(*text, "cst.yaml");
  if (!document) FAIL(document.error().message << "\n" << *text);
  return *document;
}

const config::YamlNode& at(const config::YamlNode& node, const char* key) {
  const auto* found = node.find(key);
  if (found == nullptr) FAIL("no " << key);
  return *found;
}

}  // namespace

TEST_CASE("yaml text: YAML reads back what was put in", "[cst]") {
  for (const std::string& name : test::nasty_names()) {
    const auto document = parse("x: " + emit::yaml_text(name) + "\n");
    CHECK(at(document, "x").scalar == name);
  }
}

TEST_CASE("smoke test file: each native module, then the whole smoke test", "[cst]") {
  SideFiles files;
  files.request.labels = {{"org.example.team", "edge: \"1\""}};
  const auto document = parse(emit::smoke_cst(files.image, files.templates));
  CHECK(at(document, "schemaVersion").scalar == "2.0.0");
  const auto& commands = at(document, "commandTests").items;
  REQUIRE(commands.size() == 2);
  CHECK(at(commands[0], "name").scalar == "textkit.core loads");
  CHECK(at(commands[0], "command").scalar == "/usr/bin/luajit");
  CHECK(at(commands[0], "args").items.at(1).scalar ==
        "package.path = '/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua'; "
        "package.cpath = '/usr/local/lib/lua/5.1/?.so'; require('textkit.core')");
  const auto& metadata = at(document, "metadataTest");
  CHECK(at(metadata, "user").scalar == "apisix");
  CHECK(at(metadata, "entrypoint").items.at(0).scalar == "/docker-entrypoint.sh");
  CHECK(at(at(metadata, "labels").items.at(0), "value").scalar == "edge: \"1\"");
}

TEST_CASE("smoke test file: of somebody's own base nothing is claimed", "[cst]") {
  SideFiles files;
  files.request.base = "registry.example.org/own:1";
  CHECK(parse(emit::smoke_cst(files.image, files.templates)).find("metadataTest") == nullptr);
}

TEST_CASE("smoke test file: it holds whatever the modules are called", "[cst]") {
  SideFiles files;
  files.image.modules.clear();
  for (const std::string& name : test::nasty_names())
    files.image.modules.push_back({name, "", emit::ImageModule::Kind::native});
  const auto document = parse(emit::smoke_cst(files.image, files.templates));
  const auto& commands = at(document, "commandTests").items;
  REQUIRE(commands.size() == test::nasty_names().size() + 1);
  for (const auto& command : commands)
    CHECK(at(command, "args").items.at(1).scalar.find('$') == std::string::npos);
}

TEST_CASE("file test file: each staged file at its place, and no Rust", "[cst]") {
  SideFiles files;
  const auto document = parse(emit::files_cst(files.image, files.templates));
  const auto& tests = at(document, "fileExistenceTests").items;
  REQUIRE(tests.size() > 2);
  CHECK(at(tests[0], "path").scalar == "/usr/local/lib/lua/5.1/textkit/core.so");
  CHECK(at(tests[0], "permissions").scalar == "-rwxr-xr-x");
  CHECK(tests[0].find("uid") == nullptr);  // the driver tar fails on it
  CHECK(at(tests[1], "permissions").scalar == "-rw-r--r--");
  CHECK(at(tests.back(), "shouldExist").scalar == "false");
}

TEST_CASE("file test file: a directory that hangs on the platform", "[cst]") {
  SideFiles files;
  files.image.place.so = "/usr/lib/{triplet}";
  const auto one = *emit::files_cst(files.image, files.templates);
  CHECK(one.find("/usr/lib/x86_64-linux-gnu/textkit/core.so") != std::string::npos);
  files.request.platforms.emplace_back("linux/arm64");
  const auto two = *emit::files_cst(files.image, files.templates);
  CHECK(two.find("#   lib/lua/5.1/textkit/core.so\n") != std::string::npos);
  CHECK(two.find("x86_64-linux-gnu") == std::string::npos);
}

TEST_CASE("file test file: nasty names are tested or told", "[cst]") {
  SideFiles files;
  files.image.staged.clear();
  auto names = test::nasty_names();
  names.emplace_back("\xff");
  for (const std::string& name : names)
    files.image.staged.push_back("share/lua/5.1/" + name + ".lua");
  const auto text = emit::files_cst(files.image, files.templates);
  const auto document = parse(text);
  std::size_t staged = 0;
  for (const auto& test : at(document, "fileExistenceTests").items)
    if (at(test, "shouldExist").scalar == "true") ++staged;
  CHECK(staged == names.size() - 3);
  CHECK(text->find("#   /usr/local/share/lua/5.1/$HOME.lua\n") != std::string::npos);
}

TEST_CASE("container-structure-test files: golden", "[cst]") {
  SideFiles files;
  files.request.labels = {{"org.example.team", "edge"}};
  test::golden("image_files/smoke.cst.yaml", *emit::smoke_cst(files.image, files.templates));
  test::golden("image_files/files.cst.yaml", *emit::files_cst(files.image, files.templates));
}
