#include "verify/policy.hpp"

#include "subject_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace rockstage::verify {
namespace {

using test::bare_tree;
using test::found;
using test::judge;
using test::paths;

test::Bench odd_tree() {
  return bare_tree({{"share/lua/5.1/a.lua", "return {}"}, {"share/lua/5.1/a.txt", "x"}});
}

TEST_CASE("policy: patterns", "[verify]") {
  CHECK(matches("*", ""));
  CHECK(matches("usr/*/x.so", "usr/local/lib/x.so"));
  CHECK(matches("a?c*", "abcdef"));
  CHECK(matches("*a*b*", "xxaxxbxx"));
  CHECK_FALSE(matches("usr/*.so", "usr/x.lua"));
  CHECK_FALSE(matches("a?", "a"));
  CHECK_FALSE(matches("", "a"));
  CHECK_FALSE(matches(std::string(2000, '*') + "b", std::string(2000, 'a')));
}

TEST_CASE("policy: a level replaces the severity, and off is said with who did it", "[verify]") {
  auto bench = odd_tree();
  auto request = test::request();
  request.policy.levels["unexpected-file"] = Severity::error;
  CHECK(judge(bench, request).errors == 1);
  request.policy.levels["unexpected-file"] = std::nullopt;
  request.policy.level_origin["unexpected-file"] = "--rule";
  const auto report = judge(bench, request);
  CHECK(paths(report, "unexpected-file").empty());
  const auto& rules = report.platforms[0].rules;
  const auto status = std::ranges::find(rules, std::string("unexpected-file"), &RuleStatus::rule);
  REQUIRE(status != rules.end());
  CHECK(status->state == RuleState::off);
  CHECK(status->reason == "--rule");
}

TEST_CASE("policy: a waived finding stays in the report and is counted apart", "[verify]") {
  auto bench = odd_tree();
  auto request = test::request();
  request.policy.waivers = {{"unexpected-file", "share/*.txt", "wanted", "2026-11-21"}};
  const auto report = judge(bench, request);
  const auto findings = found(report, "unexpected-file");
  REQUIRE(findings.size() == 1);
  REQUIRE(findings[0].waived);
  CHECK(findings[0].waived->reason == "wanted");
  CHECK(report.waived == 1);
  CHECK(report.warnings == 0);
  CHECK(paths(report, "waiver-unused").empty());
}

TEST_CASE("waiver-unused: idle, expired, without a date or a reason", "[verify]") {
  auto bench = odd_tree();
  auto request = test::request();
  request.policy.waivers = {{"unexpected-file", "lib/*", "wanted", ""},
                            {"unexpected-file", "", "wanted", "2026-11-20"},
                            {"unexpected-file", "", "wanted", "soon"},
                            {"unexpected-file", "", "", ""}};
  const auto report = judge(bench, request);
  CHECK(found(report, "waiver-unused").size() == 4);
  CHECK(report.waived == 0);
}

TEST_CASE("waiver-unused: not for a waiver that is of use", "[verify]") {
  auto bench = odd_tree();
  auto request = test::request();
  request.policy.waivers = {{"unexpected-file", "", "wanted", "2026-12-31"}};
  CHECK(paths(bench, "waiver-unused", request).empty());
}

}  // namespace
}  // namespace rockstage::verify
