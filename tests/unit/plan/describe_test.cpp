#include "plan/describe.hpp"

#include "base/json.hpp"
#include "facts.hpp"
#include "support/support.hpp"

#include <nlohmann/json.hpp>

namespace rockstage::plan {
namespace {

/// One rock of each kind, with all that a plan of it can hold.
struct Rust : Facts {
  Rust()
      : Facts(R"({ type = 'rust-mlua', modules = { ['kit.core'] = 'kit' }, features = 'simd',
          include = { ['lua/kit.lua'] = 'kit/init.lua' }, install = { bin = { 'bin/kit' } } })") {
    crate.toolchain.toolchain_file = "/src/rust-toolchain.toml";
    crate.config_files = {{"/src/.cargo/config.toml"}};
    crate.rustflags[kTarget] = {{"-C", "link-arg=-Wl,-z,now"}, {"RUSTFLAGS"}};
    options.luas = {lua::Lua::luajit, lua::Lua::lua54};
    options.jobs = 2;
  }
};

struct Builtin : Facts {
  Builtin()
      : Facts(R"({ type = 'builtin', modules = { ['kit.core'] = { sources = { 'src/core.c' },
          libraries = { 'm' } }, kit = 'lua/kit/init.lua' }, copy_directories = { 'samples' } })") {
    options.documents = true;
    inputs.files = {"LICENSE", "README.md", "lua/kit/init.lua", "samples/a.lua", "src/core.c"};
  }
};

struct Command : Facts {
  Command()
      : Facts(R"({ type = 'command', build_command = 'cargo build --release',
          install_command = [[cp target/release/libkit.so $(LIBDIR)/kit.so
cp kit.lua $(LUADIR)]], install = { lib = { kit = 'target/release/libkit.so' } } })",
              "hooks = { post_install = 'echo done' }") {}
};

struct Make : Facts {
  Make() : Facts("{ type = 'make', install_variables = { LUADIR = '$(LUADIR)' } }") {}
};

struct Cmake : Facts {
  Cmake() : Facts("{ type = 'cmake', variables = { CMAKE_INSTALL_PREFIX = '$(PREFIX)' } }") {
    // This machine's own name is not for a golden file.
    options.targets = {kTarget};
  }
};

std::string text(Facts& facts) {
  if (facts.options.targets.empty()) facts.options.targets = {kTarget};
  return to_text(facts.must_make());
}

// Rocks that run their own commands are planned only for machines like this one.
#if defined(__x86_64__)
constexpr bool kSameMachine = true;
#else
constexpr bool kSameMachine = false;
#endif

TEST_CASE("plan text: rust-mlua", "[plan]") {
  Rust rust;
  test::golden("plan_rust.txt", text(rust));
}

TEST_CASE("plan text: builtin", "[plan]") {
  Builtin builtin;
  test::golden("plan_builtin.txt", text(builtin));
}

TEST_CASE("plan text: command, make and cmake", "[plan]") {
  if (!kSameMachine) return;
  Command command;
  test::golden("plan_command.txt", text(command));
  Make make;
  test::golden("plan_make.txt", text(make));
  Cmake cmake;
  test::golden("plan_cmake.txt", text(cmake));
}

TEST_CASE("plan text: escape sequences of a rockspec do not reach the terminal", "[plan]") {
  Facts facts("{ type = 'command', build_command = 'echo \\027[2J' }");
  const auto shown = to_text(facts.must_make());
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(contains(shown, "echo \\x1B[2J"));
}

TEST_CASE("plan text: lines of a rockspec's command cannot pass for lines of the plan", "[plan]") {
  Facts facts("{ type = 'command', build_command = 'a\\n  copy x to y' }");
  CHECK(contains(to_text(facts.must_make()), "\n    a\n      copy x to y\n"));
}

TEST_CASE("plan JSON: one record on one line, with every key", "[plan]") {
  Rust rust;
  rust.options.targets = {kTarget};
  const auto line = to_json(rust.must_make());
  CHECK(line.find('\n') == std::string::npos);
  const auto record = parse_json(line);
  REQUIRE(record);
  test::golden("plan_rust.json", record->dump(2) + "\n");
}

TEST_CASE("plan JSON: what there is none of is null or an empty list", "[plan]") {
  const auto record = parse_json(to_json(Facts("{ type = 'none' }").must_make()));
  REQUIRE(record);
  CHECK((*record)["toolchain_file"].is_null());
  CHECK((*record)["config_files"].empty());
  const auto& variant = (*record)["variants"][0];
  CHECK(variant["post_install"].is_null());
  CHECK(variant["compiles"].empty());
  CHECK(variant["runs"].empty());
  CHECK(variant["work_in_copy"] == false);
}

}  // namespace
}  // namespace rockstage::plan
