#include "base/rules.hpp"
#include "lint/lint.hpp"
#include "rock/rockspec.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::lint {
namespace {

/// The findings of `rule` about a rock with the fields `build`, and with those files.
Findings look(const char* rule,
              const std::string& build,
              const std::map<std::string, std::string>& files = {}) {
  const auto sources = test::temp_dir();
  Diagnostics diagnostics;
  const auto spec = rock::read_rockspec(
      "package = 'kit'\nversion = '1.0-1'\n"
      "source = {url = 'git+https://example.org/kit.git'}\n"
      "build = {"
          + build + "}\n",
      "kit-1.0-1.rockspec",
      diagnostics);
  INFO((spec ? "" : spec.error().message));
  REQUIRE(spec);
  Request request;
  request.inputs.spec = &*spec;
  request.inputs.directory = sources.path();
  for (const auto& [name, text] : files) {
    test::put(sources.path() + "/" + name, text);
    request.inputs.files.push_back(name);
  }
  auto found = run(request);
  std::erase_if(found, [rule](const Finding& finding) { return finding.rule != rule; });
  return found;
}

Findings in_makefile(const std::string& text) {
  return look(rules::rock_unlocked_cargo, "type = 'make'", {{"Makefile", text}});
}

TEST_CASE("lint: rock-install-key: a .lua file takes its key's name, no finding", "[lint]") {
  CHECK(look(rules::rock_install_key, "type = 'none', install = {lib = {['a.b'] = 'x.lua'}}")
            .empty());
}

TEST_CASE("lint: rock-swallowed-failure: || exit and the last command of an if are no findings",
          "[lint]") {
  for (const std::string text : {"cp a b || exit 1\\ncp c d",
                                 "cp a b || { echo failed; exit 1; }",
                                 "if test -f a; then cp a b; fi"}) {
    INFO(text);
    CHECK(look(rules::rock_swallowed_failure, "type = 'command', build_command = '" + text + "'")
              .empty());
  }
}

TEST_CASE("lint: rock-swallowed-failure: a copy before && is lost in spite of set -e", "[lint]") {
  const auto found = look(rules::rock_swallowed_failure,
                          "type = 'command', build_command = 'set -e; cp a b && cp c d; echo'");
  REQUIRE(found.size() == 1);
  CHECK(found.front().evidence.at("command") == EvidenceValue("cp a b"));
}

TEST_CASE("lint: rock-unlocked-cargo: a recipe's @ and - do not hide cargo", "[lint]") {
  CHECK(in_makefile("all:\n\t@cargo build\n").size() == 1);
  CHECK(in_makefile("all:\n\t-cargo build\n").size() == 1);
  CHECK(in_makefile("all:\n\t@-cargo build\n").size() == 1);
  CHECK(in_makefile("$(info it's here)\nall:\n\tcargo build\n").size() == 1);
  CHECK(in_makefile("all:\n\tcargo build && cargo build --locked\n").size() == 1);
}

TEST_CASE("lint: rock-unlocked-cargo: a makefile's comments and continued lines are no findings",
          "[lint]") {
  CHECK(in_makefile("all:\n\t# cargo build\n").empty());
  CHECK(in_makefile("all:\n\tcargo build \\\n\t  --locked\n").empty());
  CHECK(in_makefile("all:\n\tx-cargo build\n").empty());
}

TEST_CASE("lint: rock-unlocked-cargo: the makefile that make takes is read", "[lint]") {
  for (const std::string name : {"GNUmakefile", "makefile"}) {
    const auto found = look(rules::rock_unlocked_cargo,
                            "type = 'make'",
                            {{"Makefile", "all:\n"}, {name, "all:\n\tcargo build\n"}});
    REQUIRE(found.size() == 1);
    CHECK(found.front().path == name);
  }
}

TEST_CASE("lint: rock-licence: a rockspec that leaves its licence out is found", "[lint]") {
  const auto found = look(rules::rock_licence, "type = 'none'");
  REQUIRE(found.size() == 2);  // the file is missing, too
  CHECK(found[0].path.empty());
  CHECK(found[1].path == "kit-1.0-1.rockspec");
}

TEST_CASE("lint: rock-toolchain: a toolchain that is missing is found", "[lint]") {
  const auto spec = rock::Rockspec{};
  Request request;
  request.inputs.spec = &spec;
  request.toolchain_error = "needs nightly-2026-01-01, which is missing";
  const auto found = run(request);
  REQUIRE_FALSE(found.empty());
  CHECK(found.front().rule == rules::rock_toolchain);
  CHECK(found.front().severity == Severity::error);
  CHECK(found.front().message == request.toolchain_error);
}

}  // namespace
}  // namespace rockstage::lint
