#include "base/text.hpp"
#include "world.hpp"

// Rocks without a rockspec: the real cargo, offline, on crates without dependencies.
namespace rockstage::source {
namespace {

rock::RustMluaFields fields_of(const Rock& rock) {
  auto fields = rock::rust_mlua_fields(rock.spec);
  if (!fields) FAIL(fields.error().message);
  return *std::move(fields);
}

/// `install.lua` as "key=path".
Names lua_files(const Rock& rock) {
  Names out;
  for (const auto& entry : rock.spec.install.lua)
    out.push_back(entry.key + "=" + entry.path);
  return out;
}

TEST_CASE("crate: a cdylib alone is a rock with one module", "[source]") {
  World world;
  world.put_crate(".", "text-kit");
  const auto rock = world.rock();
  CHECK(rock.spec_written);
  CHECK(rock.rockspec_path.empty());
  CHECK(rock.spec.format == "3.0");
  CHECK(rock.spec.name == "text-kit");
  CHECK(rock.spec.version == "0.3.1-1");
  CHECK(rock.spec.description.summary == "Words");
  CHECK(rock.spec.description.license == "MIT");
  CHECK(rock.spec.file_name == "text-kit-0.3.1-1.rockspec");
  CHECK(rock.spec.build_type == "rust-mlua");
  const auto fields = fields_of(rock);
  CHECK(fields.modules == std::map<std::string, std::string>{{"text_kit", "text_kit"}});
  CHECK(fields.default_features);
  CHECK(fields.cargo_extra_args.empty());
}

TEST_CASE("crate: reading one writes nothing into its folder", "[source]") {
  World world;
  world.put_crate(".", "kit");
  world.rock();
  CHECK(world.rock().files == Names{"Cargo.toml", "src/lib.rs"});
}

TEST_CASE("crate: a library that is no cdylib is refused with the lines that help", "[source]") {
  World world;
  world.put_crate(".", "kit", "");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().code == Errc::invalid_input);
  CHECK(rock.error().message == "the crate 'kit' builds no cdylib");
  CHECK(rock.error().hint.find("crate-type = [\"cdylib\"]") != std::string::npos);
}

TEST_CASE("crate: a program has no library", "[source]") {
  World world;
  world.put("Cargo.toml", "[package]\nname = 'kit'\nversion = '0.1.0'\nedition = '2021'\n");
  world.put("src/main.rs", "fn main() {}\n");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().message == "the package 'kit' has no library");
}

TEST_CASE("crate: the package of a workspace is chosen, and the choice is written down",
          "[source]") {
  World world;
  world.put("Cargo.toml", "[workspace]\nmembers = ['a', 'b']\nresolver = '2'\n");
  world.put_crate("a", "alpha");
  world.put_crate("b", "beta");
  const auto undecided = world.open(world.request());
  REQUIRE_FALSE(undecided);
  CHECK(undecided.error().code == Errc::usage);
  auto asked = world.request();
  asked.package = "beta";
  const auto rock = world.rock(asked);
  CHECK(rock.spec.name == "beta");
  CHECK(fields_of(rock).cargo_extra_args == Names{"--package", "beta"});
}

TEST_CASE("crate: a manifest elsewhere in the project", "[source]") {
  World world;
  world.put_crate("native", "kit");
  auto asked = world.request();
  asked.manifest_path = "native/Cargo.toml";
  const auto rock = world.rock(asked);
  CHECK(rock.spec.name == "kit");
  CHECK(rock.directory == world.root);
  CHECK(fields_of(rock).cargo_extra_args == Names{"--manifest-path", "native/Cargo.toml"});
  asked.manifest_path = "none/Cargo.toml";
  const auto missing = world.open(asked);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message == "there is no '" + world.path("none/Cargo.toml") + "'");
}

TEST_CASE("crate: rockstage.yaml says what Cargo.toml cannot", "[source]") {
  World world;
  world.put_crate(".", "kit-native");
  world.put_rockspec("kit",
                     "9.9-1");  // rockstage.yaml describes the rock, so this one is not asked
  world.put("lua/kit/init.lua");
  world.put("rockstage.yaml",
            "package: {name: kit, version: 1.2.0, summary: Better words, license: Apache-2.0}\n"
            "lua_version: '>= 5.1, < 5.5'\n"
            "build:\n"
            "  modules: {kit.core: kit_native}\n"
            "  lua: {kit: lua/kit/init.lua}\n"
            "  features: [simd, fast]\n"
            "  default_features: false\n"
            "  profile: dist\n");
  const auto rock = world.rock();
  CHECK(rock.spec_written);
  CHECK(rock.spec.name == "kit");
  CHECK(rock.spec.version == "1.2.0-1");
  CHECK(rock.spec.description.summary == "Better words");
  CHECK(rock.spec.description.license == "Apache-2.0");
  REQUIRE(rock.spec.dependencies.size() == 1);
  CHECK(rock.spec.dependencies.front().text == "lua >= 5.1, < 5.5");
  const auto fields = fields_of(rock);
  CHECK(fields.modules == std::map<std::string, std::string>{{"kit.core", "kit_native"}});
  CHECK(fields.features == Names{"simd", "fast"});
  CHECK_FALSE(fields.default_features);
  CHECK(fields.cargo_extra_args == Names{"--profile", "dist"});
  CHECK(lua_files(rock) == Names{"kit.init=lua/kit/init.lua"});
  REQUIRE(rock.project);
}

TEST_CASE("crate: a folder of Lua files is one module for each", "[source]") {
  World world;
  world.put_crate(".", "kit");
  for (const char* name : {"lua/kit/init.lua", "lua/kit/sub/deep.lua", "lua/kit/notes.txt"})
    world.put(name);
  world.put("rockstage.yaml", "build: {lua: {kit: lua/kit}}\n");
  CHECK(lua_files(world.rock())
        == Names{"kit.init=lua/kit/init.lua", "kit.sub.deep=lua/kit/sub/deep.lua"});
}

TEST_CASE("crate: a folder without a prefix", "[source]") {
  World world;
  world.put_crate(".", "kit");
  world.put("lua/kit/util.lua");
  world.put("lua/top.lua");
  world.put("rockstage.yaml", "build: {lua: {'.': lua}}\n");
  CHECK(lua_files(world.rock()) == Names{"kit.util=lua/kit/util.lua", "top=lua/top.lua"});
}

TEST_CASE("crate: a Lua file or folder outside the project is refused", "[source]") {
  World world;
  world.put_crate(".", "kit");
  test::put(world.scratch.path() + "/outside/secret.lua", "");
  for (const char* path : {"../outside", "../outside/secret.lua", "/etc"}) {
    world.put("rockstage.yaml", fmt::format("build: {{lua: {{kit: '{}'}}}}\n", path));
    const auto rock = world.open(world.request());
    REQUIRE_FALSE(rock);
    CHECK(rock.error().code == Errc::invalid_input);
  }
}

TEST_CASE("crate: a Lua file that is not there is refused", "[source]") {
  World world;
  world.put_crate(".", "kit");
  world.put("rockstage.yaml", "build: {lua: {kit: lua/kti.lua}}\n");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().message.find("lua/kti.lua") != std::string::npos);
}

TEST_CASE("crate: LPM's package.yaml with its path of the library", "[source]") {
  World world;
  world.put_crate(".", "kit");
  world.put("package.yaml",
            "name: kit\nversion: 2.0.0\nlua_version: '>=5.1'\n"
            "build:\n  type: rust\n  manifest: Cargo.toml\n"
            "  modules: {kit.core: target/release/libkit_core.so, kit.alt: kit_alt}\n");
  const auto rock = world.rock();
  CHECK(rock.spec.version == "2.0.0-1");
  CHECK(fields_of(rock).modules
        == std::map<std::string, std::string>{{"kit.alt", "kit_alt"}, {"kit.core", "kit_core"}});
  auto asked = world.request();
  asked.isolated = true;
  CHECK(world.rock(asked).spec.version == "0.3.1-1");
}

TEST_CASE("crate: texts from Cargo.toml cannot break out of the rockspec", "[source]") {
  World world;
  world.put_crate(".", "kit");
  auto manifest = test::get(world.path("Cargo.toml"));
  const std::string nasty = "a\\\"]]..os.exit()--\\n]=] end";
  manifest = text::replace_all(manifest, "'Words'", "\"" + nasty + "\"");
  world.put("Cargo.toml", manifest);
  CHECK(world.rock().spec.description.summary == "a\"]]..os.exit()--\n]=] end");
}

TEST_CASE("crate: a manifest that cargo refuses is bad input, in cargo's words", "[source]") {
  World world;
  world.put("Cargo.toml", "[package\n");
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().code == Errc::invalid_input);
}

TEST_CASE("crate: without cargo it is said that cargo is missing", "[source]") {
  World world;
  world.put_crate(".", "kit");
  world.io.environment.set("PATH", world.root);
  const auto rock = world.open(world.request());
  REQUIRE_FALSE(rock);
  CHECK(rock.error().code == Errc::not_found);
  CHECK_FALSE(rock.error().hint.empty());
}

}  // namespace
}  // namespace rockstage::source
