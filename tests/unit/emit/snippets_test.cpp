#include "config/yaml_document.hpp"
#include "emit/image.hpp"
#include "side_files_fixture.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using emit::ImageModule;
using test::SideFiles;

TEST_CASE("snippets: nothing where the destination needs nothing", "[snippets]") {
  SideFiles files;
  CHECK(emit::snippets(files.image, files.templates)->empty());
}

TEST_CASE("snippets: APISIX is told where the rock lies", "[snippets]") {
  SideFiles files;
  files.image.place.needs = "apisix";
  files.image.place.lua = "/opt/a \"b\"/share";
  files.image.place.so = "/opt/rocks/lib";
  files.image.modules.push_back({"apisix.plugins.greet", "", ImageModule::Kind::lua});
  const auto made = emit::snippets(files.image, files.templates);
  REQUIRE(made->size() == 1);
  CHECK(made->front().name == "apisix-config.yaml");
  const auto document = config::parse_yaml_document(made->front().text, "apisix-config.yaml");
  REQUIRE(document);
  const auto* apisix = document->find("apisix");
  REQUIRE(apisix != nullptr);
  CHECK(apisix->find("extra_lua_path")->scalar
        == "/opt/a \"b\"/share/?.lua;/opt/a \"b\"/share/?/init.lua");
  CHECK(apisix->find("extra_lua_cpath")->scalar == "/opt/rocks/lib/?.so");
  CHECK(made->front().text.find("#   - greet\n") != std::string::npos);
}

TEST_CASE("snippets: Kong is told its plugins, and paths only where it does not look",
          "[snippets]") {
  SideFiles files;
  files.profile.config_snippet = "kong";
  files.profile.search = {
      {"nginx", {{"/usr/local/share/lua/5.1/?.lua"}, {"/usr/local/lib/lua/5.1/?.so"}, true}}};
  CHECK(emit::snippets(files.image, files.templates)->empty());

  files.image.modules.push_back({"kong.plugins.greet.handler", "", ImageModule::Kind::lua});
  files.image.modules.push_back({"kong.plugins.greet.schema", "", ImageModule::Kind::lua});
  files.image.modules.push_back({"kong.plugins.a,b.handler", "", ImageModule::Kind::lua});
  files.image.modules.push_back({"kong.plugins.handler", "", ImageModule::Kind::lua});
  CHECK(emit::snippets(files.image, files.templates)->at(0).text
        == "# Written by rockstage: docker run --env-file kong.env\nKONG_PLUGINS=bundled,greet\n");

  files.image.place.lua = "/opt/lua";
  files.image.place.so = "/opt/so";
  CHECK(emit::snippets(files.image, files.templates)->at(0).text ==
        "# Written by rockstage: docker run --env-file kong.env\nKONG_PLUGINS=bundled,greet\n"
        "KONG_LUA_PACKAGE_PATH=/opt/lua/?.lua;/opt/lua/?/init.lua;;\n"
        "KONG_LUA_PACKAGE_CPATH=/opt/so/?.so;;\n");
}

TEST_CASE("snippets: golden", "[snippets]") {
  SideFiles files;
  files.image.place.needs = "apisix";
  files.image.place.lua = "/opt/rocks/share/lua/5.1";
  files.image.place.so = "/opt/rocks/lib/lua/5.1";
  test::golden("image_files/apisix-config.yaml",
               emit::snippets(files.image, files.templates)->at(0).text);
  files.image.place.needs = "none";
  files.profile.config_snippet = "kong";
  files.image.modules.push_back({"kong.plugins.greet.handler", "", ImageModule::Kind::lua});
  test::golden("image_files/kong.env", emit::snippets(files.image, files.templates)->at(0).text);
}
