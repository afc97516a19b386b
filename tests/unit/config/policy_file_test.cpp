#include "config/policy_file.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::config {
namespace {

using Catch::Matchers::Contains;

/// The message of a policy that is refused.
std::string refused(const std::string& text) {
  const auto policy = parse_policy("policy.yaml", text);
  REQUIRE_FALSE(policy);
  CHECK(policy.error().code == Errc::invalid_input);
  return policy.error().message;
}

TEST_CASE("policy: levels and waivers with their lines", "[config]") {
  const auto policy = parse_policy("policy.yaml",
                                   "rules: {unexpected-file: error, c-toolchain: off}\n"
                                   "waive:\n"
                                   "  - {rule: elf-needed, path: 'a/*.so', reason: later, "
                                   "expires: 2027-03-31}\n"
                                   "  - rule: builder-path\n"
                                   "    reason: ours\n");
  REQUIRE(policy);
  REQUIRE(policy->rules.size() == 2);
  CHECK(policy->rules[0].level == Severity::error);
  CHECK_FALSE(policy->rules[1].level);
  REQUIRE(policy->waivers.size() == 2);
  CHECK(policy->waivers[0].path == "a/*.so");
  CHECK(policy->waivers[0].expires == "2027-03-31");
  CHECK(policy->waivers[1].line == 4);
}

TEST_CASE("policy: an empty file changes nothing", "[config]") {
  const auto policy = parse_policy("policy.yaml", "");
  REQUIRE(policy);
  CHECK(policy->rules.empty());
  CHECK(policy->waivers.empty());
}

TEST_CASE("policy: an unknown rule names its line and the nearest", "[config]") {
  CHECK_THAT(refused("rules:\n  elf-neded: error\n"),
             Contains("policy.yaml:2:") && Contains("did you mean 'elf-needed'?"));
  CHECK_THAT(refused("waive:\n- {rule: credentials, reason: x}\n"),
             Contains("policy.yaml:2:") && Contains("did you mean 'credential'?"));
}

TEST_CASE("policy: an unknown severity names the nearest", "[config]") {
  CHECK_THAT(refused("rules: {elf-needed: warnning}\n"),
             Contains("policy.yaml:1:") && Contains("did you mean 'warning'?"));
  CHECK_THAT(refused("rules: {elf-needed: [error]}\n"), Contains("unknown severity"));
}

TEST_CASE("policy: a waiver without a reason is refused", "[config]") {
  CHECK_THAT(refused("waive: [{rule: elf-needed}]\n"), Contains("needs a 'reason'"));
  CHECK_THAT(refused("waive: [{rule: elf-needed, reason: ' '}]\n"), Contains("needs a 'reason'"));
  CHECK_THAT(refused("waive: [{reason: x}]\n"), Contains("needs a 'rule'"));
}

TEST_CASE("policy: unknown keys and other shapes are refused", "[config]") {
  CHECK_THAT(refused("ruels: {}\n"), Contains("did you mean 'rules'?"));
  CHECK_THAT(refused("waive: [{rule: elf-needed, raeson: x}]\n"),
             Contains("did you mean 'reason'?"));
  CHECK_THAT(refused("[]\n"), Contains("must be a mapping"));
  CHECK_THAT(refused("rules: [a]\n"), Contains("'rules' must be"));
  CHECK_THAT(refused("waive: {a: b}\n"), Contains("'waive' must be"));
  CHECK_THAT(refused("waive: [x]\n"), Contains("a waiver must be"));
  CHECK_THAT(refused("waive: [{rule: elf-needed, reason: [x]}]\n"), Contains("must be a text"));
  CHECK_THAT(refused("rules: {\n"), Contains("policy.yaml"));
}

TEST_CASE("policy: the rules of a project file; a package.yaml has none", "[config]") {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/rockstage.yaml",
            "lua: luajit\nverify:\n  rules: {c-toolchain: error}\n");
  const auto levels = read_project_rules(dir.path() + "/rockstage.yaml");
  REQUIRE(levels);
  REQUIRE(levels->size() == 1);
  CHECK(levels->front().line == 3);
  test::put(dir.path() + "/package.yaml", "verify: {rules: {c-toolchain: error}}\n");
  CHECK(read_project_rules(dir.path() + "/package.yaml")->empty());
}

TEST_CASE("policy: dates are days of the calendar", "[config]") {
  for (const auto* good : {"2027-03-31", "2028-02-29", "2000-02-29", "0001-01-01"})
    CHECK(is_date(good));
  for (const auto* bad : {"2027-3-31",
                          "2027-02-29",
                          "1900-02-29",
                          "2027-13-01",
                          "2027-00-10",
                          "2027-01-00",
                          "31.03.2027",
                          "2027-04-31",
                          "",
                          "2027-01-1x"})
    CHECK_FALSE(is_date(bad));
}

}  // namespace
}  // namespace rockstage::config
