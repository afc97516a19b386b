#include "base/rules.hpp"

#include "base/version.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace rockstage {
namespace {

TEST_CASE("rules: sorted by name, each name once", "[base]") {
  const auto rules = all_rules();
  REQUIRE_FALSE(rules.empty());
  const auto out_of_order = std::ranges::adjacent_find(
      rules,
      [](const RuleInfo& a, const RuleInfo& b) { return std::string_view(a.name) >= b.name; });
  CHECK(out_of_order == rules.end());
}

TEST_CASE("rules: each is found by its name, and nothing else is", "[base]") {
  for (const auto& rule : all_rules())
    CHECK(find_rule(rule.name) == &rule);
  for (const std::string_view name : {"", "rock", "rock-lock-file ", "ROCK-LOCK-FILE"})
    CHECK(find_rule(name) == nullptr);
}

TEST_CASE("rules: names are words with hyphens, and every rule says what and why", "[base]") {
  for (const auto& rule : all_rules()) {
    INFO(rule.name);
    const std::string_view name = rule.name;
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos);
    CHECK_FALSE(name.starts_with('-'));
    CHECK_FALSE(name.ends_with('-'));
    const std::string_view summary = rule.summary;
    REQUIRE_FALSE(summary.empty());
    CHECK_FALSE(summary.ends_with('.'));
    CHECK(summary.find('\n') == summary.npos);
    CHECK(std::string_view(rule.explanation).size() > summary.size());
    CHECK(std::string_view(rule.explanation).ends_with('.'));
  }
}

TEST_CASE("version: three numbers", "[base]") {
  const std::string text(version());
  CHECK(std::ranges::count(text, '.') == 2);
  CHECK(text.find_first_not_of("0123456789.") == text.npos);
}

}  // namespace
}  // namespace rockstage
