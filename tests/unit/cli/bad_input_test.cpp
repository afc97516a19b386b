#include "support/cli/cli_run.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using Catch::Matchers::Contains;

namespace {

/// A project folder, a tree beside it, and `build` of the one into the other.
struct Project {
  sys::TempDir dir = test::temp_dir();
  std::string source = dir.path() + "/source";
  std::string tree = dir.path() + "/tree";
  test::CliRun run{dir.path()};

  Project() { static_cast<void>(sys::make_directories(source)); }

  void put(const std::string& file, const std::string& content) const {
    test::put(source + "/" + file, content);
  }

  /// A rockspec of the rock `x` 1.0-1 with this text behind the mandatory fields.
  void rockspec(const std::string& rest) const {
    put("x-1.0-1.rockspec",
        "rockspec_format = '3.0'\npackage = 'x'\nversion = '1.0-1'\nsource = {url = "
        "'git+https://example.org/x'}\n"
            + rest);
  }

  [[nodiscard]] test::CliResult build(std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"build", source, "--tree", tree};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }

  /// The build fails with `code`, says each of `words`, and leaves no tree.
  void refused(int code,
               const std::vector<std::string>& words,
               const std::vector<std::string>& more = {}) const {
    const auto result = build(more);
    CHECK(result.exit == code);
    for (const auto& word : words)
      CHECK_THAT(result.err, Contains(word));
    CHECK_FALSE(sys::exists(tree));
  }
};

}  // namespace

TEST_CASE("bad input: an endless rockspec", "[bad-input]") {
  Project p;
  p.rockspec("while true do end");
  p.refused(4, {"x-1.0-1.rockspec", "instructions"});
}

TEST_CASE("bad input: a rockspec that never comes back from string.find", "[bad-input]") {
  Project p;
  p.rockspec(
      "local a = ('a'):rep(28)\nlocal found = a:find(('a?'):rep(28) .. ('a*'):rep(28) .. 'b')");
  p.refused(4, {"x-1.0-1.rockspec", "longer than"});
}

TEST_CASE("bad input: a memory-eating rockspec", "[bad-input]") {
  Project p;
  p.rockspec("local a = 'x' while true do a = a .. a end");
  p.refused(4, {"x-1.0-1.rockspec", "memory"});
}

TEST_CASE("bad input: a bytecode rockspec", "[bad-input]") {
  Project p;
  p.put("x-1.0-1.rockspec", "\x1bLuaQ");
  p.refused(4, {"x-1.0-1.rockspec", "bytecode"});
}

TEST_CASE("bad input: a rockspec with missing fields", "[bad-input]") {
  Project p;
  p.put("x-1.0-1.rockspec", "package = 'x'\nversion = '1.0-1'\n");
  p.refused(4, {"source"});
}

TEST_CASE("bad input: a rockspec with a wrong file name", "[bad-input]") {
  Project p;
  p.put("y-1.0-1.rockspec",
        "package = 'x'\nversion = '1.0-1'\nsource = {url = 'u'}\nbuild = {type = 'none'}\n");
  p.refused(4, {"y-1.0-1.rockspec", "x-1.0-1.rockspec"});
}

TEST_CASE("bad input: an unknown build type names the known ones", "[bad-input]") {
  Project p;
  p.rockspec("build = {type = 'rust-mula'}");
  p.refused(4, {"rust-mula", "rust-mlua", "builtin", "cmake", "command", "make", "none"});
}

TEST_CASE("bad input: '..' in install", "[bad-input]") {
  Project p;
  p.rockspec("build = {type = 'none', install = {lua = {x = '../x.lua'}}}");
  p.refused(4, {"build.install.lua", "../x.lua"});
}

TEST_CASE("bad input: an absolute path in modules", "[bad-input]") {
  Project p;
  p.rockspec("build = {type = 'builtin', modules = {x = '/etc/passwd'}}");
  p.refused(4, {"build.modules", "/etc/passwd"});
}

TEST_CASE("bad input: a module name that leaves the tree", "[bad-input]") {
  Project p;
  p.put("x.lua", "return {}");
  p.rockspec("build = {type = 'builtin', modules = {['../../x'] = 'x.lua'}}");
  p.refused(4, {"build.modules"});
}

TEST_CASE("bad input: a link out of the source directory", "[bad-input]") {
  Project p;
  test::put(p.dir.path() + "/secret.lua", "return 'secret'");
  REQUIRE(sys::make_link("../secret.lua", p.source + "/x.lua"));
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.lua'}}");
  p.refused(4, {"x.lua", "link"});
}

TEST_CASE("bad input: two modules with one file name", "[bad-input]") {
  Project p;
  p.put("a.lua", "return 1");
  p.put("b.lua", "return 2");
  p.rockspec("build = {type = 'builtin', modules = {['a.b'] = 'a.lua', ['a/b'] = 'b.lua'}}");
  p.refused(4, {"a.b", "a/b"});
}

TEST_CASE("bad input: a file that the rockspec names and that is not there", "[bad-input]") {
  Project p;
  p.put("y.lua", "return {}");
  p.rockspec("build = {type = 'builtin', modules = {x = 'src/x.lua', y = 'y.lua'}}");
  p.refused(4, {"src/x.lua", "build.modules"});
}

TEST_CASE("bad input: rockspecs of several rocks", "[bad-input]") {
  Project p;
  p.rockspec("build = {type = 'none'}");
  p.put("y-1.0-1.rockspec",
        "package = 'y'\nversion = '1.0-1'\nsource = {url = 'u'}\nbuild = {type = 'none'}\n");
  p.refused(4, {"x-1.0-1.rockspec", "y-1.0-1.rockspec"});
}

TEST_CASE("bad input: a directory without a rock", "[bad-input]") {
  Project p;
  p.refused(4, {p.source, "rockspec"});
}

TEST_CASE("bad input: a SOURCE that is not there", "[bad-input]") {
  Project p;
  const auto result = p.run({"build", p.dir.path() + "/suorce", "--tree", p.tree});
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, Contains("suorce") && Contains("source"));
}

TEST_CASE("bad input: an unknown key of rockstage.yaml names line and nearest key", "[bad-input]") {
  Project p;
  p.put("rockstage.yaml", "package: {name: x, version: 1.0.0}\nbiuld: {type: rust}\n");
  p.refused(4, {"rockstage.yaml", "2", "biuld", "build"});
}

TEST_CASE("bad input: no library target in the crate", "[bad-input]") {
  Project p;
  p.put("Cargo.toml", "[package]\nname = 'x'\nversion = '0.1.0'\nedition = '2021'\n");
  p.put("Cargo.lock", "version = 3\n\n[[package]]\nname = \"x\"\nversion = \"0.1.0\"\n");
  p.put("src/main.rs", "fn main() {}\n");
  p.rockspec("build = {type = 'rust-mlua', modules = {x = 'x'}}");
  p.refused(4, {"no library"});
}

TEST_CASE("bad input: cargo missing", "[bad-input]") {
  Project p;
  p.put("Cargo.toml", "[package]\nname = 'x'\nversion = '0.1.0'\n");
  p.rockspec("build = {type = 'rust-mlua', modules = {x = 'x'}}");
  p.run.environment.set("PATH", p.dir.path());
  p.refused(1, {"cargo", "hint:"});
}

TEST_CASE("bad input: cc missing", "[bad-input]") {
  Project p;
  p.put("x.c", "int luaopen_x(void *L) { (void)L; return 0; }\n");
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.c'}}");
  p.run.environment.set("PATH", p.dir.path());
  p.refused(1, {"gcc", "hint:"});
}

TEST_CASE("bad input: a C module that does not compile", "[bad-input]") {
  Project p;
  p.put("x.c", "this is no C\n");
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.c'}}");
  p.refused(1, {"x.c"});
}

TEST_CASE("bad input: cargo failing", "[bad-input]") {
  Project p;
  p.put("Cargo.toml",
        "[package]\nname = 'x'\nversion = '0.1.0'\nedition = '2021'\n[lib]\ncrate-type = "
        "['cdylib']\n");
  p.put("Cargo.lock", "version = 3\n\n[[package]]\nname = \"x\"\nversion = \"0.1.0\"\n");
  p.put("src/lib.rs", "fn broken( {}\n");
  p.rockspec("build = {type = 'rust-mlua', modules = {x = 'x'}}");
  p.refused(1, {"src/lib.rs:1", "cargo"});
}

TEST_CASE("bad input: network gone", "[bad-input]") {
  Project p;
  p.put("Cargo.toml",
        "[package]\nname = 'x'\nversion = '0.1.0'\nedition = '2021'\n[lib]\ncrate-type = "
        "['cdylib']\n[dependencies]\nitoa = '=1.0.11'\n");
  p.put("src/lib.rs", "pub fn f() {}\n");
  p.rockspec("build = {type = 'rust-mlua', modules = {x = 'x'}}");
  // An empty cargo home and a proxy where nobody listens.
  p.run.environment.set("CARGO_HOME", p.dir.path() + "/cargo-home");
  p.run.environment.set("CARGO_HTTP_PROXY", "http://127.0.0.1:9");
  p.run.environment.set("CARGO_NET_RETRY", "0");
  p.refused(1, {"hint:", "--offline"});
}

TEST_CASE("bad input: a tree that is not writable", "[bad-input]") {
  Project p;
  p.put("x.lua", "return {}");
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.lua'}}");
  const auto result = p.run({"build", p.source, "--tree", "/proc/tree"});
  CHECK(result.exit == 1);
  CHECK_THAT(result.err, Contains("/proc/tree"));
}

TEST_CASE("bad input: a tree that is a file", "[bad-input]") {
  Project p;
  p.put("x.lua", "return {}");
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.lua'}}");
  test::put(p.tree, "I am a file");
  const auto result = p.build();
  CHECK(result.exit != 0);
  CHECK_THAT(result.err, Contains(p.tree));
  CHECK(test::get(p.tree) == "I am a file");
}

TEST_CASE("bad input: a tree whose path cannot work in a Lua search path", "[bad-input]") {
  Project p;
  p.put("x.lua", "return {}");
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.lua'}}");
  const auto result = p.run({"build", p.source, "--tree", p.dir.path() + "/what?"});
  CHECK(result.exit == 4);
  CHECK_THAT(result.err, Contains("what?"));
}

TEST_CASE("bad input: two Luas that share directories in one tree name {lua}", "[bad-input]") {
  Project p;
  p.put("x.lua", "return {}");
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.lua'}}");
  p.refused(2, {"{lua}"}, {"--lua", "luajit,5.1"});
  const auto result =
      p.run({"build", p.source, "--tree", p.tree + "-{lua}", "--lua", "luajit,5.1"});
  CHECK(result.exit == 0);
  CHECK(sys::is_file(p.tree + "-luajit/share/lua/5.1/x.lua"));
  CHECK(sys::is_file(p.tree + "-5.1/share/lua/5.1/x.lua"));
}

TEST_CASE("bad input: two targets in one tree name {target}", "[bad-input]") {
  Project p;
  p.put("x.lua", "return {}");
  p.rockspec("build = {type = 'builtin', modules = {x = 'x.lua'}}");
  p.refused(2,
            {"{target}"},
            {"--target", "x86_64-unknown-linux-gnu", "--target", "aarch64-unknown-linux-gnu"});
}

TEST_CASE("bad input: a URL and a NAME say what works", "[bad-input]") {
  Project p;
  for (const auto* source : {"https://example.org/x-1.0-1.rockspec", "x@1.0"}) {
    const auto result = p.run({"build", source, "--tree", p.tree});
    INFO(source);
    CHECK(result.exit == 2);
    CHECK_THAT(result.err, Contains("hint:"));
  }
}
