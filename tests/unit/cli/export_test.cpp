#include "digest/digest.hpp"
#include "support/cli/cli_run.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <map>

// `export`: a test for each option, named after it, and for each bad input.

using namespace rockstage;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Strings = std::vector<std::string>;

/// A tree with the rock `zed`, of one Lua file, and one program.
struct World {
  sys::TempDir dir = test::temp_dir();
  std::string root = sys::absolute(dir.path());
  std::string tree = root + "/tree";
  test::CliRun run{root};

  World() {
    test::put(tree + "/share/lua/5.1/zed.lua", "return 1\n", 0600);
    add_rock("zed", "5.1");
  }

  [[nodiscard]] std::string rock_file(const std::string& name,
                                      const std::string& v,
                                      const std::string& file) const {
    return tree + "/lib/luarocks/rocks-" + v + "/" + name + "/1.0-1/" + file;
  }

  /// Metadata of a rock that has `zed.lua`.
  void add_rock(const std::string& name, const std::string& v) const {
    const std::string spec = "package = '" + name
                             + "'\nversion = '1.0-1'\nsource = { url = 'git://x' }\n"
                               "build = { type = 'builtin', modules = { zed = 'zed.lua' } }\n";
    const auto md5 = [](const std::string& text) {
      return digest::hex(digest::Algorithm::md5, text);
    };
    test::put(rock_file(name, v, name + "-1.0-1.rockspec"), spec);
    test::put(rock_file(name, v, "rock_manifest"),
              "rock_manifest = {\n   lua = {\n      [\"zed.lua\"] = \"" + md5("return 1\n")
                  + "\"\n   },\n   [\"" + name + "-1.0-1.rockspec\"] = \"" + md5(spec) + "\"\n}\n");
  }

  [[nodiscard]] std::string out(const std::string& name) const { return root + "/out/" + name; }

  [[nodiscard]] test::CliResult exported(const std::string& name, Strings more = {}) const {
    REQUIRE(sys::make_directories(root + "/out"));
    Strings args = {"--json", "export", tree, "--output=" + out(name)};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }

  [[nodiscard]] std::string error(const std::string& name, Strings more, int exit) const {
    const auto result = exported(name, std::move(more));
    CHECK(result.exit == exit);
    CHECK(result.json()["data"].is_null());
    const auto record = result.json();
    for (const auto& item : record["diagnostics"])
      if (item["level"] == "error") return item["message"];
    return {};
  }
};

/// Every message.
std::string said(const test::CliResult& result) {
  const auto record = result.json();
  std::string out;
  for (const auto& item : record["diagnostics"])
    out += item["message"].get<std::string>() + "\n";
  return out;
}

/// Names of members of a tar without extended headers.
Strings names(const std::string& tar) {
  Strings out;
  for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
    out.emplace_back(tar.c_str() + at);
    const auto size = std::stoull(tar.substr(at + 124, 11), nullptr, 8);
    at += 512 + (size + 511) / 512 * 512;
  }
  return out;
}

const Strings kPlainNames = {"share/", "share/lua/", "share/lua/5.1/", "share/lua/5.1/zed.lua"};

TEST_CASE("export --output: FILE is written, and its checksum", "[cli]") {
  const World world;
  const auto result = world.exported("z.tar");
  REQUIRE(result.exit == 0);
  const auto tar = test::get(world.out("z.tar"));
  const auto sha256 = digest::hex(digest::Algorithm::sha256, tar);
  CHECK(names(tar) == kPlainNames);
  CHECK(test::get(world.out("z.tar.sha256")) == sha256 + "  z.tar\n");
  CHECK(result.data()
        == nlohmann::json{{"file", world.out("z.tar")},
                          {"sha256", sha256},
                          {"tar_sha256", sha256},
                          {"bytes", tar.size()},
                          {"entries", 4}});
  CHECK(*sys::list_directory(world.root + "/out") == Strings{"z.tar", "z.tar.sha256"});
}

TEST_CASE("export --format: the form, which else follows the suffix", "[cli]") {
  const World world;
  const auto tar = world.exported("z.tar").data()["sha256"];
  for (const auto* name : {"z.tar.gz", "z.tar.zst", "z.tar.xz", "z.tgz", "z.txz", "z.tzst"})
    CHECK(world.exported(name).data()["tar_sha256"] == tar);
  CHECK(test::get(world.out("z.tgz")) == test::get(world.out("z.tar.gz")));
  CHECK(world.exported("z.zip").data()["tar_sha256"].is_null());
  CHECK_THAT(test::get(world.out("z.zip")), StartsWith("PK"));
  CHECK(world.exported("z.bin", {"--format=tar"}).data()["sha256"] == tar);
  CHECK_THAT(world.error("z.bin2", {}, 2), Contains("says nothing of the form of the archive"));
  CHECK_THAT(world.error("z", {"--format=tar.zstd"}, 2), Contains("did you mean 'tar.zst'?"));
}

TEST_CASE("export --output: DIR/ chooses the name", "[cli]") {
  World world;
  CHECK(world.exported("").data()["file"] == world.out("zed-1.0-1-5.1.tar.zst"));
  CHECK(world.exported("new/", {"--format=zip"}).data()["file"]
        == world.out("new/zed-1.0-1-5.1.zip"));
  CHECK(world.exported("", {"--format=rock"}).data()["file"] == world.out("zed-1.0-1.all.rock"));
  test::put(world.rock_file("zed", "5.1", "rockstage.json"),
            R"({"lua": "luajit", "target": "x86_64-unknown-linux-gnu"})");
  CHECK(world.exported("").data()["file"]
        == world.out("zed-1.0-1-luajit-x86_64-unknown-linux-gnu.tar.zst"));
}

TEST_CASE("export --output: - is standard output, and nothing else is written", "[cli]") {
  const World world;
  REQUIRE(world.exported("z.tar").exit == 0);
  const auto result = world.run({"export", world.tree, "--output=-", "--format=tar"});
  CHECK(result.exit == 0);
  CHECK((result.out == test::get(world.out("z.tar"))));
  CHECK(world.run({"export", world.tree, "--output=-"}).exit == 2);
  CHECK(world.run({"--json", "export", world.tree, "--output=-", "--format=tar"}).exit == 2);
}

TEST_CASE("export --prefix: every member lies below it", "[cli]") {
  const World world;
  for (const auto* prefix : {"usr/local", "/usr/local/"}) {
    REQUIRE(world.exported("p.tar", {std::string("--prefix=") + prefix, "--force"}).exit == 0);
    CHECK(names(test::get(world.out("p.tar"))).front() == "usr/local/share/");
  }
  CHECK(world.error("q.tar", {"--prefix=../x"}, 2).find("--prefix") == 0);
  CHECK_THAT(world.error("q.rock", {"--prefix=x"}, 2), StartsWith("--prefix is not for a .rock"));
}

TEST_CASE("export --with-metadata: lib/luarocks is exported, too", "[cli]") {
  const World world;
  REQUIRE(world.exported("m.tar", {"--with-metadata"}).exit == 0);
  const auto found = names(test::get(world.out("m.tar")));
  CHECK(found.front() == "lib/");
  CHECK(found[4] == "lib/luarocks/rocks-5.1/zed/1.0-1/");
  CHECK(found.size() == 11);
}

TEST_CASE("export: a command whose original is left out is warned of", "[cli]") {
  const World world;
  test::put(world.tree + "/bin/run", "#!/bin/sh\n", 0755);
  test::put(world.rock_file("zed", "5.1", "bin/run"), "print(1)\n", 0755);
  const auto result = world.exported("z.tar");
  CHECK(result.exit == 0);
  CHECK_THAT(said(result), Contains("the command bin/run will not run"));
  CHECK_THAT(said(world.exported("m.tar", {"--with-metadata"})), !Contains("will not run"));
}

TEST_CASE("export --rock: chooses among several rocks", "[cli]") {
  const World world;
  world.add_rock("yam", "5.1");
  CHECK_THAT(world.error("", {}, 2), Contains("has 2 rocks: yam, zed"));
  CHECK(world.exported("", {"--rock=Zed"}).data()["file"] == world.out("zed-1.0-1-5.1.tar.zst"));
  CHECK(world.exported("", {"--format=rock", "--rock=yam"}).data()["file"]
        == world.out("yam-1.0-1.all.rock"));
  CHECK_THAT(world.error("", {"--rock=yan"}, 1), Contains("did you mean 'yam'?"));
  CHECK_THAT(world.error("z.tar", {"--rock=zed"}, 2), StartsWith("--rock is for a .rock"));
  CHECK(world.exported("z.tar").exit == 0);
}

TEST_CASE("export --lua: and --lua-version, choose among several Luas", "[cli]") {
  const World world;
  test::put(world.tree + "/share/lua/5.4/zed.lua", "return 1\n");
  world.add_rock("zed", "5.4");
  CHECK_THAT(world.error("", {}, 2), Contains("has zed for Lua 5.1 and 5.4"));
  CHECK(world.exported("", {"--lua=5.4"}).data()["file"] == world.out("zed-1.0-1-5.4.tar.zst"));
  CHECK(world.exported("", {"--lua-version=luajit"}).data()["file"]
        == world.out("zed-1.0-1-5.1.tar.zst"));
  CHECK_THAT(world.error("", {"--lua=5.3"}, 1), Contains("has no rock for Lua 5.3"));
  CHECK(world.error("", {"--lua=9"}, 2) != "");
}

TEST_CASE("export --sbom: a bill of materials and the provenance lie beside it", "[cli]") {
  const World world;
  const auto result = world.exported("z.zip", {"--sbom=cyclonedx", "--with-metadata"});
  REQUIRE(result.exit == 0);
  CHECK(*sys::list_directory(world.root + "/out")
        == Strings{"z.zip", "z.zip.cdx.json", "z.zip.provenance.json", "z.zip.sha256"});
  const auto bill = nlohmann::json::parse(test::get(world.out("z.zip.cdx.json")));
  CHECK(bill["metadata"]["component"]["hashes"][0]["content"] == result.data()["sha256"]);
  std::map<std::string, std::string> hashes;
  for (const auto& component : bill["components"])
    if (component["type"] == "file") hashes[component["name"]] = component["hashes"][0]["content"];
  CHECK(hashes.size() == 3);
  CHECK(hashes["share/lua/5.1/zed.lua"] == digest::hex(digest::Algorithm::sha256, "return 1\n"));
  const auto statement = nlohmann::json::parse(test::get(world.out("z.zip.provenance.json")));
  CHECK(statement["subject"][0]["digest"]["sha256"] == result.data()["sha256"]);

  CHECK_THAT(world.error("x.tar", {"--sbom=spdx"}, 2), Contains("--sbom takes cyclonedx"));
  CHECK_THAT(
      world.error("../../../../../../../../dev/null", {"--format=tar", "--sbom=cyclonedx"}, 2),
      Contains("is a device or a FIFO"));
  test::put(world.out("y.tar.cdx.json"), "old");
  CHECK_THAT(world.error("y.tar", {"--sbom=cyclonedx"}, 1), Contains("/y.tar.cdx.json' is there"));
}

TEST_CASE("export --force: overwrites", "[cli]") {
  const World world;
  test::put(world.out("z.tar"), "old");
  CHECK_THAT(world.error("z.tar", {}, 1), Contains("/z.tar' is there already"));
  CHECK(test::get(world.out("z.tar")) == "old");
  CHECK(world.exported("z.tar", {"--force"}).exit == 0);
  CHECK(names(test::get(world.out("z.tar"))) == kPlainNames);
  test::put(world.out("y.tar.sha256"), "old");
  CHECK_THAT(world.error("y.tar", {}, 1), Contains("/y.tar.sha256' is there already"));
  CHECK_FALSE(sys::exists(world.out("y.tar")));
}

TEST_CASE("export: SOURCE_DATE_EPOCH is the time of every member", "[cli]") {
  World world;
  world.run.environment.set("SOURCE_DATE_EPOCH", "1700000000");
  REQUIRE(world.exported("z.tar").exit == 0);
  CHECK(test::get(world.out("z.tar")).substr(136, 11) == "14524770400");
  for (const auto* bad : {"now", "-1", "1e9", "99999999999", " 1"}) {
    world.run.environment.set("SOURCE_DATE_EPOCH", bad);
    CHECK_THAT(world.error("y.tar", {}, 2), StartsWith("SOURCE_DATE_EPOCH is"));
  }
  world.run.environment.set("SOURCE_DATE_EPOCH", "");
  REQUIRE(world.exported("e.tar").exit == 0);
  CHECK(test::get(world.out("e.tar")).substr(136, 11) == "00000000000");
}

TEST_CASE("export: modes and times of the tree do not matter", "[cli]") {
  const World world;
  const auto before = world.exported("a.tar").data()["sha256"];
  const auto file = world.tree + "/share/lua/5.1/zed.lua";
  REQUIRE(sys::set_mode(file, 0666));
  REQUIRE(sys::set_mode(world.tree + "/share", 0700));
  REQUIRE(sys::set_mtime(file, 1'000'000'000));
  CHECK(world.exported("b.tar").data()["sha256"] == before);
}

TEST_CASE("export: a tree without metadata is exported under a name that is given", "[cli]") {
  const World world;
  REQUIRE(sys::remove_all(world.tree + "/lib"));
  CHECK(world.exported("z.tar").exit == 0);
  CHECK_THAT(world.error("", {}, 4), Contains("has no rock metadata"));
  CHECK_THAT(world.error("z.rock", {}, 4), Contains("has no rock metadata"));
}

TEST_CASE("export: a tree with nothing to export is refused", "[cli]") {
  const World world;
  REQUIRE(sys::remove_all(world.tree + "/share"));
  CHECK_THAT(world.error("z.tar", {}, 4), Contains("there is nothing to export"));
  CHECK(world.exported("z.tar", {"--with-metadata"}).exit == 0);
}

TEST_CASE("export: what cannot be a tree is refused", "[cli]") {
  const World world;
  REQUIRE(sys::make_directories(world.root + "/out"));
  const auto code = [&world](const std::string& tree) {
    return world.run({"export", tree, "--output=" + world.out("z.tar")}).exit;
  };
  CHECK(code(world.root + "/nothing") == 1);
  CHECK(code(world.tree + "/share/lua/5.1/zed.lua") == 4);
  CHECK(world.run({"export"}).exit == 2);
  CHECK(world.run({"export", world.tree}).exit == 2);
  CHECK(sys::list_directory(world.root + "/out")->empty());
}

TEST_CASE("export: a FIFO is refused, and named", "[cli]") {
  const World world;
  REQUIRE(::mkfifo((world.tree + "/share/pipe").c_str(), 0600) == 0);
  CHECK_THAT(world.error("z.tar", {}, 4), Contains("/share/pipe' is a socket, a device or a FIFO"));
  CHECK(sys::list_directory(world.root + "/out")->empty());
}

TEST_CASE("export: an archive in its own tree is refused", "[cli]") {
  const World world;
  const auto result = world.run({"export", world.tree, "--output=" + world.tree + "/share/z.tar"});
  CHECK(result.exit == 2);
  CHECK_THAT(result.err, Contains("lies in the tree that is exported"));
}

TEST_CASE("export: a file that its rock's manifest does not know as it is makes no .rock",
          "[cli]") {
  const World world;
  test::put(world.tree + "/share/lua/5.1/zed.lua", "return 2\n");
  CHECK_THAT(world.error("", {"--format=rock"}, 4), Contains("/share/lua/5.1/zed.lua' is not as"));
  REQUIRE(sys::remove_file(world.tree + "/share/lua/5.1/zed.lua"));
  CHECK_THAT(world.error("", {"--format=rock"}, 4), Contains("/share/lua/5.1/zed.lua' is not as"));
}

TEST_CASE("export: a .rock under a name that LuaRocks does not take is noted", "[cli]") {
  const World world;
  CHECK_THAT(said(world.exported("z.rock")), Contains("under the name zed-1.0-1.all.rock only"));
  CHECK_THAT(said(world.exported("zed-1.0-1.all.rock")), !Contains("under the name"));
}

TEST_CASE("export: a device is written to, without files beside it", "[cli]") {
  const World world;
  CHECK(world.run({"export", world.tree, "--output=/dev/null", "--format=tar"}).exit == 0);
  CHECK_FALSE(sys::exists("/dev/null.sha256"));
}

}  // namespace
