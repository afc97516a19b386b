#include "base/rules.hpp"
#include "elf_lua_bench.hpp"
#include "support/elf_builder.hpp"
#include "verify/verify.hpp"

using namespace rockstage;
using namespace std::string_literals;
using namespace rockstage::test;
using namespace rockstage::verify;

namespace {

/// A root file system with LuaJIT and a C library, and one module that is verified in it.
Findings in_image(const ElfSpec& module) {
  const auto directory = temp_dir();
  const auto put_elf = [&](const std::string& path, const ElfSpec& spec) {
    put(directory.path() + "/" + path, build_elf(spec), 0755);
  };
  ElfSpec libc, luajit;
  libc.soname = "libc.so.6";
  libc.exports = {"malloc", "free"};
  luajit.exports = {"lua_pushnumber", "lua_gettop", "lua_newstate", "luaL_newstate", "lua_pcall"};
  luajit.needed = {"libc.so.6"};
  put_elf("usr/lib/x86_64-linux-gnu/libc.so.6", libc);
  put_elf("usr/bin/luajit", luajit);
  put_elf("usr/lib64/ld-linux-x86-64.so.2", ElfSpec{});
  put_elf("usr/local/lib/lua/5.1/x.so", module);
  auto profile = glibc_profile();
  profile.interpreter = "/usr/bin/luajit";
  Request request;
  request.subject = directory.path();
  request.runtimes = {profile};
  const auto reader = tree::open_directory(directory.path());
  const auto report = run(*reader, {}, request);
  REQUIRE(report);
  REQUIRE(report->platforms.size() == 1);
  return report->platforms.front().findings;
}

ElfSpec module_of(std::vector<std::string> undefined) {
  ElfSpec spec;
  spec.exports = {"luaopen_x"};
  spec.undefined = std::move(undefined);
  spec.needed = {"libc.so.6"};
  return spec;
}

}  // namespace

TEST_CASE("elf-undefined-symbol: a name that the C library and the host lack", "[verify]") {
  const auto found =
      of_rule(in_image(module_of({"lua_pushnumber", "vanished"})), rules::elf_undefined_symbol);
  REQUIRE(found.size() == 1);
  CHECK(found.front().path == "usr/local/lib/lua/5.1/x.so");
  CHECK(found.front().message.find("vanished") != std::string::npos);
}

TEST_CASE("elf-undefined-symbol, not-judged: nothing where every name is found in the image",
          "[verify]") {
  const auto findings = in_image(module_of({"lua_pushnumber", "malloc"}));
  CHECK(of_rule(findings, rules::elf_undefined_symbol).empty());
  CHECK(of_rule(findings, rules::lua_abi).empty());
  for (const auto& finding : of_rule(findings, rules::not_judged))
    CHECK(finding.message.find("elf-undefined-symbol") == std::string::npos);
}

TEST_CASE("elf-undefined-symbol: not for a weak name, which the loader leaves out", "[verify]") {
  auto module = module_of({"lua_pushnumber"});
  module.weak_undefined = {"vanished"};
  CHECK(of_rule(in_image(module), rules::elf_undefined_symbol).empty());
}

TEST_CASE(
    "elf-cpu-level, elf-debug-info, elf-executable-stack, elf-machine, elf-no-dlopen, "
    "elf-static-tls, elf-text-relocation, elf-unstripped, elf-writable-code, rust-provenance: "
    "not for an object with TLS of its own, immediate binding and the C compiler's comment",
    "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.tls_size = 80;
  facts.bind_now = true;
  facts.comments = {"GCC: (Debian 12.2.0-14) 12.2.0"};
  facts.build_id = "00";
  CHECK(bench.judge(facts, check_elf_flags).empty());
  CHECK(bench.judge(facts, check_elf_form).empty());
}

TEST_CASE("elf-runpath: not for a directory of the tree, seen from the object", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.runpath = "$ORIGIN:$ORIGIN/../../../lib";
  CHECK(bench.judge(facts, check_elf_runpath).empty());
}

TEST_CASE(
    "lua-linked-vm, lua-embedded-vm, lua-panic-abort: not for a module that leaves the VM to its "
    "host",
    "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.comments = {"rustc version 1.95.0 (abc 2026-01-01)"};
  facts.needed = {"libgcc_s.so.1", "liblua5.1-cjson.so.0", "libc.so.6"};
  facts.undefined.push_back(
      {.name = "_Unwind_RaiseException", .weak = false, .version = "GCC_3.0"});
  const auto findings = bench.judge(facts, check_lua_module);
  for (const auto* rule : {rules::lua_linked_vm, rules::lua_embedded_vm, rules::lua_panic_abort})
    CHECK(of_rule(findings, rule).empty());
}

TEST_CASE("lua-open-symbol: not for an FFI library beside its wrapper", "[verify]") {
  Bench bench;
  ElfSpec library;
  library.exports = {"fast_add"};
  bench.put("lib/lua/5.1/fast.so", build_elf(library));
  bench.put("share/lua/5.1/fast.lua", "return require('ffi').load('fast')\n");
  CHECK(of_rule(bench.run(check_libraries), rules::lua_open_symbol).empty());
}

TEST_CASE("lua-require, lua-syntax: nothing for optional modules and LuaJIT's goto", "[verify]") {
  Bench bench;
  bench.put("share/lua/5.1/x.lua",
            "local ok, cjson = pcall(require, 'cjson')\nif ok then goto done end\n::done::\n");
  CHECK(bench.run(check_scripts).empty());
}

TEST_CASE("ffi-library-unused: not for a library that a wrapper opens by its file", "[verify]") {
  Bench bench;
  ElfSpec library;
  library.exports = {"fast_add"};
  bench.put("lib/lua/5.1/libfast.so", build_elf(library));
  bench.put("share/lua/5.1/fast.lua",
            "local ffi = require 'ffi'\nlocal path = package.cpath\nreturn "
            "ffi.load('/usr/local/lib/lua/5.1/libfast.so')\n");
  CHECK(bench.run(check_ffi_libraries).empty());
}

TEST_CASE("lua-module-unreachable, lua-module-shadowed: not for a module in its own place",
          "[verify]") {
  Bench bench;
  bench.put("share/lua/5.1/x.lua", "return 1\n");
  bench.put("lib/luarocks/rocks-5.1/manifest",
            "commands = {}\ndependencies = {}\nmodules = { x = { \"x/1-1\" } }\n"
            "repository = { x = { [\"1-1\"] = { { arch = \"installed\", commands = {}, "
            "dependencies = {}, modules = { x = \"x.lua\" } } } } }\n");
  CHECK(bench.run(check_module_paths).empty());
}

TEST_CASE("elf-cpu-level: not for AVX2 code behind a run-time test", "[verify]") {
  auto module = module_of({"lua_pushnumber"});
  // cpuid; test ebx, 1 << 5; jz; vpaddd ymm0, ymm0, ymm1; vzeroupper; ret
  const std::string code =
      "\x0f\xa2\xf7\xc3\x20\x00\x00\x00\x74\x07\xc5\xfd\xfe\xc1\xc5\xf8\x77\xc3"s;
  module.segments = {{.type = 1, .flags = 5, .content = code, .alignment = 1}};
  CHECK(of_rule(in_image(module), rules::elf_cpu_level).empty());
}

TEST_CASE("lua-open-symbol: not for a second luaopen_*", "[verify]") {
  Bench bench;
  ElfSpec module = module_of({"lua_pushnumber"});
  module.exports = {"luaopen_x", "luaopen_x_core", "luaopen_other"};
  bench.put("lib/lua/5.1/x.so", build_elf(module));
  CHECK(of_rule(bench.run(check_libraries), rules::lua_open_symbol).empty());
}

TEST_CASE("lua-require: not for what the host, an all-in-one library or a branch provides",
          "[verify]") {
  auto profile = glibc_profile();
  profile.builtin_modules = {"ngx.*", "cjson.safe"};
  Bench bench(profile);
  ElfSpec module = module_of({"lua_pushnumber"});
  module.exports = {"luaopen_x", "luaopen_x_core"};
  bench.put("lib/lua/5.1/x.so", build_elf(module));
  bench.put("share/lua/5.1/y.lua",
            "local ssl = require 'ngx.ssl'\nlocal cjson = require('cjson.safe')\n"
            "local core = require 'x.core'\nlocal bit = bit or require 'bit32'\n"
            "if not core then core = require 'elsewhere' end\n");
  CHECK(bench.run(check_scripts).empty());
}

TEST_CASE("lua-require: not for what the root of --against has", "[verify]") {
  const auto tree = temp_dir(), root = temp_dir();
  put(tree.path() + "/share/lua/5.1/x.lua", "require 'cjson'\nrequire 'nowhere'\n");
  put(root.path() + "/usr/share/lua/5.1/cjson.lua", "return {}\n");
  Request request;
  request.subject = tree.path();
  request.runtimes = {glibc_profile()};
  const auto reader = tree::open_directory(tree.path());
  const auto against = tree::open_directory(root.path());
  Others others;
  others.against = against.get();
  const auto report = run(*reader, others, request);
  REQUIRE(report);
  const auto found = of_rule(report->platforms.front().findings, rules::lua_require);
  REQUIRE(found.size() == 1);
  CHECK(std::get<std::string>(found.front().evidence.at("module")) == "nowhere");
}
