#include "verify/verify.hpp"

#include "subject_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace rockstage::verify {
namespace {

using test::bare_tree;
using test::found;
using test::image;
using test::judge;
using test::link;
using test::paths;

TEST_CASE("empty-subject: a tree or image without a file", "[verify]") {
  CHECK(paths(bare_tree({}), "empty-subject").size() == 1);
  CHECK(paths(image({{test::directory("etc")}}), "empty-subject").size() == 1);
}

TEST_CASE("empty-subject: not for a single file", "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", ""}}), "empty-subject").empty());
}

TEST_CASE("verify: counts files, links and bytes, and names every rule once, sorted", "[verify]") {
  auto bench =
      bare_tree({{"share/lua/5.1/a.lua", "return {}"}, link("share/lua/5.1/b.lua", "a.lua")});
  const auto report = judge(bench);
  REQUIRE(report.platforms.size() == 1);
  const auto& platform = report.platforms[0];
  CHECK(platform.files == 1);
  CHECK(platform.links == 1);
  CHECK(platform.bytes == 9);
  CHECK(platform.runtime == "generic-luajit");
  CHECK(platform.platform == "linux/amd64");
  const auto order = [](const RuleStatus& a, const RuleStatus& b) { return a.rule >= b.rule; };
  CHECK(std::ranges::adjacent_find(platform.rules, order) == platform.rules.end());
  CHECK(platform.rules.size() > 20);
  CHECK(report.errors + report.warnings == 0);
}

TEST_CASE("verify: findings come worst first", "[verify]") {
  auto bench = bare_tree({{"share/lua/5.1/a.txt", "x"}, {"share/lua/5.1/z.rs", "fn f() {}\n"}});
  const auto findings = judge(bench).platforms[0].findings;
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].rule == "rust-build-residue");
  CHECK(findings[1].rule == "unexpected-file");
}

TEST_CASE("verify: a tree is judged by the Luas of its rockstage.json files", "[verify]") {
  auto request = test::request();
  request.runtimes.clear();
  request.platform.clear();
  const auto record = [](const std::string& lua) {
    return "{\n  \"lua\": \"" + lua + "\",\n  \"target\": \"aarch64-unknown-linux-gnu\"\n}\n";
  };
  auto bench = bare_tree({{"lib/luarocks/rocks-5.1/a/1-1/rockstage.json", record("luajit")},
                          {"lib/luarocks/rocks-5.4/a/1-1/rockstage.json", record("5.4")}});
  const auto report = judge(bench, request);
  REQUIRE(report.platforms.size() == 2);
  CHECK(report.platforms[0].runtime == "generic-luajit");
  CHECK(report.platforms[1].runtime == "generic-5.4");
  CHECK(report.platforms[0].platform == "linux/arm64");
}

TEST_CASE("verify: one record for each runtime of the request", "[verify]") {
  auto request = test::request();
  request.runtimes.push_back(request.runtimes[0]);
  auto bench = bare_tree({{"share/lua/5.1/a.lua", ""}});
  CHECK(judge(bench, request).platforms.size() == 2);
}

TEST_CASE("verify: a fingerprint does not depend on the wording", "[verify]") {
  Finding finding;
  finding.rule = "elf-needed";
  finding.path = "a.so";
  finding.message = "one";
  finding.evidence["library"] = std::string("libx.so");
  auto other = finding;
  other.message = "two";
  CHECK(fingerprint(finding) == fingerprint(other));
  CHECK(fingerprint(finding).size() == 64);
  other.evidence["library"] = std::string("liby.so");
  CHECK(fingerprint(finding) != fingerprint(other));
  other = finding;
  other.layer = FindingLayer{1, "sha256:1", ""};
  CHECK(fingerprint(finding) != fingerprint(other));
}

TEST_CASE("not-judged: one finding a rule; none where all could be decided", "[verify]") {
  auto request = test::request();
  request.runtimes.clear();
  CHECK(paths(image({{{"a", "a"}}}), "not-judged", request).size() >= 1);
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", "return {}"}}), "not-judged").empty());
}

}  // namespace
}  // namespace rockstage::verify
