#include "subject_bench.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::bare_tree;
using test::directory;
using test::found;
using test::image;
using test::judge;
using test::link;
using test::Member;
using test::paths;
using Paths = std::vector<std::string>;

TEST_CASE("unexpected-file: says what it is, an error with --strict", "[verify]") {
  auto bench = bare_tree({{"lib/lua/5.1/a.o", "x"},
                          {"share/lua/5.1/a.lua", "return {}"},
                          {"share/lua/5.1/a.c", "int x;"},
                          {"share/lua/5.1/b.lua~", "x"}});
  auto request = test::request();
  const auto findings = found(judge(bench, request), "unexpected-file");
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].message == "'lib/lua/5.1/a.o' is an object file");
  CHECK(findings[1].message == "'share/lua/5.1/a.c' is C source code");
  CHECK(findings[0].severity == Severity::warning);
  request.strict = true;
  CHECK(found(judge(bench, request), "unexpected-file").at(0).severity == Severity::error);
}

TEST_CASE(
    "unexpected-file: not metadata, licences, documents of a rock, wrappers, nor anything in an "
    "image",
    "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", "return {}"},
                         {"lib/luarocks/rocks-5.1/manifest", "repository = {}"},
                         {"lib/luarocks/rocks-5.1/a/1-1/a-1-1.rockspec", "x"},
                         {"lib/luarocks/rocks-5.1/a/1-1/rock_manifest", "rock_manifest = {}"},
                         {"lib/luarocks/rocks-5.1/a/1-1/rockstage.json", "{}"},
                         {"lib/luarocks/rocks-5.1/a/1-1/doc/README.md", "x"},
                         {"lib/luarocks/rocks-5.1/a/1-1/LICENSE-MIT", "x"},
                         {"bin/a", "#!/bin/sh\n"}}),
              "unexpected-file")
            .empty());
  CHECK(paths(image({{{"usr/local/lib/lua/5.1/a.o", "x"}}}), "unexpected-file").empty());
}

TEST_CASE("builder-path: in Lua text and wrappers", "[verify]") {
  const std::string leak =
      "-- /home/runner/.cargo/registry/src/x\n-- /home/runner/.cargo/registry/src/y\n";
  auto bench =
      bare_tree({{"share/lua/5.1/a.lua", leak}, {"bin/a", "#!/bin/sh\nexec /root/.cargo/bin/x\n"}});
  const auto findings = found(judge(bench), "builder-path");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].path == "bin/a");
  CHECK(findings[1].message.find("/home/runner/.cargo/registry/src/x (2 paths")
        != std::string::npos);
}

TEST_CASE("builder-path: not what std carries, nor files that are no part of a tree", "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua",
                          "-- /rustc/0123456789012345678901234567890123456789/library/x\n"}}),
              "builder-path")
            .empty());
  CHECK(paths(image({{{"etc/motd", "/root/.cargo/registry/x\n"}}}), "builder-path").empty());
}

TEST_CASE("case-collision: files and directories", "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.1/Greet.lua", "return {}"},
                         {"share/lua/5.1/greet.lua", "return {}"},
                         {"share/lua/5.1/A/x.lua", "return {}"},
                         {"share/lua/5.1/a/x.lua", "return {}"},
                         {"share/lua/5.1/UP.lua", ""},
                         {"share/lua/5.1/Up.lua", ""}}),
              "case-collision")
        == Paths{"share/lua/5.1/A", "share/lua/5.1/Greet.lua", "share/lua/5.1/Up.lua"});
}

TEST_CASE("case-collision: not in different directories, nor outside Lua's in an image",
          "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.1/a/Greet.lua", ""}, {"share/lua/5.1/b/greet.lua", ""}}),
              "case-collision")
            .empty());
  CHECK(paths(image({{{"usr/include/xt_MARK.h", ""}, {"usr/include/xt_mark.h", ""}}}),
              "case-collision")
            .empty());
}

TEST_CASE("file-mode: what others cannot read or search, setuid, writable by all", "[verify]") {
  auto bench = bare_tree({{"share/lua/5.1/a.lua", "", 0600},
                          directory("share/lua/5.1/d", 0700),
                          {"share/lua/5.1/d/x.lua", ""},
                          {"share/lua/5.1/s.lua", "", 04755},
                          {"share/lua/5.1/w.lua", "", 0666}});
  auto request = test::request();
  const auto findings = found(judge(bench, request), "file-mode");
  REQUIRE(findings.size() == 4);
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].message == "'share/lua/5.1/a.lua' (0600) cannot be read by others");
  request.runtimes[0].worker_user = {"kong", 1000, 1000, true};
  const auto known = found(judge(bench, request), "file-mode");
  CHECK(known[0].severity == Severity::error);
  CHECK(known[0].message
        == "'share/lua/5.1/a.lua' (0600) cannot be read by the worker's user kong");
}

TEST_CASE("file-mode: not for the owner, root, a sticky directory, or files outside Lua's",
          "[verify]") {
  auto request = test::request();
  request.runtimes[0].worker_user = {"kong", 1000, 1000, true};
  Member own{"usr/local/share/lua/5.1/a.lua", "", 0600, tree::EntryKind::file, {}, 1000, 0};
  CHECK(paths(image({{own, directory("tmp", 01777), {"tmp/x", "", 0600}}}), "file-mode", request)
            .empty());
  request.runtimes[0].worker_user = {"root", 0, 0, true};
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", "", 0600}}), "file-mode", request).empty());
}

TEST_CASE("wrong-version-directory: a module below another version", "[verify]") {
  CHECK(paths(bare_tree({{"share/lua/5.4/greet.lua", ""},
                         {"lib/lua/5.4/greet/core.so", ""},
                         {"share/lua/5.1/x.lua", ""}}),
              "wrong-version-directory")
        == Paths{"lib/lua/5.4/greet"});
}

TEST_CASE(
    "wrong-version-directory: not for a tree that has both versions, nor one judged without demand",
    "[verify]") {
  auto both = bare_tree({{"share/lua/5.1/greet.lua", ""}, {"share/lua/5.4/greet.lua", ""}});
  CHECK(paths(both, "wrong-version-directory").empty());
  auto request = test::request();
  request.runtimes.clear();
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", ""}, {"share/lua/5.4/b.lua", ""}}),
              "wrong-version-directory",
              request)
            .empty());
}

}  // namespace
}  // namespace rockstage::verify
