#include "rock/version.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace rockstage::rock {

namespace {

nlohmann::json golden_table() {
  return nlohmann::json::parse(test::get(test::fixture("rock/luarocks_version_golden.json")));
}

std::string order(const Version& a, const Version& b) {
  const int order = compare(a, b);
  return order < 0 ? "lt" : order > 0 ? "gt" : "ord_eq";
}

}  // namespace

TEST_CASE("version: all versions of LuaRocks' golden table have its components and revision",
          "[rock]") {
  const auto table = golden_table();
  REQUIRE(table["versions"].size() == 51);
  for (const auto& [text, expected] : table["versions"].items()) {
    INFO(text);
    const Version version = parse_version(text);
    const auto components = expected["c"].get<std::vector<double>>();
    REQUIRE(version.components.size() == components.size());
    for (std::size_t i = 0; i < components.size(); ++i)
      CHECK(version.components[i] == Approx(components[i]).epsilon(1e-9));
    CHECK(version.revision.has_value() == !expected["rev"].is_null());
    if (version.revision) CHECK(*version.revision == expected["rev"].get<double>());
  }
}

TEST_CASE("version: all 2,601 comparisons of LuaRocks' golden table agree", "[rock]") {
  const auto table = golden_table();
  REQUIRE(table["cmp"].size() == 2601);
  std::vector<std::string> wrong;
  for (const auto& row : table["cmp"]) {
    const Version a = parse_version(row[0].get<std::string>());
    const Version b = parse_version(row[1].get<std::string>());
    if (order(a, b) != row[2].get<std::string>() || equal(a, b) != row[3].get<bool>())
      wrong.push_back(row.dump());
  }
  CHECK(wrong == std::vector<std::string>{});
}

TEST_CASE("version: all 1,122 constraint checks of LuaRocks' golden table agree", "[rock]") {
  const auto table = golden_table();
  REQUIRE(table["match"].size() == 1122);
  std::vector<std::string> wrong;
  for (const auto& row : table["match"]) {
    const auto dependency = parse_dependency("foo " + row[0].get<std::string>());
    REQUIRE(dependency);
    if (matches(parse_version(row[1].get<std::string>()), dependency->constraints)
        != row[2].get<bool>())
      wrong.push_back(row.dump());
  }
  CHECK(wrong == std::vector<std::string>{});
}

TEST_CASE("version: dev, local and branch versions are development versions", "[rock]") {
  for (const char* text :
       {"scm-1", "dev-1", "cvs-1", "main-0", "local-0", "master-1", "2.0.scm-1", "1.0dev-1"}) {
    INFO(text);
    CHECK(is_development(text));
  }
  for (const char* text : {"1.0-1", "v1.0-1", "2.0rc1-2", "2.0beta-1", "0.10.0-1", "20220711-0"}) {
    INFO(text);
    CHECK_FALSE(is_development(text));
  }
}

TEST_CASE("version: 0.10.0 is newer than 0.9.0", "[rock]") {
  CHECK(compare(parse_version("0.10.0-1"), parse_version("0.9.0-1")) > 0);
}

TEST_CASE("dependency: names, namespace, constraints and @ are read, and printed as LuaRocks does",
          "[rock]") {
  const auto dependency = parse_dependency("  Kong/LPeg @>=1.0 <2, != 1.5");
  REQUIRE(dependency);
  CHECK(dependency->name == "lpeg");
  CHECK(dependency->ns == "kong");
  REQUIRE(dependency->constraints.size() == 3);
  CHECK(dependency->constraints[0].no_upgrade);
  CHECK_FALSE(dependency->constraints[1].no_upgrade);
  CHECK(dependency->text == "kong/lpeg >= 1.0, < 2, ~= 1.5");
  CHECK(parse_dependency("lua")->text == "lua");
  CHECK(parse_dependency("a == 1.0-1")->text == "a 1.0-1");
  CHECK(parse_dependency("a.b-c_d ~> 2")->name == "a.b-c_d");
}

TEST_CASE("dependency: what cannot be read is named", "[rock]") {
  for (const char* text : {"",
                           "  ",
                           "-x",
                           "a >> 1.0",
                           "a >= ",
                           "a >= 1.0 / 2",
                           "a/b/c",
                           "/a",
                           "a === 1",
                           "a >= 1.0 $"}) {
    INFO(text);
    const auto dependency = parse_dependency(text);
    REQUIRE_FALSE(dependency);
    CHECK(dependency.error().code == Errc::invalid_input);
  }
  CHECK(parse_dependency("a >> 1.0").error().message
        == "cannot read the version constraint '>> 1.0'");
  CHECK(parse_dependency("a >> 1.0").error().context.at(0) == "reading the dependency 'a >> 1.0'");
}

}  // namespace rockstage::rock
