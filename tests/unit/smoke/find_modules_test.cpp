#include "smoke/smoke.hpp"
#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using Catch::Matchers::Contains;
using Kind = smoke::Module::Kind;

namespace {

struct Tree {
  sys::TempDir dir = test::temp_dir();

  void lua(const std::string& path, const std::string& text = "return {}\n") const {
    test::put(dir.path() + "/share/lua/5.1/" + path, text);
  }

  void so(const std::string& path, const test::ElfSpec& spec) const {
    test::put(dir.path() + "/lib/lua/5.1/" + path, test::build_elf(spec));
  }

  [[nodiscard]] std::vector<smoke::Module> modules() const {
    const auto found = smoke::find_modules(dir.path(), lua::Lua::luajit);
    REQUIRE(found);
    return *found;
  }
};

test::ElfSpec ffi_library(const std::string& soname = {}) {
  test::ElfSpec spec;
  spec.exports = {"scan_text"};
  spec.soname = soname;
  return spec;
}

/// "name kind file", for comparison.
std::vector<std::string> lines(const std::vector<smoke::Module>& modules) {
  std::vector<std::string> out;
  for (const auto& module : modules) {
    const char* kind = module.kind == Kind::lua      ? "lua"
                       : module.kind == Kind::native ? "native"
                                                     : "ffi";
    out.push_back(module.name + " " + kind + " " + module.file);
  }
  return out;
}

}  // namespace

TEST_CASE("smoke: modules of a tree by name, a/init.lua as require names it", "[smoke]") {
  const Tree t;
  t.lua("textkit/init.lua");
  t.lua("textkit/words.lua");
  t.lua("README.md");
  test::ElfSpec native;
  native.exports = {"luaopen_textkit_core"};
  t.so("textkit/core.so", native);
  CHECK(lines(t.modules())
        == std::vector<std::string>{"textkit lua share/lua/5.1/textkit/init.lua",
                                    "textkit.core native lib/lua/5.1/textkit/core.so",
                                    "textkit.words lua share/lua/5.1/textkit/words.lua"});
}

TEST_CASE("smoke: an FFI library is known by its content, and so is who loads it", "[smoke]") {
  const Tree t;
  t.so("scan.so", ffi_library());
  t.lua("scan.lua", "local ffi = require 'ffi'\nreturn require 'scan.lib'\n");
  t.lua("scan/lib.lua",
        "local ffi = require 'ffi'\nreturn ffi.load(find(package.cpath, 'scan'))\n");
  t.lua("other.lua", "return 'scanner'\n");
  const auto modules = t.modules();
  REQUIRE(lines(modules)
          == std::vector<std::string>{"other lua share/lua/5.1/other.lua",
                                      "scan lua share/lua/5.1/scan.lua",
                                      "scan ffi lib/lua/5.1/scan.so",
                                      "scan.lib lua share/lua/5.1/scan/lib.lua"});
  CHECK(modules[2].wrappers == std::vector<std::string>{"scan.lib"});
}

TEST_CASE("smoke: ffi.load by soname, and a library that another needs", "[smoke]") {
  const Tree t;
  t.so("libone.so", ffi_library("libone.so.1"));
  auto two = ffi_library();
  two.needed = {"libone.so.1"};
  t.so("libtwo.so", two);
  t.lua("w.lua", "return require('ffi').load('two')\n");
  const auto modules = t.modules();
  REQUIRE(modules.size() == 3);
  CHECK(modules[0].wrappers == std::vector<std::string>{"libtwo"});
  CHECK(modules[1].wrappers == std::vector<std::string>{"w"});
}

TEST_CASE("smoke: what is no ELF object is tried as a module, so that loading it says so",
          "[smoke]") {
  const Tree t;
  test::put(t.dir.path() + "/lib/lua/5.1/x.so", "version https://git-lfs.github.com/spec/v1\n");
  CHECK(lines(t.modules()) == std::vector<std::string>{"x native lib/lua/5.1/x.so"});
}

TEST_CASE("smoke: a library behind a Lua file of its name is not asked for", "[smoke]") {
  const Tree t;
  t.lua("x.lua");
  test::ElfSpec native;
  native.exports = {"luaopen_x"};
  t.so("x.so", native);
  CHECK(lines(t.modules()) == std::vector<std::string>{"x lua share/lua/5.1/x.lua"});
}

TEST_CASE("smoke: a directory that is no tree is refused", "[smoke]") {
  const auto dir = test::temp_dir();
  const auto found = smoke::find_modules(dir.path(), lua::Lua::luajit);
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::invalid_input);
  CHECK_THAT(found.error().message, Contains("is no tree"));
  CHECK(smoke::version_directories(dir.path()).empty());
}

TEST_CASE("smoke: a tree for another Lua says which", "[smoke]") {
  const Tree t;
  t.lua("x.lua");
  const auto found = smoke::find_modules(t.dir.path(), lua::Lua::lua54);
  REQUIRE_FALSE(found);
  CHECK_THAT(found.error().message, Contains("has modules for Lua 5.1, none for 5.4"));
  CHECK(found.error().hint == "--lua luajit");
  CHECK(smoke::version_directories(t.dir.path()) == std::vector<std::string>{"5.1"});
}
