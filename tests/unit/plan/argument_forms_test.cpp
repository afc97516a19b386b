#include "plan/parts.hpp"

#include <catch2/catch.hpp>

namespace rockstage::plan {
namespace {

using Names = std::vector<std::string>;

rock::Rockspec rockspec(const std::string& build) {
  Diagnostics diagnostics;
  auto spec = rock::read_rockspec(
      "package = 'kit'\nversion = '1.0-1'\n"
      "source = {url = 'git+https://example.org/kit.git'}\n"
      "build = {"
          + build + "}\n",
      "kit-1.0-1.rockspec",
      diagnostics);
  INFO((spec ? "" : spec.error().message));
  REQUIRE(spec);
  return *std::move(spec);
}

Result<RustSettings> settings(const std::string& arguments) {
  return rust_settings(rockspec("type = 'rust-mlua', cargo_extra_args = '" + arguments + "'"), {});
}

TEST_CASE("cargo_extra_args: a short option's value may stand in the same word", "[plan]") {
  for (const std::string text :
       {"-pcore -Fa,b -j3", "-p=core -F=a,b -j=3", "-p core -F a,b -j 3"}) {
    const auto found = settings(text);
    INFO(text << (found ? "" : found.error().message));
    REQUIRE(found);
    CHECK(found->package == "core");
    CHECK(found->features == Names{"a", "b"});
    CHECK(found->jobs == 3);
  }
}

TEST_CASE("cargo_extra_args: a switch with a value is not understood, as cargo refuses it",
          "[plan]") {
  for (const std::string word : {"--locked=no", "--all-features=1", "--release=x", "-vx", "-q=1"}) {
    const auto found = settings(word);
    INFO(word);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::invalid_input);
    CHECK(found.error().message == "build.cargo_extra_args: '" + word + "' is not understood");
  }
  CHECK(settings("-vv -q --locked"));
}

TEST_CASE("builtin: sources whose names differ in / and - have objects of their own", "[plan]") {
  const auto spec = rockspec(
      "type = 'builtin', modules = {k = {'a/b.c', 'a-b.c', 'a%2Db.c', 'a-/b.c', 'a/-b.c'}}");
  Inputs inputs;
  inputs.spec = &spec;
  inputs.directory = "/src/kit";
  inputs.host.tools = {{"CC", "gcc"}, {"LD", "gcc"}};
  inputs.host.lua_incdir = {{"luajit", "/usr/include/luajit-2.1"}};
  BuildOptions options;
  options.tree = "/tree";
  Diagnostics diagnostics;
  const auto plan = make(inputs, options, diagnostics);
  REQUIRE(plan);
  Names objects;
  for (const auto& word : plan->variants.at(0).runs.back().argv)
    if (word.ends_with(".o")) objects.push_back(word);
  REQUIRE(objects.size() == 5);
  CHECK(objects.front() == "{objects}/k-a-b.c.o");
  std::ranges::sort(objects);
  CHECK(std::ranges::adjacent_find(objects) == objects.end());
}

}  // namespace
}  // namespace rockstage::plan
