#include "emit/project.hpp"

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

emit::ProjectFacts crate() {
  emit::ProjectFacts facts;
  facts.name = "textkit";
  facts.version = "1.2.0-1";
  facts.manifest = "Cargo.toml";
  facts.modules = {{"textkit.core", "textkit_core"}};
  facts.lua_files = {{"textkit", "lua/textkit/init.lua"}};
  facts.required = {"textkit", "textkit.core"};
  facts.luas = {"luajit"};
  facts.runtime = "apisix-debian";
  facts.base = "apache/apisix:3.13.0-debian";
  return facts;
}

YAML::Node parsed(const emit::ProjectFacts& facts) {
  const auto text = emit::project_file(facts, emit::Templates());
  REQUIRE(text);
  return YAML::Load(*text);
}

/// The lines of every `run:` of the workflow.
std::string commands(const YAML::Node& steps) {
  std::string out;
  for (const auto& step : steps)
    if (step["run"]) out += step["run"].as<std::string>() + "\n";
  return out;
}

}  // namespace

TEST_CASE("project file: a crate is described by what was found", "[emit]") {
  const auto file = parsed(crate());
  CHECK_FALSE(file["rock"]);
  CHECK(file["build"]["type"].as<std::string>() == "rust");
  CHECK(file["build"]["manifest"].as<std::string>() == "Cargo.toml");
  CHECK(file["build"]["modules"]["textkit.core"].as<std::string>() == "textkit_core");
  CHECK(file["build"]["lua"]["textkit"].as<std::string>() == "lua/textkit/init.lua");
  CHECK_FALSE(file["build"]["package"]);
  CHECK(file["lua"][0].as<std::string>() == "luajit");
  CHECK(file["runtime"].as<std::string>() == "apisix-debian");
  CHECK_FALSE(file["smoke"]);
  CHECK(file.size() == 3);
}

TEST_CASE("project file: a rockspec takes the place of the crate's description", "[emit]") {
  auto facts = crate();
  facts.rockspec = "rockspec/textkit-1.2.0-1.rockspec";
  facts.smoke_script = "spec/smoke.lua";
  const auto file = parsed(facts);
  CHECK(file["rock"].as<std::string>() == "rockspec/textkit-1.2.0-1.rockspec");
  CHECK_FALSE(file["build"]);
  CHECK(file["smoke"]["script"].as<std::string>() == "spec/smoke.lua");
}

TEST_CASE("project file: the other packages of a workspace are named beside the chosen one",
          "[emit]") {
  auto facts = crate();
  facts.package = "textkit-lua";
  facts.other_packages = {"textkit-python", "textkit-wasm"};
  CHECK(parsed(facts)["build"]["package"].as<std::string>() == "textkit-lua");
  CHECK_THAT(*emit::project_file(facts, emit::Templates()),
             Contains("Others with a cdylib: textkit-python, textkit-wasm."));
}

TEST_CASE("project file: every text comes back from YAML as it went in", "[emit]") {
  const auto text = GENERATE(as<std::string>{},
                             "5.4",
                             "true",
                             "No",
                             "~",
                             "- a",
                             "a: b",
                             "a #b",
                             "a\"b\\c'd",
                             "a\nb: c",
                             "\x01 \t",
                             "grün/é.lua",
                             "{x}",
                             "&a",
                             "${HOME}",
                             "0x10",
                             "{{name}}");
  auto facts = crate();
  facts.name = facts.version = facts.package = facts.smoke_script = text;
  facts.other_packages = {text};
  facts.modules = {{text, text}};
  facts.lua_files = {{text, text}};
  facts.luas = {text};
  const auto file = parsed(facts);
  CHECK(file["build"]["package"].as<std::string>() == text);
  CHECK(file["build"]["modules"][text].as<std::string>() == text);
  CHECK(file["build"]["lua"][text].as<std::string>() == text);
  CHECK(file["lua"][0].as<std::string>() == text);
  CHECK(file["smoke"]["script"].as<std::string>() == text);
  // Nothing that was a comment has become a key.
  CHECK(file.size() == 4);
}

TEST_CASE("project file: a version or a word of YAML is quoted", "[emit]") {
  auto facts = crate();
  facts.luas = {"5.4", "luajit"};
  CHECK_THAT(*emit::project_file(facts, emit::Templates()), Contains("lua: [\"5.4\", luajit]"));
}

TEST_CASE("project file bad input: what is no UTF-8 is refused", "[emit]") {
  auto facts = crate();
  facts.lua_files = {{"a", "lua/\xff.lua"}};
  const auto text = emit::project_file(facts, emit::Templates());
  REQUIRE_FALSE(text);
  CHECK(text.error().code == Errc::invalid_input);
  CHECK_THAT(text.error().message, Contains("lua/\\xFF.lua"));
}

TEST_CASE("github: the workflow builds, verifies each module, uploads and packs", "[emit]") {
  auto facts = crate();
  facts.has_lock_file = true;
  const auto text = emit::ci_file(facts, emit::Ci::github, emit::Templates());
  REQUIRE(text);
  const auto file = YAML::Load(*text);
  CHECK(file["permissions"].size() == 2);
  CHECK(file["permissions"]["contents"].as<std::string>() == "read");
  CHECK(file["permissions"]["security-events"].as<std::string>() == "write");
  const auto job = file["jobs"]["rock"];
  CHECK(job["container"].as<std::string>() == "debian:bookworm");
  const auto said = commands(job["steps"]);
  CHECK_THAT(said,
             Contains("make -C /opt/rockstage install")
                 && Contains("rockstage build --tree=rock --lua=luajit --locked\n")
                 && Contains("rockstage verify rock --runtime=apisix-debian --require=textkit "
                             "--require=textkit.core --format=github "
                             "--format=sarif=rockstage.sarif"));
  CHECK_THAT(said,
             Contains("rockstage export rock --output=textkit-1.2.0-1.tar.gz --sbom=cyclonedx\n"));
  for (const auto& step : job["steps"]) {
    if (!step["uses"]) continue;
    const auto uses = step["uses"].as<std::string>();
    INFO(uses);
    const auto tag = uses.substr(uses.find('@'));
    CHECK(std::count(tag.begin(), tag.end(), '.') == 2);
  }
}

TEST_CASE("gitlab: the job reports as JUnit and keeps the SARIF file and the archive", "[emit]") {
  auto facts = crate();
  facts.luas = {"5.4"};
  facts.runtime = "debian-lua5.4";
  const auto text = emit::ci_file(facts, emit::Ci::gitlab, emit::Templates());
  REQUIRE(text);
  const auto job = YAML::Load(*text)["rockstage"];
  CHECK(job["image"].as<std::string>() == "debian:bookworm");
  CHECK_THAT(job["before_script"][0].as<std::string>(), Contains(" lua5.4 liblua5.4-dev"));
  std::string script;
  for (const auto& line : job["script"])
    script += line.as<std::string>();
  CHECK_THAT(script,
             Contains("rockstage build --tree=rock --lua=5.4\n")
                 && Contains("--format=junit=rockstage.junit.xml --format=sarif=rockstage.sarif"));
  CHECK(job["artifacts"]["reports"]["junit"].as<std::string>() == "rockstage.junit.xml");
  CHECK(job["artifacts"]["paths"][0].as<std::string>() == "textkit-1.2.0-1.tar.gz*");
  CHECK(job["artifacts"]["paths"][1].as<std::string>() == "rockstage.sarif");
}

TEST_CASE("ci bad input: a name that a shell or the service would take for something else",
          "[emit]") {
  const auto name = GENERATE(
      as<std::string>{}, "a b", "$(id)", "${{ secrets.X }}", "a\nb", "", "a;b", "'", "é", "../x");
  const auto ci = GENERATE(emit::Ci::github, emit::Ci::gitlab);
  auto module = crate();
  module.required = {name};
  auto rock = crate();
  rock.name = name;
  for (const auto& facts : {module, rock}) {
    const auto text = emit::ci_file(facts, ci, emit::Templates());
    REQUIRE_FALSE(text);
    CHECK(text.error().code == Errc::invalid_input);
    CHECK_THAT(text.error().message, Contains("cannot stand in a CI file"));
  }
}
