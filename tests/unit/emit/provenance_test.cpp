#include "emit/provenance.hpp"

#include "shipment_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rockstage;
using nlohmann::json;

namespace {

json statement_of(const emit::Shipment& shipment) {
  const auto text = emit::provenance(shipment);
  if (!text) FAIL(text.error().message);
  return json::parse(*text);
}

/// The resolved dependency that has this member.
json dependency(const json& statement, const char* key, const std::string& value) {
  for (const json& item : statement["predicate"]["buildDefinition"]["resolvedDependencies"])
    if (item.value(key, "") == value) return item;
  return nullptr;
}

}  // namespace

TEST_CASE("provenance: the subject is the archive, and the parameters are the rock's", "[sbom]") {
  const json statement = statement_of(test::shipment());
  CHECK(statement["_type"] == "https://in-toto.io/Statement/v1");
  CHECK(statement["predicateType"] == "https://slsa.dev/provenance/v1");
  REQUIRE(statement["subject"].size() == 1);
  CHECK(statement["subject"][0]["name"] == "textkit.tar.zst");
  CHECK(statement["subject"][0]["digest"]["sha256"] == std::string(64, 'd'));
  const json& rock = statement["predicate"]["buildDefinition"]["externalParameters"]["rocks"][0];
  CHECK(rock["rockspec"] == "textkit-1.2.0-1.rockspec");
  CHECK(rock["lua"] == "luajit");
  CHECK(rock["target"] == "x86_64-unknown-linux-gnu");
  CHECK(rock["profile"] == "release");
  CHECK(rock["features"] == json::array({"luajit"}));
  CHECK(rock["default_features"] == true);
  const json& run = statement["predicate"]["runDetails"];
  CHECK(run["builder"]["version"]["rustc"] == "rustc 1.95.0 (59807616e 2026-04-14)");
  CHECK(run["metadata"]["finishedOn"] == "2023-11-14T22:13:20Z");
}

TEST_CASE("provenance: what was resolved is the commit, the rockspec and the crates", "[sbom]") {
  const json statement = statement_of(test::shipment());
  const json git = dependency(statement, "name", "sources of textkit");
  CHECK(git["digest"]["gitCommit"] == "0123456789012345678901234567890123456789");
  CHECK(git["annotations"]["dirty"] == false);
  CHECK(dependency(statement, "name", "textkit-1.2.0-1.rockspec")["digest"]["sha256"]
        == std::string(64, 'c'));
  const json crate = dependency(statement, "uri", "pkg:cargo/mlua@0.11.6");
  CHECK(crate["digest"]["sha256"] == std::string(64, 'e'));
  CHECK(dependency(statement, "uri", "pkg:cargo/cc@1.2.0")["annotations"]["build_only"] == true);
  CHECK(dependency(statement, "uri", "pkg:cargo/textkit@1.2.0").is_null());
}

TEST_CASE("provenance: two rocks share what they have in common", "[sbom]") {
  auto shipment = test::shipment();
  shipment.rocks.push_back(shipment.rocks[0]);
  shipment.rocks[1].lua = "5.4";
  const json one = statement_of(test::shipment());
  const json two = statement_of(shipment);
  const auto& key = "resolvedDependencies";
  CHECK(two["predicate"]["buildDefinition"][key] == one["predicate"]["buildDefinition"][key]);
  CHECK(two["predicate"]["buildDefinition"]["externalParameters"]["rocks"].size() == 2);
}

TEST_CASE("provenance: equal shipments give equal bytes; no record, no claim", "[sbom]") {
  auto shipment = test::shipment();
  CHECK(*emit::provenance(shipment) == *emit::provenance(shipment));
  shipment.rocks[0].record.clear();
  const json statement = statement_of(shipment);
  CHECK(statement["predicate"]["runDetails"]["builder"]["version"].empty());
  CHECK_FALSE(statement["predicate"]["runDetails"].contains("metadata"));
  shipment.rocks[0].record = "{";
  CHECK(emit::provenance(shipment).error().code == Errc::invalid_input);
}
