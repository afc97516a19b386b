#include "subject_bench.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::Bench;
using test::found;
using test::image;
using test::judge;
using test::paths;
using Paths = std::vector<std::string>;

Bench base_image() {
  auto base = image({{{"etc/os-release", "ID=debian\n"},
                      {"usr/local/share/lua/5.1/B.lua", ""},
                      {"usr/local/share/lua/5.1/b.lua", ""}}});
  base.config.user = "kong";
  base.config.entrypoint = {"/entry.sh"};
  return base;
}

/// What is built on it: one more layer.
Bench derived() {
  auto ours = base_image();
  ours.layers.push_back(
      {{"usr/local/share/lua/5.1/A.lua", ""}, {"usr/local/share/lua/5.1/a.lua", ""}});
  return ours;
}

TEST_CASE("image-user: a change to root is a warning, another a note", "[verify]") {
  auto base = base_image();
  auto ours = derived();
  ours.config.user = "";
  const auto findings = found(judge(ours, test::request(), {nullptr, &base}), "image-user");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
  ours.config.user = "worker";
  CHECK(found(judge(ours, test::request(), {nullptr, &base}), "image-user").at(0).severity
        == Severity::note);
}

TEST_CASE("image-config: entry point and stop signal that changed", "[verify]") {
  auto base = base_image();
  auto ours = derived();
  ours.config.entrypoint = {"/bin/sh"};
  ours.config.stop_signal = "SIGKILL";
  CHECK(found(judge(ours, test::request(), {nullptr, &base}), "image-config").size() == 2);
}

TEST_CASE("image-user, image-config: not without a base image, nor where nothing changed",
          "[verify]") {
  auto base = base_image();
  auto ours = derived();
  const auto same = judge(ours, test::request(), {nullptr, &base});
  CHECK(paths(same, "image-user").empty());
  CHECK(paths(same, "image-config").empty());
  const auto alone = judge(ours);
  CHECK(paths(alone, "image-user").empty());
  CHECK(paths(alone, "image-config").empty());
}

TEST_CASE("verify: what the base image brought is lowered to a note, Rust is not", "[verify]") {
  auto base = base_image();
  base.layers[0].push_back({"opt/x/Cargo.toml", "[package]\n"});
  auto ours = derived();
  ours.layers[0] = base.layers[0];
  const auto report = judge(ours, test::request(), {nullptr, &base});
  const auto collisions = found(report, "case-collision");
  REQUIRE(collisions.size() == 2);
  CHECK(collisions[0].path == "usr/local/share/lua/5.1/A.lua");
  CHECK(collisions[0].severity == Severity::warning);
  CHECK(std::get<std::string>(collisions[0].evidence.at("origin")) == "ours");
  CHECK(collisions[1].severity == Severity::note);
  CHECK(std::get<std::string>(collisions[1].evidence.at("origin")) == "base");
  CHECK(found(report, "rust-build-residue").at(0).severity == Severity::error);
}

TEST_CASE("verify: a base whose layers are no prefix is refused", "[verify]") {
  auto base = image({{{"other", "x"}}});
  auto ours = derived();
  const auto report = run(ours, {nullptr, &base}, test::request());
  REQUIRE_FALSE(report);
  CHECK(report.error().code == Errc::invalid_input);
  CHECK(report.error().message.find("no base of the subject") != std::string::npos);
}

}  // namespace
}  // namespace rockstage::verify
