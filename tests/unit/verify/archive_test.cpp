#include "subject_bench.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::bare_tree;
using test::found;
using test::image;
using test::judge;
using test::link;
using test::paths;
using Paths = std::vector<std::string>;

Finding anomaly(const std::string& rule) {
  Finding finding;
  finding.rule = rule;
  finding.severity = Severity::warning;
  finding.path = "x";
  finding.message = "x is odd";
  return finding;
}

/// What becomes of an anomaly that the reader found in the lowest layer.
Findings taken_over(const std::string& rule, Severity severity = Severity::warning) {
  auto bench = image({{{"a", "a"}}, {{"b", "b"}}});
  bench.anomalies = {anomaly(rule)};
  bench.anomalies[0].severity = severity;
  return found(judge(bench), rule);
}

void check_taken_over(const std::string& rule) {
  INFO(rule);
  const auto findings = taken_over(rule);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity >= Severity::warning);
  CHECK_FALSE(findings[0].fix.empty());
  REQUIRE(findings[0].layer);
  CHECK(findings[0].layer->index == 0);
}

TEST_CASE("archive-ambiguous, archive-path, image-digest: taken over", "[verify]") {
  for (const char* rule : {"archive-ambiguous", "archive-path", "image-digest"})
    check_taken_over(rule);
}

TEST_CASE("image-layer-order, image-engine-difference: taken over", "[verify]") {
  for (const char* rule : {"image-layer-order", "image-engine-difference"})
    check_taken_over(rule);
}

TEST_CASE("image-digest: what the reader calls a note stays one", "[verify]") {
  CHECK(taken_over("image-digest", Severity::note).at(0).severity == Severity::note);
}

void check_quiet(const std::vector<std::string>& rules) {
  auto bench = image({{{"a", "a"}, link("l", "/a")}, {{"a", "b"}, {".wh.l", ""}}});
  const auto report = judge(bench);
  for (const auto& rule : rules)
    CHECK(paths(report, rule).empty());
}

TEST_CASE("archive-ambiguous, archive-path, image-digest: not for a good image", "[verify]") {
  check_quiet({"archive-ambiguous", "archive-path", "image-digest"});
}

TEST_CASE("image-layer-order, image-engine-difference: not for a good image", "[verify]") {
  check_quiet({"image-layer-order", "image-engine-difference"});
}

TEST_CASE("platform-absent: said once, as a note", "[verify]") {
  auto bench = image({{{"a", "a"}}});
  bench.subject_anomalies = {anomaly("platform-absent")};
  const auto findings = found(judge(bench), "platform-absent");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::note);
}

TEST_CASE("platform-absent: not where all platforms are there", "[verify]") {
  CHECK(paths(image({{{"a", "a"}}}), "platform-absent").empty());
}

TEST_CASE("archive-path: links that lead out of a tree", "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", ""},
                         link("lib/lua/5.1/a.so", "/opt/build/a.so"),
                         link("lib/lua/5.1/b.so", "../../../../b.so")}),
              "archive-path")
        == Paths{"lib/lua/5.1/a.so", "lib/lua/5.1/b.so"});
}

TEST_CASE("archive-path: not for links inside the tree, or below its prefix", "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", ""},
                         link("share/lua/5.1/b.lua", "a.lua"),
                         link("share/lua/5.1/c.lua", "../../lua/5.1/a.lua"),
                         link("share/lua/5.1/d.lua", "/usr/local/share/lua/5.1/a.lua")}),
              "archive-path")
            .empty());
}

}  // namespace
}  // namespace rockstage::verify
