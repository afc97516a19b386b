#include "digest/digest.hpp"
#include "rock/manifest.hpp"
#include "sys/files.hpp"
#include "workshop.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <algorithm>

namespace rockstage::stage::test {
namespace {

/// The rock of LuaRocks' documents: a command, two Lua modules, a native one.
const RockParts kGreet = {.name = "greet",
                          .version = "1.0-1",
                          .files = {{"bin/say-hi", "print('hi')\n"},
                                    {"lib/greet/core.so", "native"},
                                    {"lua/greet.lua", "return {}\n"},
                                    {"lua/greet/lang/init.lua", "return \"en\"\n"},
                                    {"doc/LICENSE", "MIT"}},
                          .dependencies = {"lua ~> 5.1"}};

constexpr const char* kGreetManifest = R"(commands = {
   ["say-hi"] = {
      "greet/1.0-1"
   }
}
dependencies = {
   greet = {
      ["1.0-1"] = {
         {
            constraints = {
               {
                  op = "~>",
                  version = {
                     5, 1, string = "5.1"
                  }
               }
            },
            name = "lua"
         }
      }
   }
}
modules = {
   greet = {
      "greet/1.0-1"
   },
   ["greet.core"] = {
      "greet/1.0-1"
   },
   ["greet.lang.init"] = {
      "greet/1.0-1"
   }
}
repository = {
   greet = {
      ["1.0-1"] = {
         {
            arch = "installed",
            commands = {
               ["say-hi"] = "say-hi"
            },
            dependencies = {},
            modules = {
               greet = "greet.lua",
               ["greet.core"] = "greet/core.so",
               ["greet.lang.init"] = "greet/lang/init.lua"
            }
         }
      }
   }
}
)";

RockParts lua_rock(const std::string& name, const std::string& version) {
  return {.name = name, .version = version, .files = {{"lua/" + name + ".lua", version}}};
}

rock::RockManifest rock_manifest(const Workshop& shop, const std::string& rock_dir) {
  const auto manifest =
      rock::parse_rock_manifest(get(shop.in_tree(rock_dir + "/rock_manifest")), "rock_manifest");
  REQUIRE(manifest);
  return *manifest;
}

}  // namespace

TEST_CASE("stage: a rock lies in the tree as LuaRocks would leave it", "[stage]") {
  Workshop shop;
  shop.deploy(kGreet);

  const std::string rock = "lib/luarocks/rocks-5.1/greet/1.0-1/";
  CHECK(files_below(shop.tree())
        == std::vector<std::string>{"bin/say-hi",
                                    "lib/lua/5.1/greet/core.so",
                                    rock + "bin/say-hi",
                                    rock + "doc/LICENSE",
                                    rock + "greet-1.0-1.rockspec",
                                    rock + "rock_manifest",
                                    rock + "rockstage.json",
                                    "lib/luarocks/rocks-5.1/manifest",
                                    "share/lua/5.1/greet.lua",
                                    "share/lua/5.1/greet/lang/init.lua"});
  CHECK(get(shop.in_tree("lib/luarocks/rocks-5.1/manifest")) == kGreetManifest);
  CHECK(leftovers(shop.tree()).empty());
}

TEST_CASE("stage: rock_manifest holds the MD5 of every file, those of lua/ and lib/ too",
          "[stage]") {
  Workshop shop;
  shop.deploy(kGreet);

  const std::string rock_dir = "lib/luarocks/rocks-5.1/greet/1.0-1";
  const auto manifest = rock_manifest(shop, rock_dir);
  CHECK(manifest.size() == 7);
  CHECK(manifest.at("lua/greet.lua") == "f0849714d8b0e64ca9586a3a5612e718");
  CHECK(manifest.at("lua/greet/lang/init.lua") == "4df7131d5f7ecd46ff19e2a47abad5e7");
  CHECK(manifest.at("rockstage.json") == digest::hex(digest::Algorithm::md5, "{}\n"));
  CHECK(manifest.at("bin/say-hi") == digest::hex(digest::Algorithm::md5, "print('hi')\n"));
}

TEST_CASE("stage: directories are 755 and files 644 or 755, whatever the umask", "[stage]") {
  Workshop shop;
  const auto before = ::umask(077);
  shop.deploy(kGreet);
  ::umask(before);

  CHECK(sys::status(shop.tree())->mode == 0755);
  const auto entries = sys::walk(shop.tree());
  REQUIRE(entries);
  for (const auto& entry : *entries) {
    INFO(entry.path);
    const bool exec = entry.status.kind == sys::FileKind::directory
                      || entry.path.ends_with("say-hi") || entry.path.ends_with(".so");
    CHECK(entry.status.mode == (exec ? 0755U : 0644U));
  }
}

TEST_CASE("stage: a Lua script gets a wrapper, any other command a copy", "[stage]") {
  Workshop shop;
  RockParts rock = {.name = "tools",
                    .version = "1.0-1",
                    .files = {{"bin/script", "print(1)\n"}, {"bin/program", "#!/bin/sh\necho\n"}}};
  shop.deploy(rock);
  CHECK(get(shop.in_tree("bin/script")).find("rocks-5.1/tools/1.0-1/bin/script")
        != std::string::npos);
  CHECK(get(shop.in_tree("bin/script")).find(shop.place()) == std::string::npos);
  CHECK(get(shop.in_tree("bin/program")) == "#!/bin/sh\necho\n");

  rock.wrap_bin_scripts = false;
  shop.deploy(rock);
  CHECK(get(shop.in_tree("bin/script")) == "print(1)\n");
  CHECK(sys::status(shop.in_tree("bin/script"))->mode == 0755);
}

TEST_CASE("stage: what was staged is told with its place, mode, sha256 and class", "[stage]") {
  Workshop shop;
  const auto staged = shop.deploy(kGreet);
  REQUIRE(staged.size() == 1);
  const auto& rock = staged[0];
  CHECK(rock.name == "greet");
  CHECK(rock.version == "1.0-1");
  CHECK(rock.lua == "luajit");
  CHECK(rock.modules.at("greet.core") == "lib/lua/5.1/greet/core.so");
  CHECK(rock.modules.at("greet.lang.init") == "share/lua/5.1/greet/lang/init.lua");

  std::map<std::string, std::string> classes;
  for (const auto& file : rock.files) {
    classes[file.path] = build::to_string(file.file_class);
    const auto text = get(shop.in_tree(file.path));
    CHECK(file.sha256 == digest::hex(digest::Algorithm::sha256, text));
    CHECK(file.size == text.size());
    CHECK(file.mode == sys::status(shop.in_tree(file.path))->mode);
  }
  const std::string rock_dir = "lib/luarocks/rocks-5.1/greet/1.0-1/";
  CHECK(classes
        == std::map<std::string, std::string>{{"bin/say-hi", "script"},
                                              {"lib/lua/5.1/greet/core.so", "native-module"},
                                              {rock_dir + "bin/say-hi", "script"},
                                              {rock_dir + "doc/LICENSE", "licence"},
                                              {rock_dir + "greet-1.0-1.rockspec", "metadata"},
                                              {rock_dir + "rock_manifest", "metadata"},
                                              {rock_dir + "rockstage.json", "metadata"},
                                              {"share/lua/5.1/greet.lua", "lua-module"},
                                              {"share/lua/5.1/greet/lang/init.lua", "lua-module"}});
  CHECK(std::ranges::is_sorted(rock.files, {}, &StagedFile::path));
}

TEST_CASE("stage: the same version staged again replaces itself, files that it lost are gone",
          "[stage]") {
  Workshop shop;
  shop.deploy({.name = "a",
               .version = "1.0-1",
               .files = {{"lua/a.lua", "old"}, {"lua/a/deep/gone.lua", ""}, {"doc/x.md", ""}}});
  shop.deploy({.name = "a", .version = "1.0-1", .files = {{"lua/a.lua", "new"}}});
  CHECK(get(shop.in_tree("share/lua/5.1/a.lua")) == "new");
  CHECK_FALSE(sys::exists(shop.in_tree("share/lua/5.1/a")));
  CHECK_FALSE(sys::exists(shop.in_tree("lib/luarocks/rocks-5.1/a/1.0-1/doc")));
}

TEST_CASE("stage: other versions of the rock are removed", "[stage]") {
  Workshop shop;
  shop.deploy(lua_rock("a", "1.0-1"));
  shop.deploy(lua_rock("a", "2.0-1"));
  CHECK(files_below(shop.in_tree("share")) == std::vector<std::string>{"lua/5.1/a.lua"});
  CHECK(get(shop.in_tree("share/lua/5.1/a.lua")) == "2.0-1");
  CHECK_FALSE(sys::exists(shop.in_tree("lib/luarocks/rocks-5.1/a/1.0-1")));
}

TEST_CASE("stage: with keep the newest version owns the module, the others have versioned names",
          "[stage]") {
  Workshop shop;
  shop.deploy(lua_rock("a", "0.9.0-1"));
  shop.deploy(lua_rock("a", "0.10.0-1"), OtherVersions::keep);
  shop.deploy(lua_rock("a", "0.8-1"), OtherVersions::keep);
  CHECK(get(shop.in_tree("share/lua/5.1/a.lua")) == "0.10.0-1");
  CHECK(get(shop.in_tree("share/lua/5.1/a_0_9_0_1-a.lua")) == "0.9.0-1");
  CHECK(get(shop.in_tree("share/lua/5.1/a_0_8_1-a.lua")) == "0.8-1");

  shop.remove("a", "0.10.0-1");
  CHECK(files_below(shop.in_tree("share/lua/5.1"))
        == std::vector<std::string>{"a.lua", "a_0_8_1-a.lua"});
  CHECK(get(shop.in_tree("share/lua/5.1/a.lua")) == "0.9.0-1");
}

TEST_CASE("stage: another version that an installed rock needs stays, with a warning", "[stage]") {
  Workshop shop;
  shop.deploy(lua_rock("words", "1.0-1"));
  auto user = lua_rock("user", "1.0-1");
  user.dependencies = {"words == 1.0"};
  shop.deploy(user);
  shop.deploy(lua_rock("words", "2.0-1"));
  CHECK(sys::exists(shop.in_tree("lib/luarocks/rocks-5.1/words/1.0-1")));
  CHECK(shop.said(Level::warning, "words 1.0-1"));
  CHECK(get(shop.in_tree("share/lua/5.1/words.lua")) == "2.0-1");
}

TEST_CASE("stage: the manifest knows installed dependencies, transitively", "[stage]") {
  Workshop shop;
  auto top = lua_rock("top", "1.0-1");
  top.dependencies = {"mid >= 1.0"};
  auto mid = lua_rock("mid", "1.1-1");
  mid.dependencies = {"low"};
  shop.deploy({top, mid, lua_rock("low", "3.0-2")});
  const auto manifest =
      rock::parse_manifest(get(shop.in_tree("lib/luarocks/rocks-5.1/manifest")), "manifest");
  REQUIRE(manifest);
  CHECK(manifest->repository.at("top").at("1.0-1").dependencies
        == std::map<std::string, std::string>{{"low", "3.0-2"}, {"mid", "1.1-1"}});
}

TEST_CASE("stage: a rock for LuaJIT and for Lua 5.4 in one tree, each with its manifest",
          "[stage]") {
  Workshop shop;
  auto five_four = kGreet;
  five_four.lua = lua::Lua::lua54;
  shop.deploy({kGreet, five_four});
  CHECK(sys::exists(shop.in_tree("share/lua/5.4/greet.lua")));
  CHECK(sys::exists(shop.in_tree("lib/luarocks/rocks-5.4/manifest")));
  CHECK(files_below(shop.in_tree("bin")) == std::vector<std::string>{"say-hi"});

  SECTION("the command stays as long as one of them is there") {
    shop.deploy(kGreet);
    const auto all = stage::list(shop.tree(), shop.diagnostics);
    REQUIRE(all);
    CHECK(all->size() == 2);
    CHECK(files_below(shop.in_tree("bin")) == std::vector<std::string>{"say-hi"});
  }
  SECTION("it runs the other's when the first Lua's rock goes") {
    const auto wrapper = get(shop.in_tree("bin/say-hi"));
    CHECK(wrapper.find("rocks-5.1") != std::string::npos);
    auto next = kGreet;
    next.files.erase("bin/say-hi");
    shop.deploy(next);
    const auto now = get(shop.in_tree("bin/say-hi"));
    CHECK(now.find("rocks-5.4/greet/1.0-1/bin/say-hi") != std::string::npos);
    CHECK(sys::status(shop.in_tree("bin/say-hi"))->mode == 0755);
  }
  SECTION("both go when the rock is removed") {
    shop.remove("greet");
    CHECK_FALSE(sys::exists(shop.in_tree("bin")));
    CHECK_FALSE(sys::exists(shop.in_tree("share")));
  }
}

TEST_CASE("stage: a tree without a manifest, or with a broken one, gets it rebuilt from its rocks",
          "[stage]") {
  Workshop shop;
  shop.deploy(kGreet);
  const auto manifest = shop.in_tree("lib/luarocks/rocks-5.1/manifest");

  SECTION("missing") {
    REQUIRE(sys::remove_file(manifest));
    shop.deploy(lua_rock("other", "1.0-1"));
    CHECK(shop.said(Level::note, "manifest"));
  }
  SECTION("broken") {
    put(manifest, "repository = os.exit()\n");
    shop.deploy(lua_rock("other", "1.0-1"));
    CHECK(shop.said(Level::warning, "manifest"));
  }
  shop.remove("other");
  CHECK(get(manifest) == kGreetManifest);
}

TEST_CASE("stage: post_install runs in the rock's directory of the new tree", "[stage]") {
  Workshop shop;
  auto rock = lua_rock("hooked", "1.0-1");
  rock.post_install = "pwd >where; echo '{rock}' >>where";
  shop.deploy(rock);
  const auto where = get(shop.in_tree("lib/luarocks/rocks-5.1/hooked/1.0-1/where"));
  CHECK(where.find("/hooked/1.0-1\n") != std::string::npos);
  CHECK(where.find("{rock}") == std::string::npos);
  CHECK(sys::status(shop.in_tree("lib/luarocks/rocks-5.1/hooked/1.0-1/where"))->mode == 0644);
}

TEST_CASE("stage: a failed post_install is a failed build, the tree stays as it was", "[stage]") {
  Workshop shop;
  shop.deploy(kGreet);
  const auto before = snapshot(shop.tree());
  auto rock = lua_rock("hooked", "1.0-1");
  rock.post_install = "echo changed >>../../../../../share/lua/5.1/greet.lua; exit 3";
  const auto staged = shop.try_deploy(rock);
  REQUIRE_FALSE(staged);
  CHECK(staged.error().code == Errc::subprocess);
  CHECK(staged.error().message.find("hooked") != std::string::npos);
  CHECK(snapshot(shop.tree()) == before);
  CHECK(leftovers(shop.tree()).empty());
}

}  // namespace rockstage::stage::test
