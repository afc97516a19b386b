#include "digest/digest.hpp"
#include "rock/manifest.hpp"
#include "support/cli/cli_run.hpp"
#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "support/zip_builder.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <map>

// `build` of a binary rock: what is judged before it is staged.

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

using Strings = std::vector<std::string>;

/// A rock file with one native module, for x86-64 and Lua 5.1, and a tree to stage it into.
struct World {
  sys::TempDir dir = test::temp_dir();
  std::string root = sys::absolute(dir.path());
  test::CliRun run{root};
  std::string name = "kit-1.0-1.linux-x86_64.rock";
  bool has_library = true;
  std::string default_target = "--target=x86_64-unknown-linux-gnu";
  test::ElfSpec library{.exports = {"luaopen_kit"},
                        .undefined = {"lua_pushinteger", "lua_objlen"},
                        .needed = {"libc.so.6"}};
  std::map<std::string, std::string> files = {
      {"kit-1.0-1.rockspec",
       "package = 'kit'\nversion = '1.0-1'\nsource = { url = 'git+https://example.org/kit' }\n"
       "build = { type = 'builtin', modules = { kit = 'kit.c' } }\n"}};

  void record(const std::string& lua, const std::string& target) {
    files["rockstage.json"] = R"({"lua": ")" + lua + R"(", "target": ")" + target + "\"}\n";
  }

  test::CliResult build(Strings more = {}) {
    if (has_library) files["lib/kit.so"] = test::build_elf(library);
    rock::RockManifest manifest;
    test::ZipBuilder zip;
    for (const auto& [file, text] : files) {
      manifest[file] = digest::hex(digest::Algorithm::md5, text);
      zip.file(file, text);
    }
    zip.file("rock_manifest", rock::write_rock_manifest(manifest));
    test::put(root + "/" + name, zip.str());
    Strings args = {"build", root + "/" + name, "--tree=" + root + "/tree", "--json"};
    args.insert(args.end(), more.begin(), more.end());
    if (!default_target.empty() && !has_target(more)) args.push_back(default_target);
    return run(args);
  }

  /// The message of a build that ends with `exit`; nothing is staged then.
  std::string error(int exit, const Strings& more = {}) {
    const auto result = build(more);
    CHECK(result.exit == exit);
    CHECK_FALSE(sys::exists(root + "/tree"));
    const auto record = result.json();
    for (const auto& item : record["diagnostics"])
      if (item["level"] == "error") return item["message"];
    return {};
  }

 private:
  static bool has_target(const Strings& args) {
    for (const auto& one : args)
      if (one.starts_with("--target")) return true;
    return false;
  }
};

}  // namespace

TEST_CASE("cli: a binary rock is staged with the files that it has", "[cli]") {
  World world;
  const auto data = world.build({"--lua=5.1"}).data();
  CHECK(data["rocks"][0]["modules"] == nlohmann::json({{"kit", "lib/lua/5.1/kit.so"}}));
  CHECK(data["rocks"][0]["target"] == "x86_64-unknown-linux-gnu");
  CHECK(test::get(world.root + "/tree/lib/lua/5.1/kit.so") == world.files["lib/kit.so"]);
  CHECK(sys::status(world.root + "/tree/lib/lua/5.1/kit.so")->mode == 0755);
}

TEST_CASE("cli: the Lua of a binary rock is what its rockstage.json says", "[cli]") {
  World world;
  world.record("5.1", "x86_64-unknown-linux-gnu");
  CHECK(world.build().data()["lua"] == nlohmann::json({"5.1"}));
  const auto other = world.build({"--lua=luajit"});
  CHECK(other.data()["lua"] == nlohmann::json({"luajit"}));
  CHECK(other.json()["diagnostics"][0]["message"]
        == "'kit-1.0-1.linux-x86_64.rock' was built for 5.1, as its rockstage.json says, and is "
           "staged for luajit");
}

TEST_CASE("cli: a target of a rockstage.json that is no name leads nowhere", "[cli]") {
  World world;
  world.record("5.1", "x86_64-unknown-linux-gnu/../../../evil");
  world.default_target = {};
  world.name = "kit-1.0-1.all.rock";
  world.has_library = false;
  const auto data = world.build({"--tree=" + world.root + "/of-{target}"}).data();
  CHECK(data["rocks"][0]["target"].get<std::string>().find('/') == std::string::npos);
}

TEST_CASE("cli: a binary rock for another Lua is refused, and those that fit are named", "[cli]") {
  World world;
  const auto result = world.build({"--lua=5.4"});
  CHECK(result.exit == 4);
  const auto error = result.json()["diagnostics"][0];
  CHECK_THAT(error["message"].get<std::string>(),
             Contains("'kit-1.0-1.linux-x86_64.rock': 'lib/kit.so' does not fit 5.4: it "));
  CHECK_THAT(error["hint"].get<std::string>(), Contains("--lua luajit"));
}

TEST_CASE("cli: a binary rock for another machine is refused", "[cli]") {
  World world;
  CHECK(world.error(4, {"--target=aarch64-unknown-linux-gnu"})
        == "'kit-1.0-1.linux-x86_64.rock' is for linux-x86_64, and the target is "
           "aarch64-unknown-linux-gnu");
  CHECK(world.error(4, {"--target=x86_64-unknown-linux-musl"})
        == "'kit-1.0-1.linux-x86_64.rock': 'lib/kit.so' needs glibc, and the target is "
           "x86_64-unknown-linux-musl");
  world.name = "kit-1.0-1.macosx-x86_64.rock";
  CHECK(world.error(4)
        == "'kit-1.0-1.macosx-x86_64.rock' is for macosx-x86_64, and the target is "
           "x86_64-unknown-linux-gnu");
  // Its name says that it is for all, and its library does not.
  world.name = "kit-1.0-1.all.rock";
  world.library.machine = 183;
  CHECK(world.error(4)
        == "'kit-1.0-1.all.rock': 'lib/kit.so' is for aarch64, and the target is "
           "x86_64-unknown-linux-gnu");
  world.name = "kit-1.0-1.linux-x86_64.rock";
  world.record("5.1", "x86_64-unknown-linux-musl");
  CHECK(world.error(4)
        == "'kit-1.0-1.linux-x86_64.rock' was built for x86_64-unknown-linux-musl, and the target "
           "is x86_64-unknown-linux-gnu");
}

TEST_CASE("cli: a library whose luaopen fits no require is staged with a warning", "[cli]") {
  World world;
  world.library.exports = {"luaopen_other"};
  const auto result = world.build({"--lua=5.1"});
  CHECK(result.exit == 0);
  CHECK(result.json()["diagnostics"][0]["message"]
        == "'lib/kit.so': the library exports luaopen_other, module 'kit' needs luaopen_kit");
}

TEST_CASE("cli: options that say how a rock is built are refused for one that is", "[cli]") {
  World world;
  for (const std::string option :
       {"features", "no-default-features", "all-features", "package", "manifest-path", "profile"}) {
    const bool is_switch = option.ends_with("features") && option != "features";
    CHECK(world.error(2, {"--" + option + (is_switch ? "" : "=x")})
          == "--" + option
                 + " is for a rock that is built, and 'kit-1.0-1.linux-x86_64.rock' is a binary "
                   "rock");
  }
  CHECK(world.build({"--locked", "--offline", "--jobs=2", "--doc", "--lua=5.1"}).exit == 0);
}
