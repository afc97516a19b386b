#include "digest/digest.hpp"
#include "subject_bench.hpp"

#include <catch2/catch.hpp>

namespace rockstage::verify {
namespace {

using test::bare_tree;
using test::found;
using test::image;
using test::judge;
using test::paths;
using Paths = std::vector<std::string>;

Request requiring(std::vector<std::string> modules) {
  auto request = test::request();
  request.required_modules = std::move(modules);
  return request;
}

TEST_CASE("module-missing: on no search path, or under another version", "[verify]") {
  auto bench = bare_tree({{"share/lua/5.4/greet.lua", ""}, {"share/lua/5.1/x.lua", ""}});
  const auto findings = found(judge(bench, requiring({"greet", "a..b"})), "module-missing");
  REQUIRE(findings.size() == 2);
  CHECK(findings[1].message == "module 'greet' is on no search path of generic-luajit");
}

TEST_CASE("module-missing: there, but another rule says that it will not load", "[verify]") {
  auto request = requiring({"greet"});
  request.runtimes[0].worker_user = {"kong", 1000, 1000, true};
  auto bench = bare_tree({{"share/lua/5.1/greet.lua", "", 0600}});
  const auto findings = found(judge(bench, request), "module-missing");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].path == "share/lua/5.1/greet.lua");
  CHECK(std::get<std::string>(findings[0].evidence.at("rule")) == "file-mode");
}

TEST_CASE(
    "module-missing: not for a module, a package with init.lua, a native one, or what the runtime "
    "has",
    "[verify]") {
  auto request = requiring({"a", "b", "c.d", "ffi"});
  request.runtimes[0].builtin_modules = {"ffi"};
  CHECK(paths(bare_tree({{"share/lua/5.1/a.lua", "return {}"},
                         {"share/lua/5.1/b/init.lua", "return {}"},
                         {"share/lua/5.1/c/d.lua", "return {}"}}),
              "module-missing",
              request)
            .empty());
  CHECK(paths(image({{{"usr/local/share/lua/5.1/a.lua", "return {}"}}}),
              "module-missing",
              requiring({"a"}))
            .empty());
}

Request expecting(const std::string& path, const std::string& content) {
  auto request = test::request();
  request.expected = {{path, digest::hex(digest::Algorithm::sha256, content)}};
  return request;
}

TEST_CASE("artifact-mismatch: other bytes, and absent", "[verify]") {
  const auto request = expecting("share/lua/5.1/greet.lua", "return 1");
  CHECK(paths(image({{{"usr/local/share/lua/5.1/greet.lua", "return 2"}}}),
              "artifact-mismatch",
              request)
        == Paths{"usr/local/share/lua/5.1/greet.lua"});
  CHECK(paths(image({{{"a", "a"}}}), "artifact-mismatch", request)
        == Paths{"share/lua/5.1/greet.lua"});
  CHECK(paths(bare_tree({{"share/lua/5.1/greet.lua", "return 2"}}), "artifact-mismatch", request)
            .size()
        == 1);
}

TEST_CASE("artifact-mismatch: not for equal bytes, nor for metadata that images do without",
          "[verify]") {
  CHECK(paths(image({{{"usr/local/share/lua/5.1/greet.lua", "return 1"}}}),
              "artifact-mismatch",
              expecting("share/lua/5.1/greet.lua", "return 1"))
            .empty());
  CHECK(paths(image({{{"a", "a"}}}),
              "artifact-mismatch",
              expecting("lib/luarocks/rocks-5.1/manifest", "x"))
            .empty());
}

}  // namespace
}  // namespace rockstage::verify
