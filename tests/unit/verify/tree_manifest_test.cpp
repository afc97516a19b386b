#include "digest/digest.hpp"
#include "subject_bench.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::bare_tree;
using test::image;
using test::Members;
using test::paths;
using Paths = std::vector<std::string>;

/// A tree with one rock, whose module has these bytes.
Members rock(const std::string& content, const std::string& installed) {
  const auto md5 = digest::hex(digest::Algorithm::md5, installed);
  return {{"lib/luarocks/rocks-5.1/greet/1-1/rock_manifest",
           "rock_manifest = {\n   lua = {\n      [\"greet.lua\"] = \"" + md5 + "\"\n   }\n}\n"},
          {"lib/luarocks/rocks-5.1/manifest",
           "commands = {}\nmodules = {\n   greet = {\n      \"greet/1-1\"\n   }\n}\nrepository = "
           "{\n   greet = {\n"
           "      [\"1-1\"] = {\n         {\n            arch = \"installed\",\n            "
           "commands = {},\n"
           "            dependencies = {},\n            modules = {\n               greet = "
           "\"greet.lua\"\n"
           "            }\n         }\n      }\n   }\n}\n"},
          {"share/lua/5.1/greet.lua", content}};
}

TEST_CASE("manifest-missing-file: a listed module that is gone, said once", "[verify]") {
  auto members = rock("return {}", "return {}");
  members.pop_back();
  CHECK(paths(bare_tree(members), "manifest-missing-file") == Paths{"share/lua/5.1/greet.lua"});
}

TEST_CASE("manifest-missing-file: none in a whole tree, nor where there is no manifest",
          "[verify]") {
  const auto report = [](Members members) {
    return paths(bare_tree(std::move(members)), "manifest-missing-file");
  };
  CHECK(report(rock("return {}", "return {}")).empty());
  CHECK(report({{"share/lua/5.1/greet.lua", "return {}"}}).empty());
}

TEST_CASE("manifest-checksum: a file that was changed after it was staged", "[verify]") {
  CHECK(paths(bare_tree(rock("return 2", "return 1")), "manifest-checksum")
        == Paths{"share/lua/5.1/greet.lua"});
}

TEST_CASE("manifest-checksum: not for the file that was installed", "[verify]") {
  CHECK(paths(bare_tree(rock("return 1", "return 1")), "manifest-checksum").empty());
}

TEST_CASE("manifest-untracked: a file that is in none of the rocks", "[verify]") {
  auto members = rock("return 1", "return 1");
  members.push_back({"share/lua/5.1/zed.lua", "return {}"});
  CHECK(paths(bare_tree(members), "manifest-untracked") == Paths{"share/lua/5.1/zed.lua"});
}

TEST_CASE("manifest-untracked: not in an image, which has the rocks of others too", "[verify]") {
  auto members = rock("return 1", "return 1");
  for (auto& member : members)
    member.path = "usr/local/" + member.path;
  members.push_back({"usr/local/share/lua/5.1/zed.lua", "return {}"});
  CHECK(paths(image({members}), "manifest-untracked").empty());
  CHECK(paths(image({members}), "manifest-missing-file").empty());
}

TEST_CASE("not-judged: a manifest that cannot be read", "[verify]") {
  CHECK(paths(bare_tree(
                  {{"lib/luarocks/rocks-5.1/manifest", "os.exit()"}, {"share/lua/5.1/a.lua", ""}}),
              "not-judged")
            .size()
        == 3);
}

}  // namespace
}  // namespace rockstage::verify
