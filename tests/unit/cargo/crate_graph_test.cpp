#include "cargo/crate_graph.hpp"

#include "cargo/inspect.hpp"
#include "world.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

std::string package(const std::string& name,
                    const std::string& kind,
                    const std::string& more = "") {
  return R"({"id":"r#)" + name + R"(@1.0.0","name":")" + name
         + R"(","version":"1.0.0","source":"registry+r","targets":[{"name":"x","kind":[")" + kind
         + "\"]}]" + more + "}";
}

std::string node(const std::string& name, const std::string& dependencies) {
  return R"({"id":"r#)" + name + R"(@1.0.0","deps":[)" + dependencies + "]}";
}

std::string edge(const std::string& name, const std::string& kinds) {
  return R"({"pkg":"r#)" + name + R"(@1.0.0","dep_kinds":[)" + kinds + "]}";
}

constexpr const char* kNormal = R"({"kind":null,"target":null})";
constexpr const char* kBuild = R"({"kind":"build","target":null})";
constexpr const char* kDev = R"({"kind":"dev","target":null})";

/// root → shared, macro → parser → shared; root's build script → tool → shared, only_tool;
/// root's tests → tests.
CrateGraph graph() {
  const std::string text =
      R"({"workspace_root":"/w","packages":[)" + package("root", "cdylib", R"(,"license":"MIT")")
      + "," + package("shared", "lib") + "," + package("macro", "proc-macro") + ","
      + package("parser", "lib") + "," + package("tool", "lib") + "," + package("only_tool", "lib")
      + "," + package("tests", "lib") + R"(],"resolve":{"nodes":[)"
      + node("root",
             edge("shared", kNormal) + "," + edge("macro", kNormal) + "," + edge("tool", kBuild)
                 + "," + edge("tests", kDev))
      + "," + node("macro", edge("parser", kNormal)) + "," + node("parser", edge("shared", kNormal))
      + "," + node("tool", edge("shared", kNormal) + "," + edge("only_tool", kNormal)) + ","
      + node("shared", "") + "," + node("only_tool", "") + "," + node("tests", "") + "]}}";
  auto metadata = parse_metadata(text);
  REQUIRE(metadata);
  CrateGraph out;
  out.metadata = *std::move(metadata);
  out.checksums[{"shared", "1.0.0", "registry+r"}] = "ab";
  return out;
}

TEST_CASE("crate graph: what only build scripts and macros use is for the build alone",
          "[cargo][crates]") {
  const auto crates = expected_crates(graph().metadata, "r#root@1.0.0");
  std::map<std::string, bool> build_only;
  for (const auto& crate : crates)
    build_only[crate.package_id] = crate.build_only;
  CHECK(build_only
        == std::map<std::string, bool>{{"r#macro@1.0.0", true},
                                       {"r#only_tool@1.0.0", true},
                                       {"r#parser@1.0.0", true},
                                       {"r#root@1.0.0", false},
                                       {"r#shared@1.0.0", false},
                                       {"r#tool@1.0.0", true}});
}

TEST_CASE("crate graph: crates learn licence, checksum, and what they use of the others",
          "[cargo][crates]") {
  std::vector<CompiledCrate> crates(3);
  crates[0].package_id = "r#root@1.0.0";
  crates[1].package_id = "r#shared@1.0.0";
  crates[2].package_id = "r#unknown@1.0.0";
  add_graph(crates, graph());
  CHECK(crates[0].license == "MIT");
  CHECK(crates[0].checksum.empty());
  CHECK(crates[0].dependencies == std::vector<std::string>{"r#shared@1.0.0"});
  CHECK(crates[1].checksum == "ab");
  CHECK(crates[2].dependencies.empty());
}

TEST_CASE("crate graph: checksums of a lock file are known by name, version and source",
          "[cargo][crates]") {
  World world;
  world.put("Cargo.lock",
            "version = 4\n[[package]]\nname = 'a'\nversion = '1.0.0'\nsource = 'registry+r'\n"
            "checksum = 'ff'\n[[package]]\nname = 'own'\nversion = '0.1.0'\n");
  const auto checksums = lock_checksums(world.path("Cargo.lock"));
  REQUIRE(checksums);
  CHECK(*checksums == LockChecksums{{{"a", "1.0.0", "registry+r"}, "ff"}});
  CHECK(lock_checksums(world.path("none"))->empty());
  world.put("bad", "[[package]\n");
  CHECK(lock_checksums(world.path("bad")).error().code == Errc::invalid_input);
  world.put("odd", "package = [1, {name = 2}]\n");
  CHECK(lock_checksums(world.path("odd"))->empty());
}

TEST_CASE("crate graph: a crate compiled for the machine that builds alone is not linked",
          "[cargo][messages]") {
  const auto artifact = [](const std::string& id, const std::string& file) {
    return R"({"reason":"compiler-artifact","package_id":")" + id
           + R"(","target":{"kind":["lib"],"crate_types":["lib"],"name":"x"},"filenames":[")" + file
           + "\"]}";
  };
  MessageReader reader("/t/x86_64-unknown-linux-gnu");
  reader.line(artifact("both", "/t/release/deps/libx.rlib"));
  reader.line(artifact("both", "/t/x86_64-unknown-linux-gnu/release/deps/libx.rlib"));
  reader.line(artifact("host", "/t/release/deps/liby.rlib"));
  const auto crates = reader.crates();
  REQUIRE(crates.size() == 2);
  CHECK_FALSE(crates[0].build_only);
  CHECK(crates[1].build_only);
}

}  // namespace
}  // namespace rockstage::cargo
