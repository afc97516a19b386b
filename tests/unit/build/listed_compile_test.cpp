#include "build/listed_compile.hpp"

#include "base/text.hpp"
#include "bench.hpp"
#include "build/library.hpp"
#include "cargo/inspect.hpp"

#include <algorithm>

using namespace rockstage;
using test::Bench;
using test::put;

namespace {

/// A workspace in which the library uses `helper`, and another member has `helper` use `more`.
struct Workspace : Bench {
  cargo::CompileStep step;
  std::string log = home.path() + "/calls";

  Workspace() : Bench("rust-mlua") {
    put(sources + "/Cargo.toml",
        "[workspace]\nresolver = '2'\nmembers = ['probe', 'other', 'helper', 'more']\n");
    member("probe",
           "[lib]\ncrate-type = ['cdylib']\n[dependencies]\nhelper = { path = '../helper' }\n");
    member("other", "[dependencies]\nhelper = { path = '../helper', features = ['extra'] }\n");
    member("helper",
           "[features]\nextra = ['dep:more']\n[dependencies]\nmore = { path = '../more', optional "
           "= true }\n");
    member("more", "");
    const auto facts = cargo::find_toolchain(sources, io);
    REQUIRE(facts);
    step.cargo = facts->cargo;
    step.directory = sources + "/probe";
    step.manifest_path = step.directory + "/Cargo.toml";
    step.workspace_root = sources;
    step.package = step.library = "probe";
    step.package_version = "0.3.0";
    step.package_id = "path+file://" + step.directory + "#0.3.0";
    step.target = facts->host;
    step.target_dir = home.path() + "/target";
    step.offline = true;
    step.lock_missing = true;
  }

  void member(const std::string& name, const std::string& more) const {
    put(sources + "/" + name + "/Cargo.toml",
        "[package]\nname = '" + name + "'\nversion = '0.3.0'\nedition = '2021'\nlicense = 'MIT'\n"
            + more);
    put(sources + "/" + name + "/src/lib.rs", "pub fn f() -> i32 { 1 }\n");
  }

  /// Has cargo write its subcommands to `log`, and fail those that are named.
  void wrap_cargo(const std::string& failing) {
    const std::string wrapper = home.path() + "/cargo";
    put(wrapper,
        "#!/bin/sh\necho \"$1\" >> '" + log + "'\n[ \"$1\" != '" + failing + "' ] || exit 1\nexec '"
            + step.cargo + "' \"$@\"\n",
        0755);
    step.cargo = wrapper;
  }

  long calls(const std::string& subcommand) const {
    const auto lines = text::split(test::get(log), '\n');
    return std::count(lines.begin(), lines.end(), subcommand);
  }

  /// "name" of each crate that the library lists.
  std::string build() {
    const auto outcome = build::compile_listed(step, io, diagnostics);
    if (!outcome) FAIL(outcome.error().message);
    REQUIRE(outcome->cdylibs.size() == 1);
    const auto facts = build::read_library(outcome->cdylibs[0].file);
    REQUIRE(facts);
    REQUIRE(*facts);
    std::string names;
    for (const auto& crate : (*facts)->crates)
      names += crate.name + " ";
    return names;
  }
};

}  // namespace

TEST_CASE("listed compile: the list holds indices of what a crate uses, and names the root",
          "[build][crates]") {
  cargo::CompiledCrate root, serde, tool;
  root.package_id = "path+file:///p#probe@0.1.0";
  serde.package_id = "registry+https://github.com/rust-lang/crates.io-index#serde@1.0.0";
  tool.package_id = "registry+https://example.org/index#build-tool@2.0.0";
  tool.build_only = true;
  root.dependencies = {serde.package_id, tool.package_id, "not compiled"};
  const auto list = build::crate_list({root, serde, tool}, root.package_id);
  REQUIRE(list.size() == 3);
  CHECK(list[0] == elf::ListedCrate{"build-tool", "2.0.0", "registry", true, false, {}});
  CHECK(list[1] == elf::ListedCrate{"probe", "0.1.0", "local", false, true, {0, 2}});
  CHECK(list[2] == elf::ListedCrate{"serde", "1.0.0", "crates.io", false, false, {}});
}

TEST_CASE("listed compile: only what was compiled is listed, and one link is enough",
          "[build][crates]") {
  Workspace workspace;
  workspace.wrap_cargo("none");
  CHECK(workspace.build() == "helper probe ");
  CHECK(workspace.calls("rustc") == 1);
  CHECK(workspace.calls("tree") == 1);
  CHECK(workspace.build() == "helper probe ");
  CHECK(workspace.calls("rustc") == 2);
  CHECK(workspace.calls("tree") == 1);
}

TEST_CASE("listed compile: a list that cargo's messages contradict is linked anew, and kept",
          "[build][crates]") {
  Workspace workspace;
  workspace.wrap_cargo("tree");
  CHECK(workspace.build() == "helper probe ");
  CHECK(workspace.calls("rustc") == 2);
  CHECK(workspace.build() == "helper probe ");
  CHECK(workspace.calls("rustc") == 3);
}

TEST_CASE("listed compile: another feature changes the list", "[build][crates]") {
  Workspace workspace;
  CHECK(workspace.build() == "helper probe ");
  workspace.member("probe",
                   "[lib]\ncrate-type = ['cdylib']\n[dependencies]\nhelper = { path = '../helper', "
                   "features = ['extra'] }\n");
  CHECK(workspace.build() == "helper more probe ");
}
