#include "support/cli/cli_run.hpp"
#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "support/tar_builder.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Strings = std::vector<std::string>;

/// A tree of one Lua module, which is clean.
struct Tree {
  sys::TempDir dir = test::temp_dir();
  std::string tree = dir.path() + "/tree";
  test::CliRun run{dir.path()};

  Tree() { test::put(tree + "/share/lua/5.1/x.lua", "return {}\n"); }

  [[nodiscard]] test::CliResult verify(const Strings& more = {}) const {
    // The project file of whoever runs the tests is none of ours.
    Strings args = {"-C", dir.path(), "verify", tree};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }

  /// A file that `unexpected-file` warns of.
  void add_unexpected() const { test::put(tree + "/share/lua/5.1/x.o.bak", "left over\n"); }

  std::string file(const std::string& name, const std::string& text) const {
    test::put(dir.path() + "/" + name, text);
    return dir.path() + "/" + name;
  }
};

/// Exit code 2, and each of `words` is said.
void is_usage(const test::CliResult& result, const Strings& words) {
  CHECK(result.exit == 2);
  for (const auto& word : words)
    CHECK_THAT(result.err, Contains(word));
}

Strings rules_of(const test::CliResult& result, const std::string& severity = {}) {
  Strings out;
  const auto data = result.data();
  for (const auto& platform : data.at("platforms"))
    for (const auto& finding : platform.at("findings"))
      if (severity.empty() || finding.at("severity") == severity) out.push_back(finding.at("rule"));
  return out;
}

bool has(const Strings& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

}  // namespace

TEST_CASE("verify: a clean tree is exit 0 and says so", "[verify]") {
  const Tree t;
  const auto result = t.verify();
  INFO(result.err);
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, Contains("generic-luajit: 1 file") && Contains("0 errors, 0 warnings"));
}

TEST_CASE("verify bad input: no subject", "[verify]") {
  const Tree t;
  is_usage(t.run({"verify"}), {"which subject?", "docker-daemon:"});
}

TEST_CASE("verify bad input: two subjects", "[verify]") {
  const Tree t;
  is_usage(t.verify({t.tree}), {"unexpected argument"});
}

TEST_CASE("verify bad input: a path that is not there", "[verify]") {
  const Tree t;
  const auto result = t.run({"verify", t.dir.path() + "/teer"});
  CHECK(result.exit == 4);
  CHECK_THAT(result.err, Contains("teer") && Contains("hint:"));
}

TEST_CASE("verify bad input: a file of no bytes", "[verify]") {
  const Tree t;
  CHECK(t.run({"verify", t.file("empty.tar", "")}).exit == 4);
}

TEST_CASE("verify bad input: an empty directory is empty-subject", "[verify]") {
  const Tree t;
  REQUIRE(sys::make_directories(t.dir.path() + "/void"));
  const auto result = t.run({"verify", t.dir.path() + "/void", "--json"});
  CHECK(result.exit == 3);
  CHECK(has(rules_of(result), "empty-subject"));
}

TEST_CASE("verify bad input: a registry's image says what works", "[verify]") {
  is_usage(Tree().run({"verify", "docker://example.org/x:1"}), {"docker-daemon:"});
}

TEST_CASE("verify bad input: an unknown runtime names the nearest", "[verify]") {
  const Tree t;
  is_usage(t.verify({"--runtime", "debian-luajt"}), {"debian-luajt", "debian-luajit"});
}

TEST_CASE("verify bad input: an unknown rule names the nearest", "[verify]") {
  const Tree t;
  is_usage(t.verify({"--rule", "elf-neded=error"}), {"did you mean 'elf-needed'?"});
  is_usage(t.verify({"--explain", "elf-neded"}), {"did you mean 'elf-needed'?"});
  is_usage(t.verify({"--rule", "elf-needed"}), {"--rule takes ID="});
}

TEST_CASE("verify bad input: an unknown severity names the nearest", "[verify]") {
  const Tree t;
  is_usage(t.verify({"--rule", "elf-needed=eror"}), {"did you mean 'error'?"});
  is_usage(t.verify({"--fail-on", "warnings"}), {"--fail-on takes", "did you mean 'warning'?"});
}

TEST_CASE("verify bad input: an unknown format names the nearest", "[verify]") {
  const Tree t;
  is_usage(t.verify({"--format", "sarfi"}), {"did you mean 'sarif'?"});
  is_usage(t.verify({"--format", "json="}), {"names no file"});
}

TEST_CASE("verify bad input: an unknown Lua, platform, prefix, module or number", "[verify]") {
  const Tree t;
  is_usage(t.verify({"--lua", "5.6"}), {"5.6"});
  is_usage(t.verify({"--platform", "arm64"}), {"--platform takes OS/ARCH"});
  is_usage(t.verify({"--platform", "linux/pdp11"}), {"--platform takes OS/ARCH"});
  is_usage(t.verify({"--prefix", "opt"}), {"--prefix takes an absolute directory"});
  CHECK(t.verify({"--require", "../x"}).exit != 0);
  is_usage(t.verify({"--max-entries", "many"}), {"--max-entries takes"});
  is_usage(t.verify({"--max-ratio", "0"}), {"--max-ratio takes"});
  is_usage(t.verify({"--jobs", "-1"}), {"--jobs"});
  for (const auto* wrong : {"x", "0", "1X", "1GG", "99999999999T", ""})
    if (*wrong != 0) is_usage(t.verify({"--max-bytes", wrong}), {"--max-bytes takes"});
}

TEST_CASE("verify bad input: a policy that is not there, or none", "[verify]") {
  const Tree t;
  CHECK(t.verify({"--policy", t.dir.path() + "/none.yaml"}).exit == 1);
  const auto bad = t.verify({"--policy", t.file("policy.yaml", "rules: {elf-neded: error}\n")});
  CHECK(bad.exit == 4);
  CHECK_THAT(bad.err, Contains("policy.yaml:1:") && Contains("did you mean 'elf-needed'?"));
}

TEST_CASE("verify bad input: an expired waiver waives nothing and says so", "[verify]") {
  const Tree t;
  const auto expired =
      t.verify({"--policy",
                t.file("p.yaml", "waive: [{rule: elf-needed, reason: x, expires: 2020-01-31}]\n"),
                "--json"});
  CHECK_THAT(expired.err, Contains("p.yaml:1:") && Contains("expired on 2020-01-31"));
  CHECK(has(rules_of(expired), "waiver-unused"));
  const auto unreadable = t.verify(
      {"--policy", t.file("p.yaml", "waive: [{rule: elf-needed, reason: x, expires: soon}]\n")});
  CHECK_THAT(unreadable.err, Contains("'soon' is no date"));
}

TEST_CASE("verify bad input: a runtime file that is not there", "[verify]") {
  const Tree t;
  CHECK(t.verify({"--runtime-file", t.dir.path() + "/none.yaml"}).exit != 0);
}

TEST_CASE("verify bad input: a project file may not lower a rule", "[verify]") {
  const Tree t;
  for (const auto* level : {"off", "note"}) {
    t.file("rockstage.yaml", "verify:\n  rules: {builder-path: " + std::string(level) + "}\n");
    const auto result = t.verify();
    CHECK(result.exit == 4);
    CHECK_THAT(result.err,
               Contains("rockstage.yaml:2:") && Contains("may only raise") && Contains("--policy"));
  }
}

TEST_CASE("verify: a project file may raise a rule, --rule and --isolated are stronger",
          "[verify]") {
  const Tree t;
  t.add_unexpected();
  CHECK(t.verify().exit == 0);
  t.file("rockstage.yaml", "verify: {rules: {unexpected-file: error}}\n");
  CHECK(t.verify().exit == 3);
  CHECK(t.verify({"--rule", "unexpected-file=note"}).exit == 0);
  CHECK(t.verify({"--isolated"}).exit == 0);
}

TEST_CASE("verify --require: a module that is missing is module-missing", "[verify]") {
  const Tree t;
  CHECK(t.verify({"--require", "x"}).exit == 0);
  const auto result = t.verify({"--require", "x,y", "--json"});
  CHECK(result.exit == 3);
  CHECK(has(rules_of(result, "error"), "module-missing"));
}

TEST_CASE("verify --expect: the same tree is there, another is artifact-mismatch", "[verify]") {
  const Tree t;
  const auto other = t.dir.path() + "/other";
  test::put(other + "/share/lua/5.1/x.lua", "return {}\n");
  CHECK(t.verify({"--expect", other}).exit == 0);
  test::put(other + "/share/lua/5.1/x.lua", "return 2\n");
  CHECK(has(rules_of(t.verify({"--expect", other, "--json"}), "error"), "artifact-mismatch"));
  REQUIRE(sys::make_directories(t.dir.path() + "/void"));
  const auto nothing = t.verify({"--expect", t.dir.path() + "/void"});
  CHECK(nothing.exit == 4);
  CHECK_THAT(nothing.err, Contains("nothing can be expected"));
}

TEST_CASE("verify --fail-on, --rule and --strict: what exit code 3 needs", "[verify]") {
  const Tree t;
  t.add_unexpected();
  CHECK(has(rules_of(t.verify({"--json"}), "warning"), "unexpected-file"));
  CHECK(t.verify({"--fail-on", "warning"}).exit == 3);
  CHECK(t.verify({"--strict"}).exit == 3);
  CHECK(t.verify({"--strict", "--fail-on", "never"}).exit == 0);
  CHECK(t.verify({"--rule", "unexpected-file=error"}).exit == 3);
  const auto off = t.verify({"--rule", "unexpected-file=off", "--fail-on", "warning"});
  CHECK(off.exit == 0);
  CHECK_THAT(off.out, Contains("off: unexpected-file (--rule)"));
}

TEST_CASE("verify --policy: what is waived does not count and is named", "[verify]") {
  const Tree t;
  t.add_unexpected();
  const auto policy = t.file("policy.yaml",
                             "rules: {unexpected-file: error}\n"
                             "waive:\n- {rule: unexpected-file, path: '*.bak', reason: for now, "
                             "expires: 2099-12-31}\n");
  const auto result = t.verify({"--policy", policy});
  CHECK(result.exit == 0);
  CHECK_THAT(
      result.out,
      Contains("waived: for now (until 2099-12-31)") && Contains("1 waived (" + policy + ")"));
  const auto data = t.verify({"--policy", policy, "--json"}).data();
  CHECK(data.at("summary").at("waived") == 1);
  CHECK(data.at("policy").at("sha256").get<std::string>().size() == 64);
}

TEST_CASE("verify --runtime all: a table with a line for each", "[verify]") {
  const Tree t;
  const auto result = t.verify({"--runtime", "all"});
  CHECK_THAT(result.out, Contains("debian-luajit") && Contains("generic-5.4"));
}

TEST_CASE("verify --runtime and --lua: judge by what is named", "[verify]") {
  const Tree t;
  const auto runtime = [](const test::CliResult& result) {
    return result.data().at("platforms").at(0).at("runtime");
  };
  CHECK(runtime(t.verify({"--runtime", "debian-luajit", "--json"})) == "debian-luajit");
  CHECK(runtime(t.verify({"--lua", "5.4", "--json"})) == "generic-5.4");
  CHECK(t.verify({"--runtime", "debian-luajit", "--runtime", "generic-5.4", "--json"})
            .data()
            .at("platforms")
            .size()
        == 2);
}

TEST_CASE("verify --platform: the machine that a tree is meant for", "[verify]") {
  const Tree t;
  CHECK(
      t.verify({"--platform", "linux/arm64", "--json"}).data().at("platforms").at(0).at("platform")
      == "linux/arm64");
}

TEST_CASE("verify --against: another root decides; one that is not there is told", "[verify]") {
  const Tree t;
  const auto root = t.dir.path() + "/root";
  test::put(root + "/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
  CHECK(t.verify({"--against", root}).exit == 0);
  const auto missing = t.verify({"--against", root + "-none"});
  CHECK(missing.exit == 4);
  CHECK_THAT(missing.err, Contains("root-none"));
}

TEST_CASE("verify --against, --base: one that is cut off decides nothing", "[verify]") {
  const Tree t;
  const auto whole = test::TarBuilder().file("etc/os-release", std::string(5000, 'x')).str();
  const auto file = t.file("cut.tar", whole.substr(0, 3000));
  for (const char* option : {"--against", "--base"}) {
    const auto result = t.verify({option, file});
    CHECK(result.exit == 4);
    CHECK_THAT(result.err, Contains(std::string("reading ") + option));
  }
}

TEST_CASE("verify --base: a directory is no base of a tree", "[verify]") {
  const Tree t;
  const auto result = t.verify({"--base", t.tree});
  CHECK(result.exit == 4);
  CHECK_THAT(result.err, Contains("no base"));
}

TEST_CASE("verify --prefix: where the tree will stand", "[verify]") {
  CHECK(Tree().verify({"--prefix", "/opt/lua/"}).exit == 0);
}

TEST_CASE("verify --max-entries and --max-bytes: a limit that is exceeded names the option",
          "[verify]") {
  const Tree t;
  const auto entries = t.verify({"--max-entries", "1"});
  CHECK(entries.exit == 4);
  CHECK_THAT(entries.err, Contains("--max-entries"));
  const auto bytes = t.verify({"--max-bytes", "4"});
  CHECK(bytes.exit == 4);
  CHECK_THAT(bytes.err, Contains("--max-bytes"));
  CHECK(t.verify({"--max-bytes", "1K", "--max-ratio", "10", "-j", "2"}).exit == 0);
}

TEST_CASE("verify --format FORM=FILE: several in one run", "[verify]") {
  const Tree t;
  const auto at = [&t](const char* name) { return t.dir.path() + "/" + name; };
  const auto result = t.verify({"--format",
                                "text",
                                "--format",
                                "json=" + at("r.json"),
                                "--format",
                                "junit=" + at("r.xml"),
                                "--format",
                                "sarif=" + at("r.sarif"),
                                "--format",
                                "github=" + at("r.txt")});
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, Contains("0 errors"));
  CHECK(nlohmann::json::parse(test::get(at("r.json"))).contains("platforms"));
  CHECK_THAT(test::get(at("r.xml")), StartsWith("<?xml"));
  CHECK(nlohmann::json::parse(test::get(at("r.sarif"))).at("version") == "2.1.0");
  CHECK(sys::is_file(at("r.txt")));
}

TEST_CASE("verify: two formats to stdout stand one behind the other", "[verify]") {
  const auto out = Tree().verify({"--format", "text", "--format", "json"}).out;
  CHECK(out.find("0 errors") < out.find("{\"digest\""));
}

TEST_CASE("verify --list-rules: every rule of verify, none of lint", "[verify]") {
  const Tree t;
  const auto out = t.run({"verify", "--list-rules"}).out;
  CHECK_THAT(out,
             Contains("elf-needed") && Contains("rust-toolchain") && !Contains("rock-licence"));
  CHECK(t.run({"verify", "--list-rules", "--json"}).data().at("rules").size() > 50);
}

TEST_CASE("verify --explain: why a rule matters", "[verify]") {
  const auto result = Tree().run({"verify", "--explain", "elf-needed"});
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, StartsWith("elf-needed (error): "));
}

TEST_CASE("verify: options come from the environment, not from the user's file", "[verify]") {
  Tree t;
  t.add_unexpected();
  t.run.environment.set("ROCKSTAGE_FAIL_ON", "warning");
  CHECK(t.verify().exit == 3);
  CHECK(t.verify({"--isolated"}).exit == 0);
}

TEST_CASE("inspect bad input: no file, a missing one, an empty one, no ELF", "[inspect]") {
  const Tree t;
  is_usage(t.run({"inspect"}), {"which file?"});
  CHECK(t.run({"inspect", t.dir.path() + "/none.so"}).exit == 1);
  const auto empty = t.run({"inspect", t.file("empty.so", "")});
  CHECK(empty.exit == 4);
  CHECK_THAT(empty.err, Contains("empty.so' is empty"));
  const auto text = t.run({"inspect", t.file("text.so", "I am text\n")});
  CHECK(text.exit == 4);
  CHECK_THAT(text.err, Contains("text.so"));
}

TEST_CASE("inspect: an object's kind, machine and needs", "[inspect]") {
  const Tree t;
  test::ElfSpec module;
  module.exports = {"luaopen_x"};
  module.undefined = {"lua_pushnumber"};
  module.needed = {"libc.so.6"};
  module.runpath = "$ORIGIN";
  test::ElfSpec ffi;
  ffi.exports = {"count"};
  const auto result = t.run({"inspect",
                             t.file("x.so", test::build_elf(module)),
                             t.file("y.so", test::build_elf(ffi)),
                             t.file("libz.so.1", test::build_elf(ffi)),
                             "--json"});
  INFO(result.err);
  REQUIRE(result.exit == 0);
  const auto files = result.data().at("files");
  CHECK(files.at(0).at("kind") == "native-module");
  CHECK(files.at(0).at("machine") == "x86_64");
  CHECK(files.at(0).at("class") == 64);
  CHECK(files.at(0).at("libc") == "glibc");
  CHECK(files.at(0).at("floor").is_null());
  CHECK(files.at(0).at("needed") == Strings{"libc.so.6"});
  CHECK(files.at(0).at("runpath") == "$ORIGIN");
  CHECK(files.at(0).at("exports") == Strings{"luaopen_x"});
  CHECK(has(files.at(0).at("lua").get<Strings>(), "luajit"));
  CHECK(files.at(1).at("kind") == "ffi-library");
  CHECK(files.at(1).at("lua").empty());
  CHECK(files.at(2).at("kind") == "library");
}
