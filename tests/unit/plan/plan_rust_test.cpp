#include "facts.hpp"

namespace rockstage::plan {
namespace {

using lua::Lua;

constexpr const char* kKit = "{ type = 'rust-mlua', modules = { 'kit' } }";

const cargo::CompileStep& compile(const Variant& variant) {
  REQUIRE(variant.compiles.size() == 1);
  return variant.compiles.front();
}

std::string value(const cargo::CompileStep& step, const std::string& name) {
  for (const auto& [key, text] : step.profile_values)
    if (key == name) return text;
  return "(none)";
}

TEST_CASE("rust-mlua: one call of cargo, every decision taken", "[plan]") {
  Facts facts(kKit);
  facts.crate.metadata.resolve = {
      {facts.crate.metadata.packages[0].id, {"a", "b"}}, {"a", {"b"}}, {"b", {}}};
  const auto variant = facts.variant();
  const auto& step = compile(variant);
  CHECK(step.cargo == "/nowhere/bin/cargo");
  CHECK(step.directory == "/src/kit");
  CHECK(step.manifest_path == "/src/kit/Cargo.toml");
  CHECK(step.package == "kit");
  CHECK(step.package_id == facts.crate.metadata.packages[0].id);
  CHECK(step.profile == "release");
  CHECK(step.target == kTarget);
  CHECK(step.features == Texts{"luajit"});
  CHECK(step.default_features);
  CHECK(step.locked);
  CHECK_FALSE(step.lock_missing);
  CHECK(step.crates == 3);
  CHECK(value(step, "strip") == "\"symbols\"");
  CHECK(value(step, "incremental") == "false");
  CHECK(value(step, "panic") == "(none)");
  CHECK_FALSE(variant.work_in_copy);
  CHECK_FALSE(variant.shim_cargo);
}

TEST_CASE("rust-mlua: build scripts get the rock's name and version as the back end gives them",
          "[plan]") {
  const auto variant = Facts(kKit).variant();
  CHECK(compile(variant).environment
        == std::map<std::string, std::string>{{"LUA_ROCKSPEC_PACKAGE", "Kit"},
                                              {"LUA_ROCKSPEC_VERSION", "1.0-1"}});
}

TEST_CASE("rust-mlua: dotted modules are staged in directories", "[plan]") {
  Facts facts("{ type = 'rust-mlua', modules = { ['a.b.c'] = 'kit', ['d/e'] = 'kit', 'x.kit' } }");
  std::map<std::string, std::string> staged;
  const auto variant = facts.variant();
  for (const auto& step : variant.libraries) {
    staged[step.module] = step.to;
    CHECK(step.library == "kit");
  }
  CHECK(staged
        == std::map<std::string, std::string>{
            {"a.b.c", "lib/a/b/c.so"}, {"d/e", "lib/d/e.so"}, {"x.kit", "lib/x/kit.so"}});
  CHECK(variant.compiles.size() == 1);
  CHECK(variant.libraries.front().field == "build.modules[\"a.b.c\"]");
}

TEST_CASE("rust-mlua: module, library, package and rock may all have different names", "[plan]") {
  Facts facts("{ type = 'rust-mlua', modules = { module = 'the-library' } }");
  auto odd = with_mlua(package("a-package", "/src/kit"));
  odd.targets[0].name = "the_library";
  facts.set_crate({odd});
  const auto variant = facts.variant();
  CHECK(compile(variant).package == "a-package");
  CHECK(compile(variant).library == "the_library");
  CHECK(variant.libraries.at(0).library == "the_library");
  CHECK(variant.libraries.at(0).to == "lib/module.so");
}

TEST_CASE("rust-mlua: libraries of several packages are compiled one by one", "[plan]") {
  Facts facts("{ type = 'rust-mlua', modules = { a = 'one', b = 'two', c = 'one' } }");
  facts.set_crate({with_mlua(package("one", "/src/kit/one")), package("two", "/src/kit/two")});
  const auto variant = facts.variant();
  REQUIRE(variant.compiles.size() == 2);
  CHECK(variant.compiles[0].package == "one");
  CHECK(variant.compiles[0].features == Texts{"luajit"});
  CHECK(variant.compiles[1].directory == "/src/kit/two");
  CHECK(variant.compiles[1].features.empty());
  CHECK(variant.libraries.size() == 3);
  const auto packages = packages_to_compile(facts.inputs, facts.options);
  REQUIRE(packages);
  CHECK(packages->size() == 2);
}

TEST_CASE("rust-mlua: a library that no package has is an error with the choices", "[plan]") {
  Facts facts("{ type = 'rust-mlua', modules = { kit = 'kti' } }");
  facts.set_crate({package("kit", "/src/kit"), package("other", "/src/kit/other")});
  const auto error = facts.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message
        == "build.modules[\"kit\"] names the library 'kti', which the crate does not have (did you "
           "mean 'kit'?)");
  CHECK(error.hint == "its libraries: kit, other");
}

TEST_CASE("rust-mlua: a crate without a library is an error before the build", "[plan]") {
  Facts facts(kKit);
  auto program = package("kit", "/src/kit");
  program.targets[0].kinds = program.targets[0].crate_types = {"bin"};
  facts.set_crate({program});
  const auto error = facts.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "the package 'kit' has no library");
  CHECK(contains(error.hint, "crate-type = [\"cdylib\"]"));
}

TEST_CASE(
    "rust-mlua: of packages with the same library the manifest's own is taken, else it must "
    "be named",
    "[plan]") {
  Facts facts(kKit);
  auto twin = package("twin", "/src/kit/twin");
  twin.targets[0].name = "kit";
  facts.set_crate({package("kit", "/src/kit"), twin});
  CHECK(compile(facts.variant()).package == "kit");
  facts.options.package = "twin";
  CHECK(compile(facts.variant()).package == "twin");

  auto elsewhere = package("kit", "/src/kit/main");
  facts.options.package = "";
  facts.set_crate({elsewhere, twin});
  const auto error = facts.error();
  CHECK(error.code == Errc::usage);
  CHECK(contains(error.hint, "--package"));
}

TEST_CASE("rust-mlua: a package outside the workspace is not compiled", "[plan]") {
  Facts facts(kKit);
  facts.crate.metadata.workspace_members.clear();
  CHECK(facts.make().error().code != Errc::internal);
  CHECK_FALSE(facts.make());
}

TEST_CASE("rust-mlua: each Lua gets its feature, and a target directory of its own", "[plan]") {
  Facts facts(kKit);
  facts.options.luas = {Lua::luajit, Lua::lua54};
  const auto plan = facts.must_make();
  const auto& jit = compile(plan.variants.at(0));
  const auto& five = compile(plan.variants.at(1));
  CHECK(jit.features == Texts{"luajit"});
  CHECK(five.features == Texts{"lua54"});
  CHECK(jit.target_dir.rfind("/cache/target/kit-luajit-", 0) == 0);
  CHECK(five.target_dir.rfind("/cache/target/kit-5.4-", 0) == 0);
}

TEST_CASE("rust-mlua: the target directory differs with source, target and profile, and stays",
          "[plan]") {
  const auto directory = [](const auto& change) {
    Facts facts(kKit);
    change(facts);
    return compile(facts.variant()).target_dir;
  };
  const auto plain = directory([](Facts&) {});
  CHECK(plain == directory([](Facts&) {}));
  CHECK(plain != directory([](Facts& facts) { facts.options.profile = "dist"; }));
  CHECK(plain
        != directory([](Facts& facts) { facts.options.targets = {"aarch64-unknown-linux-gnu"}; }));
  CHECK(plain != directory([](Facts& facts) { facts.inputs.directory = "/src/other"; }));
  CHECK(directory([](Facts& facts) { facts.options.target_dir = "/mine"; }) == "/mine");
}

TEST_CASE("rust-mlua: a feature that stands in for another is told", "[plan]") {
  Facts facts(kKit);
  auto only51 = with_mlua(package("kit", "/src/kit"));
  only51.features.erase("luajit");
  facts.set_crate({only51});
  const auto plan = facts.must_make();
  CHECK(compile(plan.variants[0]).features == Texts{"lua51"});
  REQUIRE(plan.notes.size() == 1);
  CHECK(contains(plan.notes[0], "lua51 gives the same ABI and is used"));
}

TEST_CASE("rust-mlua: no feature for the Lua is an error before the build", "[plan]") {
  Facts facts(kKit);
  auto fixed = with_mlua(package("kit", "/src/kit"));
  fixed.dependencies[0].features = {"lua54", "module"};
  facts.set_crate({fixed});
  const auto error = facts.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(contains(error.message, "/src/kit/Cargo.toml fixes lua54"));
  CHECK_FALSE(error.hint.empty());
}

TEST_CASE("rust-mlua: the rockspec's and the person's features are passed", "[plan]") {
  Facts facts(
      "{ type = 'rust-mlua', modules = { 'kit' }, features = { 'simd' }, "
      "default_features = false }");
  facts.options.features = {"simd", "luajit"};
  const auto variant = facts.variant();
  CHECK(compile(variant).features == Texts{"simd", "luajit"});
  CHECK_FALSE(compile(variant).default_features);
}

TEST_CASE("rust-mlua: include is relative to the sources and may be nested", "[plan]") {
  Facts facts(
      "{ type = 'rust-mlua', modules = { 'kit' }, include = { 'a/b.lua', ['src/c.lua'] = "
      "'d/e/c.lua' } }");
  facts.inputs.licence_files.clear();
  const auto variant = facts.variant();
  CHECK(copies(variant)
        == std::vector<std::pair<std::string, std::string>>{{"{work}/a/b.lua", "lua/a/b.lua"},
                                                            {"{work}/src/c.lua", "lua/d/e/c.lua"}});
  for (const auto& step : variant.copies)
    CHECK(step.mode == 0644);
  CHECK(variant.copies[0].field == "build.include[1]");
  CHECK(variant.copies[1].field == "build.include[\"src/c.lua\"]");
}

TEST_CASE("rust-mlua: panic = abort of an mlua module is overridden for LuaJIT, with one warning",
          "[plan]") {
  Facts facts(kKit);
  facts.crate.profile_panic = {{"release", "abort"}};
  facts.options.tree = "/tree-{lua}";
  facts.options.luas = {Lua::luajit, Lua::openresty};
  const auto plan = facts.must_make();
  for (const auto& variant : plan.variants)
    CHECK(value(compile(variant), "panic") == "\"unwind\"");
  REQUIRE(facts.warnings().size() == 1);
  CHECK(contains(facts.warnings()[0], "'kit' is built with panic = \"unwind\""));
}

TEST_CASE("rust-mlua: panic = abort stays for Lua 5.4 and for FFI libraries", "[plan]") {
  Facts five(kKit);
  five.crate.profile_panic = {{"release", "abort"}};
  five.options.luas = {Lua::lua54};
  CHECK(value(compile(five.variant()), "panic") == "(none)");
  Facts ffi(kKit);
  ffi.set_crate({package("kit", "/src/kit")});
  ffi.crate.profile_panic = {{"release", "abort"}};
  CHECK(value(compile(ffi.variant()), "panic") == "(none)");
  CHECK(ffi.warnings().empty());
}

TEST_CASE("rust-mlua: without Cargo.lock it is built without --locked, and said once", "[plan]") {
  Facts facts(kKit);
  facts.crate.lock = cargo::LockState::missing;
  facts.options.luas = {Lua::luajit, Lua::lua54};
  const auto plan = facts.must_make();
  for (const auto& variant : plan.variants) {
    CHECK(compile(variant).lock_missing);
    CHECK_FALSE(compile(variant).locked);
  }
  CHECK(facts.warnings() == Texts{"no Cargo.lock: this build is not repeatable"});
  CHECK(contains(facts.diagnostics.items()[0].hint, "cargo generate-lockfile"));
}

TEST_CASE("rust-mlua: --locked without Cargo.lock is an error", "[plan]") {
  Facts facts(kKit);
  facts.crate.lock = cargo::LockState::missing;
  facts.options.locked = true;
  const auto error = facts.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "there is no '/src/kit/Cargo.lock', and --locked was given");
}

TEST_CASE("rust-mlua: a stale Cargo.lock is an error with the command that renews it", "[plan]") {
  Facts facts(kKit);
  facts.crate.lock = cargo::LockState::stale;
  facts.crate.lock_message = "the lock file needs to be updated";
  const auto error = facts.error();
  CHECK(error.code == Errc::invalid_input);
  CHECK(contains(error.message, "is not up to date with Cargo.toml: the lock file needs"));
  CHECK(error.hint == "run `cargo update --workspace` and commit Cargo.lock");
}

TEST_CASE("rust-mlua: a target whose standard library is missing is an error with its fix",
          "[plan]") {
  Facts facts(kKit);
  facts.options.targets = {"aarch64-unknown-linux-gnu"};
  facts.crate.target_installed["aarch64-unknown-linux-gnu"] = false;
  const auto error = facts.error();
  CHECK(error.code == Errc::not_found);
  CHECK(contains(error.hint, "rustup target add aarch64-unknown-linux-gnu"));
}

TEST_CASE("rust-mlua: the user's rustflags come first, paths of this machine are remapped last",
          "[plan]") {
  Facts facts(kKit);
  facts.crate.rustflags[kTarget] = {{"-C", "link-arg=-s"}, {"RUSTFLAGS"}};
  facts.options.target_dir = "/mine";
  const auto variant = facts.variant();
  CHECK(compile(variant).rustflags
        == Texts{"-C",
                 "link-arg=-s",
                 "--remap-path-prefix=/home/someone=/home",
                 "--remap-path-prefix=/home/someone/.cargo=/cargo",
                 "--remap-path-prefix=/src/kit=/src",
                 "--remap-path-prefix=/mine=/build"});
  CHECK(compile(variant).rustflags_origins == Texts{"RUSTFLAGS"});
  CHECK(facts.warnings().empty());
}

TEST_CASE("rust-mlua: rustflags that make a library for this machine alone are warned of",
          "[plan]") {
  for (const char* flag : {"target-cpu=native",
                           "prefer-dynamic",
                           "link-arg=-Wl,-rpath,/opt/lib",
                           "target-feature=+crt-static",
                           "incremental=/tmp/x"}) {
    Facts facts(kKit);
    facts.options.tree = "/tree-{lua}";
    facts.options.luas = {Lua::luajit, Lua::lua54};
    facts.crate.rustflags[kTarget] = {{"-C", flag}, {"/src/.cargo/config.toml: build.rustflags"}};
    facts.must_make();
    REQUIRE(facts.warnings().size() == 1);
    CHECK(contains(
        facts.warnings()[0],
        "rustflags hold '" + std::string(flag) + "' (/src/.cargo/config.toml: build.rustflags): "));
  }
  Facts named(kKit);
  named.crate.rustflags[kTarget] = {{"-C", "target-cpu=x86-64-v2"}, {"RUSTFLAGS"}};
  named.must_make();
  CHECK(named.warnings().empty());
}

TEST_CASE("rust-mlua: a musl target is told not to link the C library statically", "[plan]") {
  Facts facts(kKit);
  const std::string musl = "x86_64-unknown-linux-musl";
  facts.options.targets = {musl};
  facts.crate.target_installed[musl] = true;
  const auto plan = facts.must_make();
  CHECK(has(compile(plan.variants[0]).rustflags, "target-feature=-crt-static"));
  CHECK(contains(plan.notes.at(0), musl));
  CHECK_FALSE(has(compile(Facts(kKit).variant()).rustflags, "target-feature=-crt-static"));
}

TEST_CASE("rust-mlua: toolchain and configuration that apply are named in the plan", "[plan]") {
  Facts facts(kKit);
  facts.crate.toolchain.toolchain_file = "/src/rust-toolchain.toml";
  facts.crate.config_files = {{"/src/.cargo/config.toml"}};
  const auto plan = facts.must_make();
  CHECK(plan.toolchain.at("rustc") == "rustc 1.95.0 (59807616e 2026-04-14)");
  CHECK(plan.toolchain_file == "/src/rust-toolchain.toml");
  CHECK(plan.config_files == Texts{"/src/.cargo/config.toml"});
}

}  // namespace
}  // namespace rockstage::plan
