#include "base/text.hpp"
#include "digest/digest.hpp"
#include "support/cli/cli_run.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/process.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

// `dockerfile`: a test for each option, named after it, and for each bad input.

using namespace rockstage;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Strings = std::vector<std::string>;

/// A directory with two rocks: `kit`, a crate with a rockspec, and `plain`, of one Lua file. There
/// is no cargo on PATH.
struct World {
  sys::TempDir dir = test::temp_dir();
  std::string root = sys::absolute(dir.path());
  std::string kit = root + "/kit";
  std::string plain = root + "/plain";
  std::string out = root + "/out";
  test::CliRun run{root};

  World() {
    run.environment.set("PATH", root + "/bin");
    test::put(kit + "/Cargo.toml",
              "[package]\nname = 'kit'\nversion = '1.0.0'\nedition = '2021'\n"
              "[lib]\ncrate-type = ['cdylib']\n"
              "[features]\ndefault = ['simd']\nsimd = []\nextra = []\nluajit = []\nlua51 = []\n");
    test::put(kit + "/Cargo.lock",
              "version = 3\n\n[[package]]\nname = \"kit\"\nversion = \"1.0.0\"\n");
    test::put(kit + "/src/lib.rs", "pub fn f() {}\n");
    test::put(kit + "/kit-1.0-1.rockspec", rockspec("kit", "rust-mlua", "kit"));
    test::put(plain + "/plain.lua", "return {}");
    test::put(plain + "/plain-1.0-1.rockspec", rockspec("plain", "builtin", "plain.lua"));
  }

  static std::string rockspec(const std::string& name,
                              const std::string& type,
                              const std::string& file) {
    return "rockspec_format = '3.0'\npackage = '" + name
           + "'\nversion = '1.0-1'\nsource = {url = 'git+https://example.org/x'}\n"
             "description = {license = 'MIT'}\nbuild = {type = '"
           + type + "', modules = {" + name + " = '" + file + "'}}\n";
  }

  /// A run in the directory, for apisix-debian unless `more` names another runtime.
  [[nodiscard]] test::CliResult operator()(const Strings& more) const {
    Strings args = {"-C", root, "dockerfile"};
    args.insert(args.end(), more.begin(), more.end());
    if (std::ranges::find(more, "--runtime") == more.end())
      args.insert(args.end(), {"--runtime", "apisix-debian"});
    return run(args);
  }

  /// The Dockerfile for `kit`.
  [[nodiscard]] std::string text(const Strings& more = {}) const {
    Strings args = {"kit"};
    args.insert(args.end(), more.begin(), more.end());
    const auto result = (*this)(args);
    INFO(result.err);
    REQUIRE(result.exit == 0);
    return result.out;
  }

  /// Written into `out`, with success.
  [[nodiscard]] test::CliResult write(const Strings& more = {}) const {
    Strings args = {"kit", "--output", "out"};
    args.insert(args.end(), more.begin(), more.end());
    auto result = (*this)(args);
    INFO(result.err);
    REQUIRE(result.exit == 0);
    return result;
  }

  /// The cargo line of the Dockerfile for `kit`.
  [[nodiscard]] std::string cargo(const Strings& more = {}) const {
    for (const auto& line : text::split(text(more), '\n'))
      if (line.find("cargo rustc") != std::string::npos
          || line.find("cargo build") != std::string::npos)
        return line;
    return {};
  }

  /// A git repository at the root, with one commit; its URL.
  [[nodiscard]] std::string commit_kit() {
    const auto path = sys::Environment::current().get("PATH").value_or("");
    run.environment.set("PATH", path);
    sys::SystemProcessRunner processes;
    for (const Strings& arguments : {Strings{"init", "--quiet", "--initial-branch=trunk", "."},
                                     Strings{"add", "."},
                                     Strings{"commit", "--quiet", "-m", "m"}}) {
      sys::Command command;
      command.argv = {"git", "-c", "user.name=n", "-c", "user.email=e@example.org"};
      command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
      command.cwd = kit;
      command.env = run.environment;
      const auto result = processes.run(command);
      REQUIRE(result);
      REQUIRE(result->status.ok());
    }
    return "git+file://" + kit;
  }
};

/// Exit code `exit`, and each of `words` is said.
void is_refused(const test::CliResult& result, int exit, const Strings& words) {
  INFO(result.err);
  CHECK(result.exit == exit);
  for (const auto& word : words)
    CHECK_THAT(result.err, Contains(word));
}

Strings names(const test::CliResult& result) {
  Strings out;
  const auto data = result.data();
  for (const auto& file : data.at("files"))
    out.push_back(sys::base_name(file.at("path").get<std::string>()));
  return out;
}

bool has(const Strings& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

/// The lines on how to build it name the directory that it is in.
std::string without_comments(const std::string& text) {
  std::string out;
  for (const auto& line : text::split(text, '\n'))
    if (!line.starts_with('#')) out += line + '\n';
  return out;
}

}  // namespace

TEST_CASE("dockerfile: without --output the Dockerfile is stdout, and nothing is written",
          "[dockerfile]") {
  const World w;
  const auto text = w.text();
  CHECK_THAT(text,
             Contains("FROM scratch AS rock") && Contains(" AS smoke") && Contains(" AS runtime"));
  CHECK_FALSE(sys::exists(w.kit + "/Dockerfile"));
  // The same again, byte by byte, and in another place.
  CHECK(w.text() == text);
  const World other;
  CHECK(other.text() == text);
}

TEST_CASE("dockerfile: no cargo is asked, be it here or not", "[dockerfile]") {
  World w;
  const auto without = w.text();
  test::put(w.root + "/bin/cargo", "#!/bin/sh\ntouch " + w.root + "/asked\nexit 1\n", 0755);
  CHECK(w.text() == without);
  CHECK_FALSE(sys::exists(w.root + "/asked"));
}

TEST_CASE("dockerfile: a crate without a rockspec is a rock, too", "[dockerfile]") {
  const World w;
  REQUIRE(sys::remove_file(w.kit + "/kit-1.0-1.rockspec"));
  CHECK_THAT(w.text(), Contains("kit"));
}

TEST_CASE("dockerfile: several SOURCEs are one image from what holds them", "[dockerfile]") {
  const World w;
  const auto result = w({"kit", "plain", "--output", "out"});
  INFO(result.err);
  REQUIRE(result.exit == 0);
  CHECK_THAT(result.out, Contains("docker build -f out/Dockerfile ."));
  const auto text = test::get(w.out + "/Dockerfile");
  CHECK_THAT(text, Contains("kit/") && Contains("plain/"));
  is_refused(w({"kit", "kit"}), 2, {"both the rock kit"});
}

TEST_CASE("dockerfile: a git URL is fetched, pinned to its commit and built from there",
          "[dockerfile]") {
  World w;
  const auto url = w.commit_kit();
  const auto result = w({url + "#trunk"});
  INFO(result.err);
  REQUIRE(result.exit == 0);
  CHECK_THAT(result.err, Contains("'trunk'") && Contains("that is what the Dockerfile builds"));
  CHECK_THAT(result.out, Contains("file://" + w.kit));
  CHECK_THAT(result.out, !Contains("rockstage-git-"));
  is_refused(w({url + "#trnk"}), 1, {"did you mean 'trunk'?"});
}

TEST_CASE("dockerfile bad input: an archive's URL says what works", "[dockerfile]") {
  const World w;
  is_refused(w({"https://example.org/kit-1.0.tar.gz"}), 2, {"an archive", "git+URL#COMMIT"});
}

TEST_CASE("dockerfile bad input: no rock, and a path that is not there", "[dockerfile]") {
  const World w;
  REQUIRE(sys::make_directories(w.root + "/void"));
  is_refused(w({"void"}), 4, {"there is no rock in"});
  is_refused(w({"./kti"}), 1, {"did you mean 'kit'?"});
}

TEST_CASE("dockerfile bad input: what the build context cannot hold", "[dockerfile]") {
  const World w;
  test::put(w.root + "/near/Cargo.toml", "[package]\nname = 'near'\n");
  test::put(w.kit + "/Cargo.toml",
            test::get(w.kit + "/Cargo.toml") + "[dependencies]\nnear = {path = '../near'}\n");
  is_refused(w({"kit"}), 2, {"a path dependency of kit", "/near", "holds both"});
  test::put(w.root + "/Cargo.toml", "[workspace]\nmembers = ['kit', 'near']\n");
  is_refused(w({"kit"}), 2, {"the cargo workspace of kit"});
}

TEST_CASE("dockerfile --runtime: required, and a typing error gets the nearest", "[dockerfile]") {
  const World w;
  is_refused(w.run({"-C", w.root, "dockerfile", "kit"}),
             2,
             {"--runtime NAME is missing", "apisix-debian", "openresty-alpine"});
  is_refused(w({"kit", "--runtime", "apisix-debain"}), 2, {"apisix-debian"});
  CHECK_THAT(w.text({"--runtime", "openresty-alpine"}), Contains("alpine"));
}

TEST_CASE("dockerfile --runtime: the project file gives it, and what stands under dockerfile",
          "[dockerfile]") {
  const World w;
  test::put(
      w.kit + "/rockstage.yaml",
      "runtime: openresty-bookworm\ndockerfile: {base: 'example.org/own:1', labels: {a.b: c}}\n"
      "smoke: {script: spec/smoke.lua}\n");
  test::put(w.kit + "/spec/smoke.lua", "print 'OWN SCRIPT'\n");
  const auto result = w.run({"-C", w.kit, "dockerfile"});
  INFO(result.err);
  REQUIRE(result.exit == 0);
  CHECK_THAT(result.out,
             Contains("example.org/own:1") && Contains("a.b=") && Contains("OWN SCRIPT"));
  // A flag is stronger.
  CHECK_THAT(w.text({"--base", "example.org/other:2"}), Contains("example.org/other:2"));
  REQUIRE(sys::remove_file(w.kit + "/spec/smoke.lua"));
  is_refused(w({"kit"}), 1, {"spec/smoke.lua", "smoke.script"});
}

TEST_CASE("dockerfile --runtime-file: a profile of one's own", "[dockerfile]") {
  const World w;
  is_refused(w({"kit", "--runtime-file", "none.yaml"}), 1, {"none.yaml"});
  test::put(w.root + "/own.yaml", "schema: something\n");
  is_refused(w({"kit", "--runtime-file", "own.yaml"}), 4, {"own.yaml"});
}

TEST_CASE("dockerfile --output: writes every file once, and says how to build", "[dockerfile]") {
  const World w;
  const auto first = w.write();
  CHECK_THAT(first.out, Contains("wrote     out/Dockerfile\n"));
  CHECK_THAT(first.out, Contains("docker build -f out/Dockerfile kit"));
  for (const auto* name : {"Dockerfile",
                           "Dockerfile.dockerignore",
                           "docker-bake.json",
                           "smoke.lua",
                           "smoke.cst.yaml",
                           "files.cst.yaml"}) {
    INFO(name);
    CHECK(sys::is_file(w.out + "/" + name));
  }
  CHECK_FALSE(sys::exists(w.out + "/.dockerignore"));
  const auto before = sys::status(w.out + "/Dockerfile").value();
  const auto second = w.write();
  CHECK_THAT(second.out, Contains("unchanged out/Dockerfile\n") && !Contains("wrote"));
  CHECK(sys::status(w.out + "/Dockerfile").value().inode == before.inode);
}

TEST_CASE("dockerfile --output: the Dockerfile is the one of stdout", "[dockerfile]") {
  const World w;
  const auto text = w.text();
  CHECK(w.write().exit == 0);
  CHECK(without_comments(test::get(w.out + "/Dockerfile")) == without_comments(text));
}

TEST_CASE("dockerfile --output: in SOURCE itself there is a .dockerignore, too", "[dockerfile]") {
  const World w;
  CHECK(w.write({"--output", "kit"}).exit == 0);
  CHECK(test::get(w.kit + "/.dockerignore") == test::get(w.kit + "/Dockerfile.dockerignore"));
  // What was written does not change what is written.
  CHECK(w({"kit", "--output", "kit", "--check"}).exit == 0);
  test::put(w.kit + "/.dockerignore", "mine\n");
  const auto kept = w.write({"--output", "kit"});
  CHECK_THAT(kept.err, Contains(".dockerignore' is kept"));
  CHECK(test::get(w.kit + "/.dockerignore") == "mine\n");
  CHECK(w.write({"--output", "kit", "--force"}).exit == 0);
  CHECK(test::get(w.kit + "/.dockerignore") != "mine\n");
}

TEST_CASE("dockerfile --output: data names each file with its digest", "[dockerfile]") {
  const World w;
  const auto data = w.write({"--json"}).data();
  CHECK(data.at("runtime") == "apisix-debian");
  const auto& file = data.at("files").at(0);
  const auto text = test::get(w.root + "/" + file.at("path").get<std::string>());
  CHECK(file.at("bytes") == text.size());
  CHECK(file.at("sha256") == digest::hex(digest::Algorithm::sha256, text));
  CHECK(file.at("changed") == true);
  CHECK(w.write({"--json"}).data().at("files").at(0).at("changed") == false);
}

TEST_CASE("dockerfile --force: only with it a file of somebody else's is overwritten",
          "[dockerfile]") {
  const World w;
  test::put(w.out + "/Dockerfile", "FROM mine\n");
  is_refused(
      w({"kit", "--output", "out"}), 1, {"out/Dockerfile", "not written by rockstage", "--force"});
  CHECK(sys::list_directory(w.out).value() == Strings{"Dockerfile"});
  CHECK(w.write({"--force"}).exit == 0);
  CHECK(without_comments(test::get(w.out + "/Dockerfile")) == without_comments(w.text()));
  // What an earlier run wrote is overwritten without.
  CHECK(w.write({"--label", "a.b=c"}).exit == 0);
}

TEST_CASE("dockerfile --check: exit 3 names what differs, and nothing is written", "[dockerfile]") {
  const World w;
  is_refused(w({"kit", "--check"}), 2, {"--output DIR is missing"});
  const auto absent = w({"kit", "--output", "out", "--check"});
  CHECK(absent.exit == 3);
  CHECK_THAT(absent.out, Contains("differs   out/Dockerfile\n"));
  CHECK_FALSE(sys::exists(w.out));
  CHECK(w.write().exit == 0);
  CHECK(w({"kit", "--output", "out", "--check"}).exit == 0);
  test::put(w.out + "/smoke.lua", "-- changed\n");
  const auto changed = w({"kit", "--output", "out", "--check"});
  CHECK(changed.exit == 3);
  CHECK_THAT(changed.out,
             Contains("differs   out/smoke.lua") && Contains("unchanged out/Dockerfile\n"));
  CHECK(test::get(w.out + "/smoke.lua") == "-- changed\n");
}

TEST_CASE("dockerfile --style: portable has no heredoc and no --link", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.text(), !Contains("<<") && !Contains("--link"));
  CHECK(w.text({"--style", "buildkit"}) != w.text());
  is_refused(w({"kit", "--style", "protable"}), 2, {"did you mean 'portable'?"});
}

TEST_CASE("dockerfile --builder: plain is the official Rust image", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.text(), Contains("rust:1") && Contains("bookworm"));
  CHECK_THAT(w.text({"--builder", "rockstage"}), Contains("rockstage build"));
  is_refused(w({"kit", "--builder", "plian"}), 2, {"did you mean 'plain'?"});
  is_refused(w({"kit", "--builder", "rockstage", "--runtime", "openresty-bullseye"}), 2, {"plain"});
}

TEST_CASE("dockerfile --builder-image: the image of the builder stage", "[dockerfile]") {
  CHECK_THAT(World().text({"--builder-image", "example.org/rust:1.80"}),
             Contains("example.org/rust:1.80"));
}

TEST_CASE("dockerfile --base: the runtime's image; some have none of their own", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.text({"--base", "example.org/gateway:3"}), Contains("example.org/gateway:3"));
  is_refused(w({"kit", "--runtime", "debian-luajit"}), 2, {"--base"});
}

TEST_CASE("dockerfile --destination: where the tree goes", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.text(), Contains("/usr/local/lib/lua/5.1/"));
  CHECK_THAT(w.text({"--destination", "apisix-extra"}), Contains("/opt/rocks/"));
  is_refused(w({"kit", "--destination", "apisix-extar"}), 2, {"apisix-extra"});
}

TEST_CASE("dockerfile --only: the builder and rock stages alone", "[dockerfile]") {
  const World w;
  const auto text = w.text({"--only", "rock"});
  CHECK_THAT(text, Contains("FROM scratch AS rock") && !Contains(" AS runtime"));
  is_refused(w({"kit", "--only", "rocks"}), 2, {"--only takes rock"});
}

TEST_CASE("dockerfile --platform: each has its target; others are refused", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.text({"--platform", "linux/amd64,linux/arm64"}),
             Contains("aarch64-unknown-linux-gnu") && Contains("x86_64-unknown-linux-gnu"));
  CHECK_THAT(w.text({"--platform", "linux/arm64", "--runtime", "openresty-alpine"}),
             Contains("aarch64-unknown-linux-musl"));
  is_refused(w({"kit", "--platform", "linux/amd46"}), 2, {"did you mean 'linux/amd64'?"});
}

TEST_CASE("dockerfile --tag: stands in the bake file and in what is said", "[dockerfile]") {
  const World w;
  const auto result = w.write({"--tag", "example.org/gateway:1"});
  CHECK_THAT(test::get(w.out + "/docker-bake.json"), Contains("example.org/gateway:1"));
  CHECK_THAT(result.out, Contains("-t example.org/gateway:1 kit"));
}

TEST_CASE("dockerfile --label: is set in the image", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.text({"--label", "org.example.team=gate=way"}),
             Contains("org.example.team=") && Contains("gate=way"));
  is_refused(w({"kit", "--label", "team"}), 2, {"--label takes K=V"});
}

TEST_CASE("dockerfile --templates: a template of one's own; a foreign file is told",
          "[dockerfile]") {
  const World w;
  is_refused(w({"kit", "--templates", "none"}), 1, {"none", "--templates"});
  test::put(w.root + "/templates/smoke.lua.mustashe", "x");
  is_refused(w({"kit", "--templates", "templates"}), 2, {"did you mean"});
  // Editors' files are no templates.
  REQUIRE(sys::remove_all(w.root + "/templates"));
  test::put(w.root + "/templates/.swp", "x");
  CHECK(w.text({"--templates", "templates"}) == w.text());
}

TEST_CASE("dockerfile --lua: another that the runtime loads, else refused", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.cargo(), Contains("luajit"));
  CHECK_THAT(w.cargo({"--lua", "5.1"}), Contains("lua51"));
  is_refused(w({"kit", "--lua", "5.4"}), 2, {"apisix-debian runs openresty", "generic-5.4"});
  is_refused(w({"kit", "--lua", "luajit,5.1"}), 2, {"for one Lua"});
}

TEST_CASE("dockerfile --lua-version: LuaRocks' name of --lua", "[dockerfile]") {
  CHECK_THAT(World().cargo({"--lua-version", "5.1"}), Contains("lua51"));
}

TEST_CASE("dockerfile --profile: goes to cargo", "[dockerfile]") {
  CHECK_THAT(World().cargo({"--profile", "dist"}), Contains("--profile dist"));
}

TEST_CASE("dockerfile --features: and -F, go to cargo", "[dockerfile]") {
  CHECK_THAT(World().cargo({"--features", "extra"}), Contains("extra,luajit"));
  CHECK_THAT(World().cargo({"-F", "extra"}), Contains("extra,luajit"));
}

TEST_CASE("dockerfile --no-default-features: goes to cargo", "[dockerfile]") {
  CHECK_THAT(World().cargo({"--no-default-features"}), Contains("--no-default-features"));
}

TEST_CASE("dockerfile --all-features: goes to cargo", "[dockerfile]") {
  CHECK_THAT(World().cargo({"--all-features"}), Contains("--all-features"));
}

TEST_CASE("dockerfile --package: and -p, names the crate; an unknown one is told", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.cargo({"--package", "kit"}), Contains("kit"));
  is_refused(w({"kit", "-p", "kti"}), 2, {"kti"});
}

TEST_CASE("dockerfile --manifest-path: the crate's manifest, relative to SOURCE", "[dockerfile]") {
  const World w;
  for (const auto* file : {"Cargo.toml", "Cargo.lock", "src/lib.rs"})
    test::put(w.kit + "/sub/" + file, test::get(w.kit + "/" + file));
  CHECK_THAT(w.cargo({"--manifest-path", "sub/Cargo.toml"}), Contains("sub/Cargo.toml"));
  is_refused(w({"kit", "--manifest-path", "no/Cargo.toml"}), 1, {"no/Cargo.toml"});
}

TEST_CASE("dockerfile --locked: fails where there is no lock file", "[dockerfile]") {
  const World w;
  CHECK_THAT(w.cargo(), Contains("--locked"));
  REQUIRE(sys::remove_file(w.kit + "/Cargo.lock"));
  is_refused(w({"kit", "--locked"}), 4, {"Cargo.lock"});
  CHECK_THAT(w.cargo(), !Contains("--locked"));
}

TEST_CASE("dockerfile --var: a rockspec variable", "[dockerfile]") {
  const World w;
  test::put(w.plain + "/plain-1.0-1.rockspec",
            "rockspec_format = '3.0'\npackage = 'plain'\nversion = '1.0-1'\n"
            "source = {url = 'git+https://example.org/x'}\n"
            "build = {type = 'make', build_variables = {WORD = '$(WORD)'}, "
            "install = {lua = {plain = 'plain.lua'}}}\n");
  const auto result = w({"plain", "--var", "WORD=given"});
  INFO(result.err);
  CHECK(result.exit == 0);
  CHECK_THAT(result.out, Contains("WORD=given"));
  is_refused(w({"plain", "--var", "WORD"}), 2, {"--var takes NAME=VALUE"});
}
