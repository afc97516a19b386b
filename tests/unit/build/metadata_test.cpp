#include "build/metadata.hpp"

#include "base/json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace rockstage;

namespace {

nlohmann::json record(const build::BuildRecord& record) {
  const auto parsed = parse_json(build::to_json(record));
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("record: both forms of cargo's package ids give name and version", "[build]") {
  const auto check = [](const std::string& id, const std::string& wanted) {
    const auto crate = build::parse_package_id(id);
    CHECK(crate.source + " " + crate.name + " " + crate.version == wanted);
  };
  check("path+file:///home/u/bs#0.3.0", "path bs 0.3.0");
  check("path+file:///home/u/m#m-mod@0.1.0", "path m-mod 0.1.0");
  check("registry+https://github.com/rust-lang/crates.io-index#mlua@0.11.0",
        "registry mlua 0.11.0");
  check("sparse+https://host/index/#a@1.0.0+meta", "registry a 1.0.0+meta");
  check("git+https://user:secret@host/x/tool?branch=main#2.0.0", "git tool 2.0.0");
  check("git+https://host/x?rev=1#y@2.0.0", "git y 2.0.0");
}

TEST_CASE("record: a build without Rust has null where cargo would speak", "[build]") {
  plan::Plan plan;
  plan.name = "crc";
  plan.version = "1.0-1";
  plan.build_type = "builtin";
  plan::Variant variant;
  const source::GitFacts git;
  const auto json = record({plan, variant, git, {}, "", "", ""});
  CHECK(json["schema"] == "rockstage.build/1");
  CHECK(json["rock"] == "crc");
  CHECK(json["lua"] == "luajit");
  for (const char* key :
       {"cargo", "rustc", "git", "build_time", "profile", "default_features", "target"}) {
    INFO(key);
    CHECK(json.at(key).is_null());
  }
  CHECK(json["crates"].empty());
}

TEST_CASE("record: crates are sorted, once each, and no path of the builder is told", "[build]") {
  plan::Plan plan;
  plan::Variant variant;
  variant.target = "x86_64-unknown-linux-gnu";
  cargo::CompileStep step;
  step.features = {"luajit"};
  step.directory = "/home/builder/src";
  variant.compiles.push_back(step);
  const source::GitFacts git = {"0123abc", "main", true};
  build::RustOutcome rust;
  const std::string own = "path+file:///home/builder/src#0.1.0";
  const std::string serde = "registry+https://x/i#serde@1.0.0";
  rust.crates = {{serde, {"std", "derive"}, false, "MIT", "ab12", {}},
                 {own, {}, false, "", "", {serde, "registry+https://x/i#cc@1.2.0"}},
                 {serde, {"derive", "std"}, false, "MIT", "ab12", {}},
                 {"registry+https://x/i#cc@1.2.0", {}, true, "", "", {}}};
  rust.libraries = {{"b", "lib/b.so", {own, serde}}, {"a", "lib/a.so", {own}}};
  rust.linked_libraries = {"z", "/home/builder/lib/libz.so", "z"};
  const auto json =
      record({plan, variant, git, rust, "cargo 1.95.0", "rustc 1.95.0", "1700000000"});
  REQUIRE(json["crates"].size() == 3);
  CHECK(json["crates"][0]["name"] == "cc");
  CHECK(json["crates"][0]["build_only"] == true);
  CHECK(json["crates"][1]["name"] == "serde");
  CHECK(json["crates"][2]["name"] == "src");
  CHECK(json["crates"][1]["features"] == nlohmann::json::array({"derive", "std"}));
  CHECK(json["crates"][1]["license"] == "MIT");
  CHECK(json["crates"][1]["checksum"] == "ab12");
  CHECK(json["crates"][2]["license"].is_null());
  CHECK(json["crates"][2]["dependencies"] == nlohmann::json::array({"cc@1.2.0", "serde@1.0.0"}));
  REQUIRE(json["libraries"].size() == 2);
  CHECK(json["libraries"][0]["path"] == "lib/a.so");
  CHECK(json["libraries"][1]["module"] == "b");
  CHECK(json["libraries"][1]["crates"] == nlohmann::json::array({"serde@1.0.0", "src@0.1.0"}));
  CHECK(json["git"]["dirty"] == true);
  CHECK(json["build_time"] == 1700000000);
  CHECK(json["profile"] == "release");
  CHECK(json["features"] == nlohmann::json::array({"luajit"}));
  CHECK(json.dump().find("/home/builder") == std::string::npos);
}

TEST_CASE("record: a SOURCE_DATE_EPOCH that is no number is null", "[build]") {
  plan::Plan plan;
  plan::Variant variant;
  const source::GitFacts git;
  for (const char* text : {"", "now", "-5", "99999999999999999999"})
    CHECK(record({plan, variant, git, {}, "", "", text})["build_time"].is_null());
}
