#include "emit/image.hpp"
#include "side_files_fixture.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rockstage;
using nlohmann::json;
using test::SideFiles;

namespace {

json bake(SideFiles& files) {
  const auto text = emit::bake(files.image);
  REQUIRE(text);
  CHECK(text->ends_with("}\n"));
  return json::parse(*text);
}

}  // namespace

TEST_CASE("bake: one platform has the image and the staged tree", "[bake]") {
  SideFiles files;
  files.request.tags = {"gateway:1"};
  const json file = bake(files);
  CHECK(file["//"][0].get<std::string>().starts_with("Written by rockstage"));
  CHECK(file["group"] == json::parse(R"({"default": {"targets": ["image"]}})"));
  CHECK(file["target"].size() == 3);
  CHECK(file["target"]["image"]["tags"] == json({"gateway:1"}));
  CHECK(file["target"]["rock"]["output"] == json({"type=local,dest=rock"}));
  CHECK(file["target"]["_common"]["dockerfile"] == "Dockerfile");
}

TEST_CASE("bake: several platforms have a group each, with tags and caches of their own",
          "[bake]") {
  SideFiles files;
  files.request.platforms = {"linux/amd64", "linux/arm/v7"};
  files.request.tags = {"host:5000/gateway", "gateway:1"};
  files.request.context = "../..";
  const json file = bake(files);
  CHECK(file["target"]["image"]["platforms"] == json({"linux/amd64", "linux/arm/v7"}));
  CHECK(file["group"]["linux-arm-v7"]["targets"]
        == json({"image-linux-arm-v7", "rock-linux-arm-v7"}));
  const json& target = file["target"]["image-linux-arm-v7"];
  CHECK(target["tags"] == json({"host:5000/gateway:linux-arm-v7", "gateway:1-linux-arm-v7"}));
  CHECK(target["cache-to"].get<std::string>().find("${CACHE}-linux-arm-v7") != std::string::npos);
  CHECK(file["target"]["_common"]["dockerfile"] == "cwd://Dockerfile");
  CHECK(file["target"]["_common"]["context"] == "../..");
}

TEST_CASE("bake: no name is an expression of HCL", "[bake]") {
  SideFiles files;
  files.request.tags = test::nasty_names();
  files.request.context = "../${x}%{y}";
  const json file = bake(files);
  const json& tags = file["target"]["image"]["tags"];
  REQUIRE(tags.size() == test::nasty_names().size());
  CHECK(tags[9] == "$${x}");
  CHECK(tags[10] == "%%{x}");
  CHECK(file["target"]["_common"]["context"] == "../$${x}%%{y}");
}

TEST_CASE("bake: what JSON cannot hold is refused", "[bake]") {
  SideFiles files;
  files.request.context = "\xff";
  CHECK(emit::bake(files.image).error().code == Errc::invalid_input);
}

TEST_CASE("bake: golden", "[bake]") {
  SideFiles files;
  files.request.platforms = {"linux/amd64", "linux/arm64"};
  files.request.tags = {"gateway:1"};
  files.request.context = "..";
  test::golden("image_files/docker-bake.json", *emit::bake(files.image));
}
