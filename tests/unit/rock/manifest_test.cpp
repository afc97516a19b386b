#include "rock/manifest.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::rock {

namespace {

ManifestEntry entry(const std::vector<std::string>& dependencies, const std::string& module = "") {
  ManifestEntry out;
  for (const std::string& text : dependencies)
    out.declared.push_back(parse_dependency(text).value());
  if (!module.empty()) out.modules[module] = module + ".lua";
  return out;
}

std::string error_of(const std::string& text) {
  const auto manifest = parse_manifest(text, "manifest");
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().code == Errc::invalid_input);
  return manifest.error().message;
}

}  // namespace

TEST_CASE("manifest: LuaRocks' own file is read and written byte for byte", "[rock]") {
  const std::string text = test::get(test::fixture("rock/manifest"));
  const auto manifest = parse_manifest(text, "manifest");
  REQUIRE(manifest);
  const ManifestEntry& greet = manifest->repository.at("greet").at("1.0-1");
  CHECK(greet.modules.at("greet.core") == "greet/core.so");
  CHECK(greet.commands.at("say-hi") == "say-hi");
  REQUIRE(greet.declared.size() == 1);
  CHECK(greet.declared[0].text == "lua ~> 5.1");
  CHECK(write_manifest(*manifest) == text);
}

TEST_CASE("manifest: an empty tree has four empty tables", "[rock]") {
  const std::string empty = "commands = {}\ndependencies = {}\nmodules = {}\nrepository = {}\n";
  CHECK(write_manifest({}) == empty);
  CHECK(parse_manifest(empty, "manifest")->repository.empty());
}

TEST_CASE("manifest: constraints are written with @, namespace, beta and revision", "[rock]") {
  Manifest manifest;
  manifest.repository["a"]["1-1"] = entry({"kong/b @>= 2.0beta1-1", "c"});
  const std::string text = write_manifest(manifest);
  CHECK(text.find("            constraints = {\n"
                  "               {\n"
                  "                  no_upgrade = true,\n"
                  "                  op = \">=\",\n"
                  "                  version = {\n"
                  "                     2, 0, -99999.99999, revision = 1, string = \"2.0beta1-1\"\n"
                  "                  }\n"
                  "               }\n"
                  "            },\n"
                  "            name = \"b\",\n"
                  "            namespace = \"kong\"\n"
                  "         },\n"
                  "         {\n"
                  "            constraints = {},\n"
                  "            name = \"c\"\n")
        != std::string::npos);
  CHECK(write_manifest(parse_manifest(text, "manifest").value()) == text);
}

TEST_CASE("manifest: providers are sorted by rock, and within a rock newest first", "[rock]") {
  Manifest manifest;
  manifest.repository["zed"]["1.0-1"] = entry({}, "shared");
  manifest.repository["abe"]["0.9.0-1"] = entry({}, "shared");
  manifest.repository["abe"]["0.10.0-1"] = entry({}, "shared");
  manifest.repository["abe"]["0.10.0-1"].commands["tool"] = "tool";
  CHECK(module_providers(manifest).at("shared")
        == std::vector<std::string>{"abe/0.10.0-1", "abe/0.9.0-1", "zed/1.0-1"});
  CHECK(command_providers(manifest).at("tool") == std::vector<std::string>{"abe/0.10.0-1"});
}

TEST_CASE(
    "manifest: dependencies are recomputed transitively, newest match, without the VM's and the "
    "rock itself",
    "[rock]") {
  Manifest manifest;
  manifest.repository["app"]["1-1"] = entry({"lua >= 5.1", "words < 3", "absent", "lib"});
  manifest.repository["words"]["2.0-3"] = entry({"lib >= 1", "app"});
  manifest.repository["words"]["1.0-1"] = entry({});
  manifest.repository["words"]["3.0-1"] = entry({});
  manifest.repository["lib"]["1.5-1"] = entry({});
  manifest.repository["lua"]["5.1-1"] = entry({});
  manifest.repository["bit32"]["1-1"] = entry({});
  manifest.repository["bits"]["1-1"] = entry({"bit32"});
  manifest.repository["bits"]["1-1"].dependencies["stale"] = "1-1";
  update_dependencies(manifest, "5.1");
  using Map = std::map<std::string, std::string>;
  CHECK(manifest.repository["app"]["1-1"].dependencies
        == Map{{"words", "2.0-3"}, {"lib", "1.5-1"}});
  CHECK(manifest.repository["words"]["2.0-3"].dependencies
        == Map{{"app", "1-1"}, {"lib", "1.5-1"}});
  CHECK(manifest.repository["bits"]["1-1"].dependencies == Map{{"bit32", "1-1"}});
  update_dependencies(manifest, "5.2");
  CHECK(manifest.repository["bits"]["1-1"].dependencies.empty());
}

TEST_CASE("manifest: keys that are not known are written back", "[rock]") {
  const std::string text =
      "commands = {}\n"
      "dependencies = {\n   a = {\n      [\"1-1\"] = {}\n   }\n}\n"
      "future = {\n   x = true\n}\n"
      "modules = {}\n"
      "repository = {\n   a = {\n      [\"1-1\"] = {\n         {\n            arch = "
      "\"installed\",\n            commands = {},\n"
      "            dependencies = {},\n            detail = \"kept\",\n            modules = {}\n  "
      "       }\n      }\n   }\n}\n";
  const auto manifest = parse_manifest(text, "manifest");
  REQUIRE(manifest);
  CHECK(write_manifest(*manifest) == text);
}

TEST_CASE("manifest: what is no tree's manifest is refused with the field's path", "[rock]") {
  CHECK(error_of("") == "manifest: repository: expected a table, found nothing");
  CHECK(error_of("repository = { a = 1 }")
        == "manifest: repository[\"a\"]: expected a table, found number");
  CHECK(error_of("repository = { a = { ['1-1'] = { { arch = 'src' } } } }")
        == "manifest: repository[\"a\"][\"1-1\"][1][\"arch\"]: expected 'installed', found 'src'");
  CHECK(error_of("repository = { a = { ['1-1'] = {} } }").find("found 0 records")
        != std::string::npos);
  CHECK(error_of("repository = { a = { ['1-1'] = { { arch = 'installed', modules = { x = 1 } } } } }")
        == "manifest: repository[\"a\"][\"1-1\"][1][\"modules\"][\"x\"]: expected a string, found number");
  CHECK(error_of("repository = { a = { ['1-1'] = { { arch = 'installed' } } } } dependencies = { a "
                 "= { ['1-1'] = { { name = 'x', constraints = { { op = '>=' } } } } } }")
            .find("[\"constraints\"][1][\"version\"]: expected a table")
        != std::string::npos);
  CHECK(error_of("repository = os.getenv('x')").find("manifest:1:") == 0);
}

TEST_CASE("rock_manifest: LuaRocks' own file is read and written byte for byte", "[rock]") {
  const std::string text = test::get(test::fixture("rock/rock_manifest"));
  const auto manifest = parse_rock_manifest(text, "rock_manifest");
  REQUIRE(manifest);
  CHECK(manifest->size() == 5);
  CHECK(manifest->at("lua/greet/lang/init.lua") == "4df7131d5f7ecd46ff19e2a47abad5e7");
  CHECK(write_rock_manifest(*manifest) == text);
}

TEST_CASE(
    "rock_manifest: a directory without files, and names that are prefixes of others, are kept",
    "[rock]") {
  const std::string md5(32, 'a');
  const RockManifest manifest = {
      {"doc/", ""}, {"lua/a.lua", md5}, {"lua/a/b.lua", md5}, {"lua/a-b/c", md5}, {"x/y/", ""}};
  const std::string text = write_rock_manifest(manifest);
  CHECK(text.find("doc = {}") != std::string::npos);
  CHECK(parse_rock_manifest(text, "rock_manifest").value() == manifest);
  CHECK(write_rock_manifest({}) == "rock_manifest = {}\n");
}

TEST_CASE("rock_manifest: names that leave the rock directory and false MD5s are refused",
          "[rock]") {
  const std::string md5 = "'" + std::string(32, 'A') + "'";
  CHECK(parse_rock_manifest("rock_manifest = { a = " + md5 + " }", "m")->at("a")
        == std::string(32, 'a'));
  for (const std::string& text : {"rock_manifest = { ['..'] = { a = " + md5 + " } }",
                                  "rock_manifest = { ['a/b'] = " + md5 + " }",
                                  "rock_manifest = { [''] = " + md5 + " }",
                                  "rock_manifest = { " + md5 + " }",
                                  std::string("rock_manifest = { a = '' }"),
                                  std::string("rock_manifest = { a = 5 }"),
                                  std::string("rock_manifest = 1"),
                                  std::string("other = {}")}) {
    INFO(text);
    const auto manifest = parse_rock_manifest(text, "m");
    REQUIRE_FALSE(manifest);
    CHECK(manifest.error().code == Errc::invalid_input);
  }
}

}  // namespace rockstage::rock
