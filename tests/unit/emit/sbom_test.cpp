#include "emit/sbom.hpp"

#include "emit/sbom_license.hpp"
#include "emit/sbom_record.hpp"
#include "shipment_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <regex>
#include <set>

using namespace rockstage;
using nlohmann::json;

namespace {

json bill_of(const emit::Shipment& shipment) {
  const auto text = emit::cyclonedx(shipment);
  if (!text) FAIL(text.error().message);
  return json::parse(*text);
}

/// The component, or the dependencies of `reference`.
json find(const json& list, const char* key, const std::string& reference) {
  for (const json& item : list)
    if (item[key] == reference) return item;
  return nullptr;
}

std::vector<std::string> uses(const json& bill, const std::string& reference) {
  return find(bill["dependencies"], "ref", reference)
      .value("dependsOn", std::vector<std::string>());
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("sbom: a rock leads to its files, and a library to the crates in it", "[sbom]") {
  const json bill = bill_of(test::shipment());
  CHECK(bill["bomFormat"] == "CycloneDX");
  CHECK(bill["specVersion"] == "1.6");
  const std::string rock = "pkg:luarocks/textkit@1.2.0-1#5.1";
  const std::string library = "file:lib/lua/5.1/textkit/core.so";
  const std::string mlua = "pkg:cargo/mlua@0.11.6";
  CHECK(uses(bill, "archive") == Names{"file:README", rock});
  CHECK(uses(bill, rock) == Names{library, "file:share/lua/5.1/textkit/core.lua"});
  CHECK(uses(bill, library) == Names{mlua, "pkg:cargo/textkit@1.2.0#path"});
  CHECK(uses(bill, "file:share/lua/5.1/textkit/core.lua").empty());
  CHECK(uses(bill, "pkg:cargo/textkit@1.2.0#path") == Names{mlua});
  CHECK(uses(bill, mlua).empty());

  const json component = find(bill["components"], "bom-ref", mlua);
  CHECK(component["purl"] == mlua);
  CHECK(component["hashes"][0]["content"] == std::string(64, 'e'));
  CHECK(component["licenses"] == json::parse(R"([{"license": {"id": "MIT"}}])"));
  CHECK(find(bill["components"], "bom-ref", rock)["purl"] == "pkg:luarocks/textkit@1.2.0-1");
  const json file = find(bill["components"], "bom-ref", library);
  CHECK(file["type"] == "file");
  CHECK(file["hashes"][0]["content"] == std::string(64, 'a'));
}

TEST_CASE("sbom: what only the build used is no component", "[sbom]") {
  const json bill = bill_of(test::shipment());
  CHECK(find(bill["components"], "bom-ref", "pkg:cargo/cc@1.2.0").is_null());
  const json& used = bill["formulation"][0]["components"];
  CHECK_FALSE(find(used, "bom-ref", "pkg:cargo/cc@1.2.0").is_null());
  const json rustc = find(used, "name", "rustc");
  CHECK(rustc["version"] == "1.95.0 (59807616e 2026-04-14)");

  auto shipment = test::shipment();
  shipment.rocks.push_back(shipment.rocks[0]);
  shipment.rocks[1].lua = "5.4";
  auto record = json::parse(shipment.rocks[1].record);
  record["crates"][0]["build_only"] = false;
  shipment.rocks[1].record = record.dump();
  const json both = bill_of(shipment);
  CHECK_FALSE(find(both["components"], "bom-ref", "pkg:cargo/cc@1.2.0").is_null());
  CHECK(find(both["formulation"][0]["components"], "bom-ref", "pkg:cargo/cc@1.2.0").is_null());
}

TEST_CASE("sbom: each reference is there once, and each that is named is there", "[sbom]") {
  auto shipment = test::shipment();
  shipment.rocks.push_back(shipment.rocks[0]);
  shipment.rocks[1].lua = "5.4";
  shipment.rocks[1].files = {{"lib/lua/5.4/textkit/core.so", std::string(64, 'a'), "textkit.core"}};
  const json bill = bill_of(shipment);
  std::set<std::string> known = {"archive"};
  for (const json& component : bill["components"])
    CHECK(known.insert(component["bom-ref"]).second);
  std::set<std::string> described;
  for (const json& entry : bill["dependencies"]) {
    CHECK(described.insert(entry["ref"]).second);
    CHECK(known.count(entry["ref"]) == 1);
    for (const json& other : entry.value("dependsOn", json::array()))
      CHECK(known.count(other) == 1);
  }
  CHECK(described == known);
  CHECK(uses(bill, "file:lib/lua/5.4/textkit/core.so").size() == 2);
}

TEST_CASE("sbom: equal shipments give equal bytes, and the serial number is of the content",
          "[sbom]") {
  auto shipment = test::shipment();
  const auto text = emit::cyclonedx(shipment);
  CHECK(*text == *emit::cyclonedx(shipment));
  const std::string serial = bill_of(shipment)["serialNumber"];
  CHECK(std::regex_match(
      serial,
      std::regex("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
  shipment.rocks[0].files[0].sha256[0] = '0';
  CHECK(bill_of(shipment)["serialNumber"] != serial);
}

TEST_CASE("sbom: the time is SOURCE_DATE_EPOCH, else the latest build, else none", "[sbom]") {
  auto shipment = test::shipment();
  CHECK(bill_of(shipment)["metadata"]["timestamp"] == "2023-11-14T22:13:20Z");
  shipment.time = 951'782'400;
  CHECK(bill_of(shipment)["metadata"]["timestamp"] == "2000-02-29T00:00:00Z");
  shipment.time.reset();
  shipment.rocks[0].record.clear();
  CHECK_FALSE(bill_of(shipment)["metadata"].contains("timestamp"));
  CHECK(emit::utc_text(0) == "1970-01-01T00:00:00Z");
  CHECK(emit::utc_text(253'402'300'799) == "9999-12-31T23:59:59Z");
  CHECK_FALSE(emit::utc_text(253'402'300'800));
  CHECK_FALSE(emit::utc_text(-1));
}

TEST_CASE("sbom: crates of a rock whose own commands built them belong to the rock", "[sbom]") {
  auto shipment = test::shipment();
  auto record = json::parse(shipment.rocks[0].record);
  record["libraries"] = json::array();
  shipment.rocks[0].record = record.dump();
  const json bill = bill_of(shipment);
  CHECK(uses(bill, "file:lib/lua/5.1/textkit/core.so").empty());
  const auto rock = uses(bill, "pkg:luarocks/textkit@1.2.0-1#5.1");
  CHECK(std::count(rock.begin(), rock.end(), "pkg:cargo/mlua@0.11.6") == 1);
}

TEST_CASE("sbom: a rock without a record has files, and one with a bad record is named", "[sbom]") {
  auto shipment = test::shipment();
  shipment.rocks[0].record.clear();
  const json bill = bill_of(shipment);
  CHECK(uses(bill, "pkg:luarocks/textkit@1.2.0-1#5.1").size() == 2);
  CHECK_FALSE(bill.contains("formulation"));
  for (const char* bad : {"{", "[]", "7"}) {
    INFO(bad);
    shipment.rocks[0].record = bad;
    const auto text = emit::cyclonedx(shipment);
    REQUIRE_FALSE(text);
    CHECK(text.error().code == Errc::invalid_input);
    CHECK(text.error().message == "the rockstage.json of textkit 1.2.0-1 cannot be read");
  }
  shipment.rocks[0].record = R"({"crates": 7, "libraries": [1], "git": [], "features": {},
                                 "build_time": 1e99})";
  CHECK(emit::cyclonedx(shipment));
}

TEST_CASE("sbom: names that are no UTF-8 stay apart", "[sbom]") {
  auto shipment = test::shipment();
  shipment.other_files = {{"a\xff", std::string(64, 'f'), {}}, {"a\xfe", std::string(64, 'f'), {}}};
  const auto used = uses(bill_of(shipment), "archive");
  CHECK(std::count(used.begin(), used.end(), "file:a%FF") == 1);
  CHECK(std::count(used.begin(), used.end(), "file:a%FE") == 1);
}

TEST_CASE("sbom: package URLs are encoded", "[sbom]") {
  CHECK(emit::crate_purl("a-b_c", "1.0.0+meta") == "pkg:cargo/a-b_c@1.0.0%2Bmeta");
  CHECK(emit::rock_purl("Lua-CJSON", "2.1-1") == "pkg:luarocks/lua-cjson@2.1-1");
}

TEST_CASE("sbom: a licence is an SPDX identifier, an expression of them, or a name", "[sbom]") {
  using emit::LicenseForm;
  const auto check = [](const char* text, LicenseForm form, const char* wanted) {
    INFO(text);
    const auto license = emit::classify_license(text);
    CHECK(license.form == form);
    CHECK(license.text == wanted);
  };
  check("MIT", LicenseForm::id, "MIT");
  check(" Apache-2.0 ", LicenseForm::id, "Apache-2.0");
  check("MIT/Apache-2.0", LicenseForm::expression, "MIT OR Apache-2.0");
  check("MIT OR  Apache-2.0", LicenseForm::expression, "MIT OR Apache-2.0");
  check("Apache-2.0 WITH LLVM-exception OR MIT",
        LicenseForm::expression,
        "Apache-2.0 WITH LLVM-exception OR MIT");
  check("(MIT OR Apache-2.0) AND Unicode-3.0",
        LicenseForm::expression,
        "(MIT OR Apache-2.0) AND Unicode-3.0");
  check("MIT/X11", LicenseForm::expression, "MIT OR X11");
  for (const char* name : {"BSD",
                           "Apache 2.0",
                           "MIT license",
                           "MIT OR",
                           "(MIT",
                           "MIT)",
                           "OR",
                           "MIT MIT",
                           "MIT WITH",
                           "MIT WITH me",
                           "()",
                           "same as Lua"})
    check(name, LicenseForm::name, name);
}
